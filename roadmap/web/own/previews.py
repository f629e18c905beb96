"""What the next issue of one's own digest would say, by what is known now. Nothing is planned or sent by looking."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from roadmap import clock
from roadmap.digests.preview import next_issue_preview
from roadmap.models import Person
from roadmap.outbox.showing import MAIL_POLICY, shown, without_powers
from roadmap.web.frame import frame_for
from roadmap.web.own.page import digest_view
from roadmap.web.own.views import own_digest


def next_issue(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """When the next issue comes, and the issue: its HTML in a frame of its own, and its text."""
    row = own_digest(person, number)
    raw = next_issue_preview(row)
    context = {
        "frame": frame_for(request, roadmap=row.roadmap),
        "digest": digest_view(row, now=clock.now()),
        "mail": shown(without_powers(raw)) if raw is not None else None,
        "language": row.told_in,
    }
    return render(request, "roadmap/own/next_issue.html", context)


@xframe_options_sameorigin
def next_issue_html(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The HTML of it by itself, under a policy that lets it do nothing but look as it is meant to."""
    raw = next_issue_preview(own_digest(person, number))
    if raw is None:
        raise Http404
    html = shown(without_powers(raw)).html
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response
