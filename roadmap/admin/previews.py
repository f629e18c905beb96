"""Mails to look at: what somebody would get on a day, and what is in the outbox. Nothing is planned or sent here."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from roadmap import clock
from roadmap.admin.base import may_see_mail, person_of
from roadmap.admin.preview_form import PreviewForm
from roadmap.models import OutboxMessage
from roadmap.outbox.rehearsal import rehearsed
from roadmap.outbox.showing import MAIL_POLICY, shown, without_powers
from roadmap.vocabulary import MessageState


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a shown mail are had."""

    html: str
    file: str


def preview_page(request: HttpRequest) -> HttpResponse:
    """Ask whose mail, which, in which language and on which day; show it."""
    form = PreviewForm(request, request.GET or None)
    raw = form.mail() if form.is_valid() else None
    query = request.GET.urlencode()
    context = {
        "title": _("Preview of mails"),
        "form": form,
        "is_asked": form.is_valid(),
        "at": Addresses(
            html=f"{reverse('admin:mail_preview_html')}?{query}", file=f"{reverse('admin:mail_preview_file')}?{query}"
        ),
    }
    return _page(request, raw, context)


@xframe_options_sameorigin
def preview_html(request: HttpRequest) -> HttpResponse:
    """The HTML of what was asked for, by itself."""
    return _html(_previewed(request))


def preview_file(request: HttpRequest) -> HttpResponse:
    """The same mail as a file for mail programs."""
    return _file(_previewed(request), name="preview.eml")


def mail_page(request: HttpRequest, number: int) -> HttpResponse:
    """A mail of the outbox: as it was made, or as it would be made now."""
    row = _row(request, number)
    context = {
        "title": row.subject or str(row),
        "row": row,
        "is_foretold": row.rendered is None,
        "is_forgotten": row.rendered is None and row.state in (MessageState.SENT, MessageState.GIVEN_UP),
        "is_asked": True,
        "at": Addresses(html=reverse("admin:mail_html", args=[row.pk]), file=reverse("admin:mail_file", args=[row.pk])),
    }
    return _page(request, _mail_of(row), context)


@xframe_options_sameorigin
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """Its HTML by itself."""
    return _html(_mail_of(_row(request, number)))


def mail_file(request: HttpRequest, number: int) -> HttpResponse:
    """The mail as a file for mail programs."""
    return _file(_mail_of(_row(request, number)), name=f"mail-{number}.eml")


def _previewed(request: HttpRequest) -> bytes | None:
    form = PreviewForm(request, request.GET)
    if not form.is_valid():
        raise Http404
    return form.mail()


def _row(request: HttpRequest, number: int) -> OutboxMessage:
    """The mail of that number; the programme office sees everybody's, others their own."""
    row = OutboxMessage.objects.select_related("recipient").filter(pk=number).first()
    if row is None:
        raise Http404
    if not (may_see_mail(request) or row.recipient_id == person_of(request).pk):
        raise PermissionDenied
    return row


def _mail_of(row: OutboxMessage) -> bytes | None:
    if row.rendered is not None:
        return bytes(row.rendered)
    if row.state in (
        MessageState.WITHDRAWN,
        MessageState.SENT,
        MessageState.GIVEN_UP,
    ):
        return None
    planned: Callable[[], OutboxMessage] = lambda: row  # noqa: E731  # it is planned already
    return rehearsed(planned, now=clock.now())


def _page(request: HttpRequest, raw: bytes | None, context: dict[str, object]) -> HttpResponse:
    from django.contrib.admin import site

    mail = shown(without_powers(raw)) if raw is not None else None
    around = {**site.each_context(request), "subtitle": None, "mail": mail, "size": len(raw or b"")}
    return TemplateResponse(request, "admin/roadmap/preview.html", {**around, **context})


def _html(raw: bytes | None) -> HttpResponse:
    html = shown(without_powers(raw)).html if raw is not None else ""
    if not html:
        raise Http404
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    response["Cache-Control"] = "no-store"
    return response


def _file(raw: bytes | None, *, name: str) -> HttpResponse:
    if raw is None:
        raise Http404
    response = HttpResponse(without_powers(raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
