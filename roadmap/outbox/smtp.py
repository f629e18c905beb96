"""The one file through which mail leaves: a kept connection to the mail server that takes finished bytes.

A ``Lane`` never waits for an answer by itself, so that one worker can serve several; it stops before the final dot
until it is told to go on. It tells apart: the server takes nothing now, it refuses this mail for now, it refuses this
mail for good, it may have taken this mail and didn't say so.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Generator
from enum import Enum
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from time import monotonic

from django.conf import settings

from roadmap.outbox.letter import (
    Letter,
    NeverTaken,
    NoAnswer,
    NotNow,
    RecipientRefused,
    ServerUnreachable,
    Trouble,
)
from roadmap.outbox.patience import connect_seconds, reply_seconds, step_seconds

MAILS_A_CONNECTION = 200
SERVICE_CLOSING = 421
WHOLE_ANSWER = re.compile(rb"(?:\d\d\d-[^\n]*\n)*(\d\d\d)(?!-)[^\n]*\n")
LONGEST_ANSWER = 100_000


class Phase(Enum):
    """Where a lane is: without a mail, on the way to the final dot, right before it, or awaiting the answer to it."""

    IDLE = 0
    BEFORE_DOT = 1
    AT_DOT = 2
    AFTER_DOT = 3


class _RefusedError(Exception):
    def __init__(self, code: int, words: str, *, command: str = "") -> None:
        super().__init__(f"{code} {words}".strip())
        self.code, self.command = code, command


_Talk = Generator[None, tuple[int, str], None]


class Lane:
    """One connection to the mail server, opened when first needed and kept, carrying one mail at a time.

    ``begin`` a mail; when ``socket`` can be read, ``go_on``; when ``patience_ends``, ``give_up``; in the phase AT_DOT
    call ``finish``, or ``drop`` if the mail must not go after all. Back in the phase IDLE, ``trouble`` is None when the
    server took the mail.
    """

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        self.trouble: Trouble | None = None
        self.patience_ends = 0.0  # by the monotonic clock
        self._server: smtplib.SMTP | None = None
        self._talk: _Talk | None = None
        self._unread = b""
        self._taken = 0
        self._must_reset = self._is_welcome = False

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._server is not None

    @property
    def socket(self) -> socket:
        """What to wait for while a mail is on its way."""
        if self._server is None or self._server.sock is None:
            raise ConnectionResetError("Connection closed")
        return self._server.sock

    def begin(self, letter: Letter) -> None:
        """Start to hand over ``letter``; a kept connection that turns out stale is opened anew, once."""
        self._letter, self._was_kept, self._is_welcome = letter, self.is_open, False
        self.trouble, self.phase = None, Phase.BEFORE_DOT
        try:
            self._server = self._server or _connected()
            self._talk = self._hand_over(letter)
            next(self._talk)
        except (OSError, smtplib.SMTPException) as error:
            self._broke(error)

    def go_on(self) -> None:
        """Read what came, and do what follows from it."""
        try:
            read = self.socket.recv(65536)
            if not read:
                raise ConnectionResetError("Connection unexpectedly closed")
            self._unread += read
            while self.phase is not Phase.IDLE and (answer := WHOLE_ANSWER.match(self._unread)):
                self._unread = self._unread[answer.end() :]
                self._hear(int(answer[1]), _words_of(answer[0]))
            if len(self._unread) > LONGEST_ANSWER:
                raise ConnectionResetError("The answer has no end")
        except OSError as error:
            self._broke(error)

    def give_up(self) -> None:
        """Wait no longer."""
        self._broke(TimeoutError("timed out"))

    def finish(self) -> None:
        """Send the final dot."""
        self.phase = Phase.AFTER_DOT
        try:
            self._write(b".\r\n", reply_seconds())
        except OSError as error:
            self._broke(error)

    def drop(self) -> None:
        """Hang up without a word. A server that has seen no final dot keeps nothing."""
        if self._server is not None:
            self._server.close()
        self._server, self._talk, self._unread, self._taken = None, None, b"", 0
        self.phase, self._must_reset = Phase.IDLE, False

    def hang_up(self) -> None:
        """Say goodbye, where there is somebody to say it to."""
        if self._server is not None and self.phase is Phase.IDLE:
            with contextlib.suppress(OSError, smtplib.SMTPException):  # the server may have been quicker
                self._server.quit()
        self.drop()

    def _hand_over(self, letter: Letter) -> _Talk:
        """The conversation; each ``yield`` waits for one answer."""
        assert self._server is not None  # noqa: S101  # connected by ``begin``
        reset = ["RSET"] if self._must_reset else []
        recipients = [_naming(one) for one in letter.recipients]
        envelope = [*reset, f"MAIL FROM:<{letter.sender}>", *recipients, "DATA"]
        self._must_reset = False
        at_once = self._server.has_extn("pipelining")  # RFC 2920
        if at_once:
            self._write("".join(f"{command}\r\n" for command in envelope).encode(), step_seconds())
        for command in envelope:
            if not at_once:
                self._write(f"{command}\r\n".encode(), step_seconds())
            code, words = yield
            if code not in ({354} if command == "DATA" else {250, 251}):
                self._must_reset = not at_once
                raise _RefusedError(code, words, command=command)
            self._is_welcome = self._is_welcome or command.startswith("MAIL")
        self._write(letter.stuffed, step_seconds())
        self.phase = Phase.AT_DOT
        code, words = yield
        if code != 250:
            raise _RefusedError(code, words)

    def _hear(self, code: int, words: str) -> None:
        assert self._talk is not None  # noqa: S101  # a mail is on its way
        if self.phase is Phase.AT_DOT:
            raise ConnectionResetError(f"The server broke off: {code} {words}")
        try:
            self._talk.send((code, words))
        except StopIteration:
            self.phase, self._talk = Phase.IDLE, None
            self._taken += 1
            if self._taken >= MAILS_A_CONNECTION:
                self.hang_up()
        except _RefusedError as refusal:
            self._refused(refusal)

    def _refused(self, refusal: _RefusedError) -> None:
        was_after_dot, self.phase = self.phase is Phase.AFTER_DOT, Phase.IDLE
        if not self._is_welcome:
            self._greeting_failed(ServerUnreachable(str(refusal)))
            return
        if refusal.command in [_naming(copy) for copy in self._letter.recipients[1:]]:
            self.trouble = NotNow(f"The journal's mailbox was refused: {refusal}")
        elif refusal.code < 500:
            self.trouble = NotNow(str(refusal))
        else:
            self.trouble = (RecipientRefused if refusal.command.startswith("RCPT") else NeverTaken)(str(refusal))
        # nothing that follows is an answer to what comes next
        if refusal.code == SERVICE_CLOSING or not (was_after_dot or self._must_reset):
            self.drop()

    def _broke(self, error: Exception) -> None:
        after_dot, welcome = self.phase is Phase.AFTER_DOT, self._is_welcome
        self.drop()
        if after_dot:
            self.trouble = NoAnswer(f"The connection broke after the mail was handed over: {_told(error)}")
        elif welcome:
            self.trouble = NotNow(f"The connection broke while the mail was handed over: {_told(error)}")
        else:
            self._greeting_failed(ServerUnreachable(_told(error)))

    def _greeting_failed(self, trouble: ServerUnreachable) -> None:
        """A fresh connection that takes nothing is an outage; a kept one may just have been too old."""
        self.drop()
        if self._was_kept:
            self.begin(self._letter)
        else:
            self.trouble = trouble

    def _write(self, data: bytes, patience: float) -> None:
        self.socket.sendall(data)
        self.patience_ends = monotonic() + patience


def _words_of(answer: bytes) -> str:
    return " ".join(line[4:].strip() for line in answer.decode("utf-8", "replace").splitlines()).strip()


def _naming(recipient: str) -> str:
    return f"RCPT TO:<{recipient}>"


def _connected() -> smtplib.SMTP:
    """A new connection, encrypted and logged in as the settings ask."""
    context = ssl.create_default_context() if settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS else None
    patience = connect_seconds()
    server: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        server = smtplib.SMTP_SSL(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=patience, context=context)
    else:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=patience)
    try:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        server.close()
        raise
    if server.sock is not None:
        server.sock.settimeout(step_seconds())
        # the dot is written by itself: it must not wait until the other side has acknowledged the body (RFC 896)
        server.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return server


def _told(error: Exception) -> str:
    """The server's own words, or the system's."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
