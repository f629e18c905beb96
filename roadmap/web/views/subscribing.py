"""Ways to be told of what one looks at: a digest, a calendar file, a feed, a card on another site."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from roadmap.editing.feeds import make_feed_address
from roadmap.models import Person, Phase
from roadmap.web.filters import Filters, filters_from
from roadmap.web.frame import frame_for, query_of
from roadmap.web.own.doors import by

FRAMED = 'width="100%" height="{}" loading="lazy"'
DIGEST_PARTS = ("phase", "pillar", "initiative", "organisation")
FEED_PARTS = ("phase", "pillar", "workstream", "initiative", "organisation")


@dataclass(frozen=True)
class Snippet:
    """A card for another site: its address, and the line that puts it there."""

    title: str
    address: str
    code: str


def subscribing(request: HttpRequest) -> HttpResponse:
    """The ways, with the filters of the page that the reader comes from."""
    return _page(request, secret="")


def new_feed_address(request: HttpRequest, person: Person) -> HttpResponse:
    """Make a secret address of the person's own, and show it this once."""
    _address, secret = make_feed_address(person, by=by(person), name=_("made on the website"))
    return _page(request, secret=secret)


def _page(request: HttpRequest, *, secret: str) -> HttpResponse:
    frame = frame_for(request)
    if frame is None:
        return render(request, "roadmap/no_roadmap.html")
    filters = filters_from(request, frame=frame)
    roadmap = {"roadmap": frame.roadmap.code}
    parts = {name: filters.codes[name] for name in FEED_PARTS if filters.codes[name]}
    private = _private(secret, query_of(roadmap | parts)) if secret else None
    cards = settings.PUBLIC_READING and bool(settings.EMBED_ALLOWED_SITES)
    return render(
        request,
        "roadmap/subscribe.html",
        {
            "frame": frame,
            "chosen": _in_words(filters),
            "is_narrowed": bool(filters.asked),
            "digest_query": query_of(roadmap | {name: parts[name] for name in DIGEST_PARTS if name in parts}),
            "digest_is_wider": bool(set(filters.asked) - set(DIGEST_PARTS)),
            "is_public": settings.PUBLIC_READING,
            "calendar_address": settings.SITE_URL + reverse("web:calendar-file") + query_of(filters.asked | roadmap),
            "atom_address": settings.SITE_URL + reverse("api:changes-atom"),
            "private": private,
            "here": query_of(filters.asked | frame.kept),
            "snippets": _snippets(list(frame.roadmap.phases.all()), roadmap) if cards else [],
        },
    )


def _in_words(filters: Filters) -> str:
    """The filters in force, as the selects call them."""
    labels = [
        f"{select.label} {choice.label.strip()}"
        for select in filters.selects
        for choice in select.choices
        if choice.is_chosen
    ]
    return " · ".join([*labels, *([f"“{filters.text}”"] if filters.text else [])])


def _private(secret: str, query: str) -> dict[str, str]:
    """The two feeds under a secret address."""
    return {
        "calendar": settings.SITE_URL + reverse("api:feed-due-dates", kwargs={"secret": secret}) + query,
        "atom": settings.SITE_URL + reverse("api:feed-changes", kwargs={"secret": secret}),
    }


def _snippets(phases: list[Phase], roadmap: dict[str, str]) -> list[Snippet]:
    """The matrix, and a card for each gate, in the language of whoever asks."""
    query = query_of(roadmap | {"lang": "en" if (get_language() or "").startswith("en") else "zh"})
    found = [(_("Matrix of pillars by phase"), reverse("web:embed-matrix"), 420)]
    found += [
        (_("Gate: %(title)s") % {"title": phase.title}, reverse("web:embed-gate", kwargs={"code": phase.code}), 260)
        for phase in phases
    ]
    return [
        Snippet(
            title=title,
            address=address + query,
            code=f'<iframe src="{settings.SITE_URL}{address}{query}" title="{title}" {FRAMED.format(height)}></iframe>',
        )
        for title, address, height in found
    ]
