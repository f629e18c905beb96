"""The courier against servers that misbehave: hang up, close the service, refuse the sender."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from roadmap.outbox import claim
from roadmap.outbox.smtp import (
    CONNECT_SECONDS,
    LAST_REPLY_SECONDS,
    Courier,
    NeverTaken,
    NotNow,
    ServerUnreachable,
)

MAIL = b"Subject: x\r\n\r\nbody\r\n.dot\r\n"


@contextmanager
def scripted(settings: Settings, *, answer: Callable[[str, int], str]) -> Iterator[list[str]]:
    """A server that answers each line by ``answer(word, connection)``; an empty one hangs up. Yields what it heard."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False

        def serve() -> None:
            for number in range(1, 10):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    connection.sendall(b"220 ready\r\n")
                    in_body = False
                    for raw in lines:
                        line = raw.decode().strip()
                        if in_body and line != ".":
                            continue
                        word = "." if in_body else line.split(" ")[0].split(":")[0].lower()
                        heard.append(word)
                        reply = answer(word, number)
                        if not reply:
                            break
                        in_body = word == "data" and reply.startswith("354")
                        connection.sendall(f"{reply}\r\n".encode())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


def usual(word: str) -> str:
    return "354 go on" if word == "data" else "221 bye" if word == "quit" else "250 ok"


def send(courier: Courier) -> None:
    courier.send(MAIL, sender="a@example.org", recipient="b@example.org")


def test_one_connection_carries_many_mails(settings: Settings) -> None:
    with scripted(settings, answer=lambda word, number: usual(word)) as heard, Courier() as courier:
        for _ in range(3):
            send(courier)
    assert heard == ["ehlo", *["mail", "rcpt", "data", "."] * 3, "quit"]


def test_connection_lost_before_the_reply_is_tried_again_later(settings: Settings) -> None:
    def answer(word: str, number: int) -> str:
        return "" if word == "." else usual(word)

    lost = pytest.raises(NotNow, match="connection broke")
    with scripted(settings, answer=answer), Courier() as courier, lost:
        send(courier)


def test_kept_connection_gone_stale_is_opened_anew(settings: Settings) -> None:
    mails = 0

    def answer(word: str, number: int) -> str:
        nonlocal mails
        mails += word == "mail"
        return "" if word == "mail" and mails == 2 else usual(word)

    with scripted(settings, answer=answer) as heard, Courier() as courier:
        send(courier)
        send(courier)
    assert heard.count(".") == 2
    assert heard.count("ehlo") == 2


def test_lease_outlasts_the_slowest_server(settings: Settings) -> None:
    """Else another worker would send the mail again while this one still waits for its reply."""
    stale, steps_to_be_connected, steps_of_a_mail = 1, 9, 4  # TCP, TLS, greetings, login; MAIL, RCPT, DATA, the bytes
    longest = steps_to_be_connected * CONNECT_SECONDS + (stale + steps_of_a_mail) * settings.EMAIL_TIMEOUT
    assert claim.LEASE.total_seconds() > longest + LAST_REPLY_SECONDS


@pytest.mark.parametrize(
    ("stage", "reply", "failure"),
    [
        ("ehlo", "", ServerUnreachable),
        ("mail", "550 not you", ServerUnreachable),
        ("mail", "421 closing", ServerUnreachable),
        ("rcpt", "450 mailbox busy", NotNow),
        ("rcpt", "550 no such user", NeverTaken),
        ("data", "451 later", NotNow),
        (".", "452 disk full", NotNow),
        (".", "554 refused", NeverTaken),
        (".", "421 closing", NotNow),
    ],
)
def test_refusals_are_told_apart(settings: Settings, stage: str, reply: str, failure: type[Exception]) -> None:
    def answer(word: str, number: int) -> str:
        return reply if word == stage else usual(word)

    with scripted(settings, answer=answer), Courier() as courier, pytest.raises(failure):
        send(courier)


def test_nobody_listening_is_an_outage(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    with Courier() as courier, pytest.raises(ServerUnreachable):
        send(courier)
