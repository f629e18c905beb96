"""Whether a page that a reader has at hand is still what it would be if it were made now, told by one query.

A page's validator covers all that it is made of: the plan's revision (each change has its own), the program's files,
today in the roadmaps' time zones, the language, the reader, the token of the page's forms, and the address. It is read
before the page is made, so that it can't be newer than the page: a change in between gives the next reader another.
"""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Subquery
from django.http import HttpRequest
from django.utils.translation import get_language

from roadmap import clock
from roadmap.models import Revision, Roadmap

ROOMS = ("web", "progress", "calendars", "models", "templates", "static", "locale")
KINDS = {".py", ".html", ".css", ".svg", ".mo"}


def stand_now() -> tuple[object, ...]:
    """The plan's revision, and today wherever a roadmap is; nothing while there is no roadmap. One query."""
    latest = Subquery(Revision.objects.values("number")[:1])
    rows = Roadmap.objects.order_by("pk").annotate(latest=latest).values_list("time_zone", "latest")
    now = clock.now()
    return tuple((revision, clock.day_in(zone, at=now).isoformat()) for zone, revision in rows)


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


@cache
def program() -> str:
    """A digest of the program's files that make pages."""
    root = Path(settings.BASE_DIR) / "roadmap"
    files = sorted(file for room in ROOMS for file in (root / room).rglob("*") if file.suffix in KINDS)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
