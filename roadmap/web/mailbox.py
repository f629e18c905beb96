"""The embedded mode's mailbox: the mails that went out, as their readers see them, read from the Maildir.

It is for whoever may read everybody's mail, signed in, on this machine too: what a proxy hands on comes from here as
well, and need not say so. Whoever holds a mail's links acts as its reader, so they work for the programme office only;
others see them made useless. The mail server that writes the Maildir is a process of its own; here nothing is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from roadmap.models import Person
from roadmap.outbox.showing import MAIL_POLICY, without_powers
from roadmap.rights import may_administer, may_read_mail
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
    def guarded(request: HttpRequest, **captured: str) -> HttpResponse:
        if not settings.EMBEDDED:
            raise Http404
        if not (isinstance(request.user, Person) and may_read_mail(request.user)):
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(request.get_full_path(), login_url=reverse("web:sign-in"))
        return view(request, **captured)

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
    mail = _mail(_file(key), request)
    context = {
        "frame": frame_for(request),
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
    html = _body(_mail(_file(key), request), "html")
    if not html:
        raise Http404
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


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


def _mail(file: Path, request: HttpRequest) -> EmailMessage:
    raw = file.read_bytes()
    if not (isinstance(request.user, Person) and may_administer(request.user)):
        raw = without_powers(raw)
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


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
