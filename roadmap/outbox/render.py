"""Making a mail out of an outbox row: each kind's renderer says what it tells, this file makes the bytes of it.

Renderers are registered in ``roadmap/apps.py``, because the rooms that know a mail's words stand above this one.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from hashlib import sha256
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.utils import translation

from roadmap.models import OutboxMessage

T = TypeVar("T")
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Mail:
    """What a mail says: one line of subject, the text complete by itself, the HTML (style elements allowed)."""

    subject: str
    text: str
    html: str


@dataclass
class BatchMemory:
    """What the mails of one delivery run share, so that it is worked out once: a roadmap's progress, say."""

    now: datetime
    _known: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The value of ``work_out()``, computed at the first call with this ``key``."""
        if key not in self._known:
            self._known[key] = work_out()
        return cast("T", self._known[key])


Renderer = Callable[[OutboxMessage, BatchMemory], Mail | None]
_renderers: dict[str, Renderer] = {}


def register(kind: str, renderer: Renderer) -> None:
    """Say how mails of ``kind`` (a MessageKind) are made; called once at start.

    A renderer is called with the reader's language active; it returns None when there is nothing to tell.
    """
    _renderers[kind] = renderer


def render(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Fill ``row``'s subject, Message-ID and bytes (not saved), in the reader's language; False: nothing to tell.

    It goes where its reader is reached now, whatever was known when it was planned.
    """
    row.address, row.language = row.recipient.email, row.recipient.language
    with translation.override(row.language):
        mail = _renderers[row.kind](row, memory)
        if mail is None:
            return False
        row.subject = " ".join(mail.subject.split())[:300]
        row.message_id = row.message_id or _message_id(row)
        row.rendered = composed(mail, row=row, at=memory.now)
    return True


def composed(mail: Mail, *, row: OutboxMessage, at: datetime) -> bytes:
    """The mail as it travels: multipart/alternative in UTF-8, short lines ended by CRLF."""
    message = MIMEMultipart("alternative")
    message["From"] = formataddr(parseaddr(settings.DEFAULT_FROM_EMAIL))
    message["To"] = formataddr((" ".join(str(row.recipient).split()), ascii_address(row.address)))
    message.add_header(
        "Subject", Header(row.subject, "us-ascii" if row.subject.isascii() else "utf-8", header_name="Subject").encode()
    )
    message["Date"] = format_datetime(at)
    message["Message-ID"] = row.message_id
    message["List-Id"] = f"<{row.kind}.{_site_host()}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps absence notices from answering
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "zh-Hans" if row.language.startswith("zh") else row.language
    message.attach(MIMEText(mail.text, "plain", "utf-8"))
    message.attach(MIMEText(INLINER.inline(mail.html), "html", "utf-8"))
    return message.as_bytes(policy=compat32.clone(linesep="\r\n"))


def ascii_address(address: str) -> str:
    """The address as every mail server takes it: a domain such as ``海关.中国`` in its ASCII form (RFC 3490)."""
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


def _message_id(row: OutboxMessage) -> str:
    """The same for the same row, so that a mail made twice (a worker died in between) is known as one."""
    name = sha256(f"{row.pk}/{row.key}/{row.created_at.isoformat()}".encode()).hexdigest()[:32]
    return f"<{row.kind}.{name}@{_site_host()}>"


def _site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
