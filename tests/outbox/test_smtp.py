"""The courier against servers that misbehave: hang up, close the service, refuse the sender."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from roadmap.outbox.letter import Letter, NeverTaken, NoAnswer, NotNow, RecipientRefused, ServerUnreachable
from roadmap.outbox.patience import claim_lease, reply_lease
from roadmap.outbox.smtp import Lane, Phase
from tests.servers.waiting import serving

MAIL = b"Subject: x\r\n\r\nbody\r\n.dot\r\n"


@contextmanager
def scripted(settings: Settings, *, answer: Callable[[str, int], str]) -> Iterator[list[str]]:
    """A server that answers each line by ``answer(word, connection)``; an empty one hangs up. Yields what it heard."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        opened = [listener]
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False

        def serve() -> None:
            for number in range(1, 10):
                connection, _ = listener.accept()
                opened.append(connection)
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

        with serving(serve, opened):
            yield heard


def usual(word: str) -> str:
    return "354 go on" if word == "data" else "221 bye" if word == "quit" else "250 ok"


def send(lane: Lane, *, go: bool = True) -> None:
    """One mail to its end, on one lane by itself; raises what went wrong."""
    lane.begin(Letter(MAIL, "a@example.org", ["b@example.org"]))
    while lane.phase is not Phase.IDLE:
        if lane.phase is not Phase.AT_DOT:
            lane.go_on()
        elif go:
            lane.finish()
        else:
            lane.drop()
    if lane.trouble:
        raise lane.trouble


@contextmanager
def courier() -> Iterator[Lane]:
    lane = Lane()
    try:
        yield lane
    finally:
        lane.hang_up()


def test_one_connection_carries_many_mails(settings: Settings) -> None:
    with scripted(settings, answer=lambda word, number: usual(word)) as heard, courier() as lane:
        for _ in range(3):
            send(lane)
    assert heard == ["ehlo", *["mail", "rcpt", "data", "."] * 3, "quit"]


def test_connection_lost_before_the_reply_leaves_an_unknown_outcome(settings: Settings) -> None:
    def answer(word: str, number: int) -> str:
        return "" if word == "." else usual(word)

    lost = pytest.raises(NoAnswer)
    with scripted(settings, answer=answer), courier() as lane, lost:
        send(lane)


def test_kept_connection_gone_stale_is_opened_anew(settings: Settings) -> None:
    mails = 0

    def answer(word: str, number: int) -> str:
        nonlocal mails
        mails += word == "mail"
        return "" if word == "mail" and mails == 2 else usual(word)

    with scripted(settings, answer=answer) as heard, courier() as lane:
        send(lane)
        send(lane)
    assert heard.count(".") == 2
    assert heard.count("ehlo") == 2


def test_lease_outlasts_the_slowest_server(settings: Settings) -> None:
    """Else another worker would send the mail again while this one still waits for its reply."""
    stale, steps_to_be_connected, steps_of_a_mail = 1, 9, 5  # TCP, TLS, greetings, login; MAIL, RCPTs, DATA, the bytes
    longest = steps_to_be_connected * 15 + (stale + steps_of_a_mail) * settings.EMAIL_TIMEOUT
    assert claim_lease().total_seconds() > longest
    assert reply_lease().total_seconds() > settings.EMAIL_REPLY_TIMEOUT


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
        ("data", "", NotNow),
        (".", "", NoAnswer),
    ],
)
def test_refusals_are_told_apart(settings: Settings, stage: str, reply: str, failure: type[Exception]) -> None:
    def answer(word: str, number: int) -> str:
        return reply if word == stage else usual(word)

    with scripted(settings, answer=answer), courier() as lane, pytest.raises(failure):
        send(lane)


def test_nobody_listening_is_an_outage(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    with courier() as lane, pytest.raises(ServerUnreachable):
        send(lane)


def test_mail_taken_back_before_its_final_dot_is_not_sent(settings: Settings) -> None:
    with scripted(settings, answer=lambda word, number: usual(word)) as heard, courier() as lane:
        send(lane, go=False)
        send(lane)
    assert heard == ["ehlo", "mail", "rcpt", "data", "ehlo", "mail", "rcpt", "data", ".", "quit"]


def test_dot_does_not_wait_for_the_body_to_be_acknowledged(settings: Settings) -> None:
    with scripted(settings, answer=lambda word, _number: usual(word)), courier() as lane:
        send(lane)
        assert lane.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_answer_of_several_lines_that_come_one_by_one_is_one_answer(settings: Settings) -> None:
    """The first line alone is no answer, and what explains a refusal may stand in any line."""
    far, near = socket.socketpair()
    with courier() as lane, far, scripted(settings, answer=lambda word, number: usual(word)):
        lane.begin(Letter(MAIL, "a@example.org", ["b@example.org"]))
        lane.go_on()
        server = lane._server
        assert server is not None
        kept, server.sock = server.sock, near
        for line in (b"550-5.1.1 nobody\r\n", b"550-5.1.1 of that name\r\n", b"550 5.1.1 here\r\n"):
            assert lane.phase is Phase.BEFORE_DOT
            far.sendall(line)
            lane.go_on()
        server.sock = kept
        near.close()
        assert (type(lane.trouble), str(lane.trouble)) == (
            RecipientRefused,
            "550 5.1.1 nobody 5.1.1 of that name 5.1.1 here",
        )
