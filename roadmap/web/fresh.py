"""Whether a page that a reader has at hand is still what it would be if it were made now, told by one query.

A page's validator covers all that it is made of: the plan's revision (each change has its own), the last forecast, the
program's files, today in the roadmaps' time zones, the language, the reader, the token of the page's forms, and the
address. It is read before the page is made, so that it can't be newer than the page: a change in between gives the next
reader another.
"""

import hashlib

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import get_language

from roadmap import clock
from roadmap.models import Forecast, Revision, Roadmap
from roadmap.program import program


def stand_now() -> tuple[object, ...]:
    """The plan's revision, each roadmap's last forecast, and today wherever a roadmap is; nothing while there is no
    roadmap. One query."""
    latest = Subquery(Revision.objects.values("number")[:1])
    forecast = Subquery(Forecast.objects.filter(roadmap=OuterRef("pk")).order_by("-day").values("made_at")[:1])
    rows = Roadmap.objects.order_by("pk").annotate(latest=latest, forecast=forecast)
    now = clock.now()
    return tuple(
        (revision, str(made_at), clock.day_in(zone, at=now).isoformat())
        for zone, revision, made_at in rows.values_list("time_zone", "latest", "forecast")
    )


def validator(request: HttpRequest, stand: tuple[object, ...]) -> str:
    """The quoted entity tag of the page asked for, made at that stand."""
    parts = (
        stand,
        program(),
        get_language(),
        request.user.pk,
        request.META.get("CSRF_COOKIE", ""),
        request.get_full_path(),
    )
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'
