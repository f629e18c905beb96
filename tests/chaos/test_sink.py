"""The misbehaving mail server does what its notes say, each misdeed in turn, to a real client."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos import sink
from chaos.mails import arrivals, attempts
from chaos.sink import JOURNAL, Sink
from chaos.timepiece import Timepiece
from tests.servers.waiting import PATIENCE

NOW = datetime(2027, 3, 28, tzinfo=UTC)
HEAD = "Message-ID: <digest.1@x>\r\nDate: Tue, 24 Nov 2026 00:00:00 +0000\r\nContent-Type: text/plain\r\n\r\n"
MAIL = f"{HEAD}.a dot\r\nend\r\n"


@contextmanager
def serving(folder: Path, misdeed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a sink that does ``misdeed`` each time."""
    monkeypatch.setattr(Sink, "_misdeed", lambda self: misdeed)
    monkeypatch.setattr(sink, "STALL_SECONDS", 0.2)
    Timepiece(folder / "clock").set_to(NOW)
    loop = asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(Sink(folder, "seed")._session, "127.0.0.1", 0)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(server.wait_closed())
        loop.close()


def hand_over(port: int, *recipients: str) -> str:
    """What a client is answered: a code, or nothing."""
    client = smtplib.SMTP("127.0.0.1", port, local_hostname="p4711.chaos", timeout=PATIENCE)
    try:
        client.sendmail("a@example", recipients, MAIL)
        return "250"
    except smtplib.SMTPRecipientsRefused as refused:
        return str(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPResponseException as refused:
        return str(refused.smtp_code)
    except smtplib.SMTPServerDisconnected:
        return "nothing"
    finally:
        client.close()


@pytest.mark.parametrize(
    ("misdeed", "answer", "kept", "noted"),
    [
        ("", "250", 1, []),
        ("be slow", "250", 1, []),
        ("refuse the recipient for now", "450", 0, []),
        ("refuse the mail for now", "451", 0, ["refuse the mail for now"]),
        ("refuse the mail for good", "554", 0, ["refuse the mail for good"]),
        ("close the service", "421", 0, []),
        ("close before the dot", "nothing", 0, ["cut off, not kept"]),
        ("close after the dot, not kept", "nothing", 0, ["close after the dot, not kept"]),
        ("close after the dot, kept", "nothing", 1, []),
        ("stall, kept", "nothing", 1, []),
        ("stall, not kept", "nothing", 0, ["stall, not kept"]),
    ],
)
def test_each_misdeed_is_what_the_notes_say(tmp_path, monkeypatch, misdeed, answer, kept, noted):
    with serving(tmp_path, misdeed, monkeypatch) as port:
        assert hand_over(port, "b@example", JOURNAL) == answer
    arrived = arrivals(tmp_path)
    assert [(one.reader, one.process, one.was_answered) for one in arrived] == kept * [
        ("b@example", 4711, answer == "250")
    ]
    assert [attempt.outcome for attempt in attempts(tmp_path)] == noted
    journal = list((tmp_path / "journal" / "new").iterdir())
    assert [file.read_bytes() for file in journal] == kept * [MAIL.encode()]
    assert [abs(file.stat().st_mtime - NOW.timestamp()) < 60 for file in journal] == kept * [True]


def test_a_server_that_died_before_the_journal_had_its_copy_makes_up_for_it(tmp_path, monkeypatch):
    with serving(tmp_path, "", monkeypatch) as port:
        hand_over(port, "b@example", JOURNAL)
        hand_over(port, "c@example")
    (copy,) = (tmp_path / "journal" / "new").iterdir()
    copy.unlink()
    Sink(tmp_path, "seed")
    assert [file.name for file in (tmp_path / "journal" / "new").iterdir()] == [copy.name]
