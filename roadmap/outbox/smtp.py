"""The one file through which mail leaves: a kept connection to the mail server that takes finished bytes.

It tells apart: the server takes nothing now, it refuses this mail for now, it refuses this mail for good.
"""

import re
import smtplib
import ssl
from types import TracebackType
from typing import Self

from django.conf import settings

CONNECT_SECONDS = 15
# RFC 5321, 4.5.3.2.6: the reply to the final dot may take ten minutes; hanging up sooner makes duplicates
LAST_REPLY_SECONDS = 600
MAILS_A_CONNECTION = 200
SERVICE_CLOSING = 421


class ServerUnreachable(Exception):
    """No connection, no login, or the server takes no mail at all now. Nothing was handed over."""


class NotNow(Exception):
    """This mail was refused for the time being (4xx), or the connection broke while it was handed over."""


class NeverTaken(Exception):
    """This mail, or its recipient, was refused for good (5xx)."""


class Courier:
    """A connection to the mail server, opened when first needed and kept. Use as a context manager."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._hang_up()

    def send(self, mail: bytes, *, sender: str, recipient: str) -> None:
        """Hand over one finished mail (CRLF lines) to one recipient; returns once the server has taken it.

        Raises ServerUnreachable, NotNow or NeverTaken, each with what the server said.
        """
        server = self._greeted(sender)
        try:
            _expect({250, 251}, server.rcpt(recipient))
            _expect({354}, server.docmd("data"))
            server.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
            _wait_at_most(server, LAST_REPLY_SECONDS)
            _expect({250}, server.getreply())
            _wait_at_most(server, settings.EMAIL_TIMEOUT)
        except smtplib.SMTPResponseException as refusal:
            self._after_refusal(refusal)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise NotNow(f"The connection broke while the mail was handed over: {error}") from error
        self._taken += 1
        if self._taken >= MAILS_A_CONNECTION:
            self._hang_up()

    def _greeted(self, sender: str) -> smtplib.SMTP:
        """A server that has accepted the sender; a kept connection that went stale is opened anew once."""
        was_kept = self._server is not None
        try:
            server = self._server = self._server or _connected()
            _expect({250}, server.mail(sender))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            if was_kept:
                return self._greeted(sender)
            raise ServerUnreachable(_told(error)) from error
        return server

    def _after_refusal(self, refusal: smtplib.SMTPResponseException) -> None:
        if refusal.smtp_code in {SERVICE_CLOSING, -1}:
            self._drop()
            raise NotNow(_told(refusal)) from refusal
        try:
            assert self._server is not None  # noqa: S101  # a refusal came over it
            self._server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()
        raise (NeverTaken if refusal.smtp_code >= 500 else NotNow)(_told(refusal)) from refusal

    def _hang_up(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()
        self._server, self._taken = None, 0

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server, self._taken = None, 0


def _connected() -> smtplib.SMTP:
    """A new connection, encrypted and logged in as the settings ask."""
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if settings.EMAIL_USE_SSL:
        server = smtplib.SMTP_SSL(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=CONNECT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=CONNECT_SECONDS)
    try:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        server.close()
        raise
    _wait_at_most(server, settings.EMAIL_TIMEOUT)
    return server


def _wait_at_most(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _expect(codes: set[int], reply: tuple[int, bytes]) -> None:
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)


def _told(error: Exception) -> str:
    """The server's own words, or the system's."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
