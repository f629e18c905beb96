"""The journal mailbox: what it holds has arrived; what can't be asked decides nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path

import pytest
from pytest_django import Settings

from roadmap.clock import now
from roadmap.models import OutboxMessage
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.receipts import JournalUnreadable, arrived
from roadmap.outbox.unknown import settle_unknown
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import Clock, Words, make_message
from tests.servers.smtp import Sink
from tests.servers.waiting import serving


def test_maildir_is_searched_by_message_id(settings: Settings, tmp_path: Path) -> None:
    maildir = Maildir(tmp_path / "journal", create=True)
    settings.MAIL_JOURNAL = f"maildir:{tmp_path / 'journal'}"
    maildir.add(b"Message-ID: <one@example.org>\r\n\r\nMessage-ID: <body@example.org>\r\n")
    asked = {"<one@example.org>", "<body@example.org>", "<two@example.org>"}
    assert arrived(asked, since=now()) == {"<one@example.org>"}
    assert arrived(asked, since=now() + timedelta(days=3)) == set()


@contextmanager
def imap(settings: Settings, *, holds: str) -> Iterator[list[str]]:
    """An IMAP server for one session that finds the Message-ID ``holds`` only; yields what it heard."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        opened = [listener]
        settings.MAIL_JOURNAL = f"imap://reader:p%40ss@127.0.0.1:{listener.getsockname()[1]}/Sent%20copies"

        def serve() -> None:
            connection, _address = listener.accept()
            opened.append(connection)
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK ready\r\n")
                for raw in lines:
                    tag, _space, command = raw.decode().strip().partition(" ")
                    heard.append(command)
                    untagged = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n", "SELECT": "* 1 EXISTS\r\n"}
                    told = untagged.get(command.split()[0], "")
                    if command.startswith("SEARCH"):
                        told = f"* SEARCH{' 1' if holds in command else ''}\r\n"
                    connection.sendall(f"{told}{tag} OK done\r\n".encode())

        with serving(serve, opened):
            yield heard


def test_imap_folder_is_searched_by_message_id(settings: Settings) -> None:
    with imap(settings, holds="<one@example.org>") as heard:
        assert arrived(["<one@example.org>", "<two@example.org>"], since=now()) == {"<one@example.org>"}
    assert [line for line in heard if line.startswith("LOGIN")] == ['LOGIN reader "p@ss"']
    assert sum(line.startswith("SEARCH") and "HEADER Message-ID" in line for line in heard) == 2


@pytest.mark.parametrize("journal", ["maildir:/nowhere/at/all", "imap://a:b@127.0.0.1:1/INBOX"])
def test_journal_that_cannot_be_asked_says_so(settings: Settings, journal: str) -> None:
    settings.MAIL_JOURNAL = journal
    with pytest.raises(JournalUnreadable):
        arrived(["<one@example.org>"], since=now())


@pytest.mark.django_db
def test_outcome_stays_unknown_while_the_journal_cannot_be_asked(
    clock: Clock, settings: Settings, words: Words
) -> None:
    settings.MAIL_JOURNAL = "maildir:/nowhere/at/all"
    message = make_message(state=MessageState.UNSURE, committing_at=clock(), message_id="<one@example.org>")
    assert settle_unknown(now=clock()) == 0
    message.refresh_from_db()
    assert (message.state, message.deliver_after) == (MessageState.UNSURE, clock() + timedelta(minutes=5))


@pytest.mark.django_db
def test_journal_is_the_second_recipient_of_every_mail(
    clock: Clock, settings: Settings, words: Words, smtp_sink: Sink
) -> None:
    settings.MAIL_JOURNAL, settings.MAIL_JOURNAL_ADDRESS = "maildir:/x", "journal@example.org"
    message = make_message()
    assert deliver_pending(clock=clock) == 1
    assert smtp_sink.recipients == [[message.address, "journal@example.org"]]


@pytest.mark.django_db
def test_refused_journal_stops_the_mail_and_suppresses_nobody(
    clock: Clock, settings: Settings, words: Words, smtp_sink: Sink
) -> None:
    settings.MAIL_JOURNAL, settings.MAIL_JOURNAL_ADDRESS = "maildir:/x", "journal@example.org"
    smtp_sink.refuse_addresses = {"journal@example.org": "550 no such user"}
    make_message()
    assert deliver_pending(clock=clock) == 0
    row = OutboxMessage.objects.get()
    assert (row.state, smtp_sink.raw) == (MessageState.PENDING, [])
    assert row.last_error == "The journal's mailbox was refused: 550 no such user"
