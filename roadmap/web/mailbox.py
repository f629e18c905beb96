"""The embedded mode's mailbox: the mails that went out, as their readers see them, read from the Maildir.

It is for whoever may read everybody's mail, signed in, on this machine too: what a proxy hands on comes from here as
well, and need not say so. Whoever holds a mail's links acts as its reader, so they are shown made useless, except to
that reader, and to those of the programme office who asked for them, which is noted. The mail server that writes the
Maildir is a process of its own; here nothing is written to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from roadmap.addresses import mailbox_key
from roadmap.editing.people import note_links_shown
from roadmap.errors import NotAllowed
from roadmap.models import OutboxMessage, Person
from roadmap.outbox.showing import MAIL_POLICY, without_powers
from roadmap.rights import may_manage_account, may_read_mail
from roadmap.web.frame import frame_for

MAILS_A_PAGE = 30
SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Content-Language")


@dataclass(frozen=True)
class Entry:
    """A mail in the list."""

    key: str
    to: str
    subject: str
    language: str
    sent_at: datetime | None


def guarded_mailbox(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page for those who may see it; outside of the embedded mode there is none."""

    @wraps(view)
    def guarded(request: HttpRequest, *owner: Person, **captured: str) -> HttpResponse:
        if not settings.EMBEDDED:
            raise Http404
        if not (isinstance(request.user, Person) and may_read_mail(request.user)):
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(request.get_full_path(), login_url=reverse("account_login"))
        return view(request, *owner, **captured)

    return guarded


@guarded_mailbox
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails, newest first."""
    page = Paginator(_files(), MAILS_A_PAGE).get_page(request.GET.get("page"))
    context = {"frame": frame_for(request), "page": page, "entries": [_entry(file) for file in page.object_list]}
    return render(request, "roadmap/mailbox.html", context)


@guarded_mailbox
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: its HTML in a frame of its own, its text, its headers."""
    viewer, raw = _viewer(request), _file(key).read_bytes()
    reader = _reader(_parsed(raw))
    mail = _parsed(_as_shown(raw, reader, to=viewer))
    context = {
        "frame": frame_for(request),
        "reader": reader if reader and may_manage_account(viewer, reader) and not _works(reader, viewer) else None,
        "key": key,
        "subject": str(mail["Subject"] or ""),
        "to": str(mail["To"] or ""),
        "language": _language(mail),
        "sent_at": _sent_at(mail),
        "has_html": mail.get_body(("html",)) is not None,
        "text": _body(mail, "plain"),
        "headers": [(name, str(mail[name])) for name in SHOWN_HEADERS if mail[name]],
    }
    return render(request, "roadmap/mailbox_message.html", context)


@xframe_options_sameorigin
@guarded_mailbox
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part by itself, under a policy that lets it do nothing but look as it was meant to."""
    raw = _file(key).read_bytes()
    html = _body(_parsed(_as_shown(raw, _reader(_parsed(raw)), to=_viewer(request))), "html")
    if not html:
        raise Http404
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@guarded_mailbox
def mailbox_links(request: HttpRequest, person: Person, key: str) -> HttpResponse:
    """From now on the links in this reader's mails are shown working to ``person``, who counts as acting by them."""
    reader = _reader(_parsed(_file(key).read_bytes()))
    if reader is None:
        raise Http404
    try:
        note_links_shown(reader, by=person)
    except NotAllowed as error:
        raise PermissionDenied from error
    return redirect("web:mailbox-message", key=key)


def _files() -> list[Path]:
    """The Maildir's files, newest first; none while there is no Maildir."""
    files = [file for folder in ("new", "cur") for file in _within(Path(settings.MAILBOX_DIR) / folder)]
    return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def _within(folder: Path) -> Iterator[Path]:
    return (file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else iter(())


def _key(file: Path) -> str:
    """A Maildir's unique name: what stands before the flags."""
    return file.name.partition(":")[0]


def _file(key: str) -> Path:
    """The file of that key, found among those there are, so that no other path can be asked for."""
    for folder in ("new", "cur"):
        for file in _within(Path(settings.MAILBOX_DIR) / folder):
            if _key(file) == key:
                return file
    raise Http404


def _entry(file: Path) -> Entry:
    with file.open("rb") as stream:
        mail = BytesParser(EmailMessage, policy=policy.default).parse(stream, headersonly=True)
    return Entry(_key(file), str(mail["To"] or ""), str(mail["Subject"] or ""), _language(mail), _sent_at(mail))


def _viewer(request: HttpRequest) -> Person:
    viewer: Any = request.user
    return viewer  # type: ignore[no-any-return]  # the guard lets nobody else in


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


def _reader(mail: EmailMessage) -> Person | None:
    """As whom its links act: whom it was written to, or else who has the address."""
    name = str(mail["Message-ID"] or "")
    row = OutboxMessage.objects.select_related("recipient").filter(message_id=name).first() if name else None
    if row is not None:
        return row.recipient
    key = mailbox_key(parseaddr(str(mail["To"] or ""))[1])
    return next((one for one in Person.objects.exclude(email="") if mailbox_key(one.email) == key), None)


def _works(reader: Person, viewer: Person) -> bool:
    return reader == viewer or (may_manage_account(viewer, reader) and reader.links_shown_to.contains(viewer))


def _as_shown(raw: bytes, reader: Person | None, *, to: Person) -> bytes:
    return raw if reader is not None and _works(reader, to) else without_powers(raw)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _language(mail: EmailMessage) -> str:
    return str(mail["Content-Language"] or "")


def _sent_at(mail: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(mail["Date"]))
    except (TypeError, ValueError):
        return None
