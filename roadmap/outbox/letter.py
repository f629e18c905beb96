"""A mail with its envelope, and the ways in which handing it over may fail. Who hands it over is in ``smtp.py``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

DOT_AT_START = re.compile(rb"(?m)^\.")


class Trouble(Exception):
    """Why a mail was not taken."""


class ServerUnreachable(Trouble):
    """No connection, no login, or the server takes no mail at all now. Nothing was handed over."""


class NotNow(Trouble):
    """This mail was refused for the time being (4xx), or the connection broke before its final dot."""


class NeverTaken(Trouble):
    """This mail, or its recipient, was refused for good (5xx)."""


class RecipientRefused(NeverTaken):
    """The mail's reader was refused for good, by the server's answer to RCPT."""


class NoAnswer(Trouble):
    """The final dot was sent, or may have been, and no answer came: the server may have taken the mail."""


@dataclass(frozen=True)
class Letter:
    """A finished mail (CRLF lines) and its envelope: the first recipient is its reader, others get copies."""

    content: bytes
    sender: str
    recipients: Sequence[str]

    @property
    def stuffed(self) -> bytes:
        """The content with every dot at the start of a line doubled (RFC 5321, 4.5.2)."""
        has_such = self.content.startswith(b".") or b"\n." in self.content  # far quicker to ask
        return DOT_AT_START.sub(b"..", self.content) if has_such else self.content
