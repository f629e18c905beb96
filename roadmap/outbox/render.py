"""Making a mail out of an outbox row: each kind's renderer says what it tells, this file makes the bytes of it.

Renderers are registered in ``roadmap/apps.py``, because the rooms that know a mail's words stand above this one.
"""

import logging
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.policy import compat32
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any, TypeVar, cast

import css_inline
from django.conf import settings
from django.utils import translation

from roadmap.addresses import ascii_address
from roadmap.models import OutboxMessage
from roadmap.outbox.headers import manner_headers, site_host
from roadmap.outbox.leaving import Leaving
from roadmap.outbox.mime import Part, bundle, file_part, mailbox_value, one_line, text_part, text_value, whole
from roadmap.outbox.relay import OfPlan

log = logging.getLogger(__name__)

T = TypeVar("T")
# Subjects come folded; addresses within headers are never broken, as some mail programs read the first line only
AS_IT_TRAVELS = compat32.clone(linesep="\r\n", max_line_length=None)
STYLE = re.compile(r'style="([^"]*)"')
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Attachment:
    """A file in UTF-8 that goes with a mail; ``subtype`` as in ``text/calendar``."""

    name: str
    subtype: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says: one line of subject, the text complete by itself, the HTML with its styles ``inlined``.

    ``leaving`` is what its reader may leave; None for what must be read. ``parts`` are text, HTML and attachments as
    they travel, where they were made with those of other readers.
    """

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    leaving: Leaving | None = None
    parts: tuple[Part, ...] = ()


@dataclass
class BatchMemory:
    """What the mails of one delivery run share, so that it is worked out once: a roadmap's progress, say.

    ``of_plan`` is what was worked out of the plan alone, and is true for as long as nobody changes that.
    """

    now: datetime
    of_plan: OfPlan = field(default_factory=OfPlan)
    _known: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The value of ``work_out()``, computed at the first call with this ``key``."""
        return _once(self._known, key, work_out)

    def once_a_plan(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The same for what depends on nothing but the plan, its history and the ``key``: a day in the key, not
        ``now``."""
        return _once(self.of_plan.known, key, work_out)


def _once(known: dict[Hashable, Any], key: Hashable, work_out: Callable[[], T]) -> T:
    if key not in known:
        known[key] = work_out()
    return cast("T", known[key])


Renderer = Callable[[OutboxMessage, BatchMemory], Mail | None]
Preparation = Callable[[Sequence[OutboxMessage], BatchMemory], None]
_renderers: dict[str, Renderer] = {}
_preparations: dict[str, Preparation] = {}


def register(kind: str, renderer: Renderer, *, prepare: Preparation | None = None) -> None:
    """Say how mails of ``kind`` (a MessageKind) are made; called once at start.

    A renderer is called with the reader's language active; it returns None when there is nothing to tell. ``prepare``
    is called once for all the mails of a kind that were claimed together, to fetch for all of them what each needs.
    """
    _renderers[kind] = renderer
    if prepare is not None:
        _preparations[kind] = prepare


def prepare_all(rows: Sequence[OutboxMessage], memory: BatchMemory) -> None:
    """Fetch what the mails of ``rows``, claimed together, need; kept in ``memory`` under the kinds' own names.

    Where one of them spoils it for all, each fetches its own when it is made, and fails by itself.
    """
    for kind, prepare in _preparations.items():
        of_kind = [row for row in rows if row.kind == kind]
        try:
            if of_kind:
                prepare(of_kind, memory)
        except (ValueError, TypeError, LookupError):
            log.exception("%d mails of the kind %s could not be prepared together", len(of_kind), kind)


def render(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Fill ``row``'s subject, Message-ID and bytes (not saved), in the reader's language; False: nothing to tell.

    It goes where its reader is reached now, whatever was known when it was planned.
    """
    row.address, row.language = row.goes_to, row.recipient.language
    with translation.override(row.language):
        mail = _renderers[row.kind](row, memory)
        if mail is None:
            return False
        row.subject = one_line(mail.subject)[:300]
        row.message_id = row.message_id or _message_id(row)
        row.rendered = composed(mail, row=row, at=memory.now)
    return True


def composed(mail: Mail, *, row: OutboxMessage, at: datetime) -> bytes:
    """The mail as it travels: multipart/alternative in UTF-8, attachments beside it, short lines ended by CRLF.

    The same for the same mail, row and instant.
    """
    mark = sha256(row.message_id.encode()).hexdigest()[:24]
    text, html, *files = mail.parts or (text_part("plain", mail.text), text_part("html", mail.html), *file_parts(mail))
    content = bundle("alternative", [text, html], mark=f"{mark}a")
    if files:
        content = bundle("mixed", [content, *files], mark=f"{mark}m")
    headers = [
        ("From", mailbox_value(*parseaddr(settings.DEFAULT_FROM_EMAIL), header="From")),
        ("To", mailbox_value(str(row.recipient), ascii_address(row.address), header="To")),
        ("Subject", text_value(row.subject, header="Subject")),
        ("Date", format_datetime(at)),
        ("Message-ID", row.message_id),
        *manner_headers(row.kind, leaving=mail.leaving),
        ("Content-Language", "zh-Hans" if row.language.startswith("zh") else row.language),
    ]
    return whole(content, headers)


def file_parts(mail: Mail) -> tuple[Part, ...]:
    """The attachments as they travel."""
    return tuple(file_part(file.subtype, file.content, name=file.name) for file in mail.attachments)


def inlined(html: str) -> str:
    """The page with the rules of its style elements put into the elements, as mail programs need it."""
    whole: str = INLINER.inline(html)
    # mails are short of room: what the parser adds, and the blanks of the rules
    bare = whole.replace("<tbody>", "").replace("</tbody>", "")
    return STYLE.sub(lambda found: f'style="{found[1].replace(": ", ":").rstrip(";")}"', bare)


def renamed(row: OutboxMessage) -> str:
    """Another Message-ID for a mail that says something else than a copy that may have arrived."""
    return _message_id(row, made_again=row.repeats)


def _message_id(row: OutboxMessage, *, made_again: int = 0) -> str:
    """The same for the same row, so that a mail made twice (a worker died in between) is known as one."""
    name = sha256(f"{row.pk}/{row.key}/{row.created_at.isoformat()}{made_again or ''}".encode()).hexdigest()[:32]
    return f"<{row.kind}.{name}@{site_host()}>"
