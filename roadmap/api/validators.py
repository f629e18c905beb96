"""What tells cheaply, before anything is read, whether an answer can have changed: one number and the days.

A validator covers everything that an answer of the plan's figures is made of: the revision (each transaction that
changes the plan has its own), the program itself, today in the roadmaps' time zones, the language, the person, the form
and the address. It can't be older than the answer, as it is read first: whatever comes in between gives the next
reader another revision.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Subquery, TextField, Value
from django.utils.translation import get_language
from rest_framework.request import Request

from roadmap import clock
from roadmap.models import Revision, Roadmap
from roadmap.program import program

DIGITS = 16


@dataclass(frozen=True)
class Stand:
    """The latest revision and the time zones of all roadmaps."""

    revision: int
    zones: tuple[str, ...]


class _Joined(Aggregate):
    """All different values of a column in one text, with commas."""

    function = "STRING_AGG"
    template = "%(function)s(DISTINCT %(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite's word for it; its comma goes without saying."""
        template = "%(function)s(DISTINCT %(expressions)s)"
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", template=template, **context)


def stand_columns() -> dict[str, Subquery]:
    """Annotations that bring the stand along with any row, so that it takes no query of its own."""
    zones = Roadmap.objects.order_by().annotate(one=Value(1)).values("one").annotate(all=_Joined("time_zone"))
    return {
        "stand_revision": Subquery(Revision.objects.values("number")[:1]),
        "stand_zones": Subquery(zones.values("all")),
    }


def stand_of(request: Request) -> Stand:
    """The stand as it was when the token was looked up, or else as it is now (one query)."""
    row: Any = request.auth
    if not hasattr(row, "stand_revision"):
        zones = stand_columns()["stand_zones"]
        row = Revision.objects.annotate(stand_zones=zones).first()
        return Stand(row.number, _split(row.stand_zones)) if row else Stand(0, ())
    return Stand(row.stand_revision or 0, _split(row.stand_zones))


def validator_of(request: Request, stand: Stand) -> str:
    """Hexadecimal digits that differ as soon as any part of the answer may."""
    now = clock.now()
    parts = (
        stand.revision,
        [(zone, clock.day_in(zone, at=now).isoformat()) for zone in stand.zones],
        program(),
        get_language(),
        request.user.pk,
        getattr(request, "accepted_media_type", ""),
        request.build_absolute_uri(),
        settings.SITE_URL,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:DIGITS]


def _split(zones: str | None) -> tuple[str, ...]:
    return tuple(sorted((zones or "").split(","))) if zones else ()
