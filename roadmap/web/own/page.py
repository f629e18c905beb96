"""The values of the page of one's own mail."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from roadmap.clock import day_in
from roadmap.digests.filters import limits_text
from roadmap.digests.mail import digest_name, rhythm_text
from roadmap.models import DigestSubscription, Person, Watch

AT_HAND = ("person", "roadmap", "phase", "pillar", "initiative", "organisation")


@dataclass(frozen=True)
class DigestView:
    """One subscription: ``next_at`` says when its next issue comes, empty where none does. ``pausable_from`` is the
    first day until which it can be paused."""

    pk: int
    name: str
    roadmap: str
    rhythm: str
    limits: str
    language: str
    skips: bool
    next_at: str
    paused_until: date | None
    is_active: bool
    pausable_from: str


@dataclass(frozen=True)
class WatchView:
    """What is watched; ``code`` leads to its page."""

    pk: int
    title: str
    kind: str
    code: str
    since: datetime


def own_digests(person: Person, *, now: datetime) -> list[DigestView]:
    """The person's subscriptions, those that come first. One query."""
    rows = DigestSubscription.objects.filter(person=person).select_related(*AT_HAND)
    return [digest_view(row, now=now) for row in rows.order_by("-is_active", "next_issue_at", "pk")]


def digest_view(row: DigestSubscription, *, now: datetime) -> DigestView:
    """``row``, with its parts at hand, in the active language."""
    today = day_in(row.zone, at=now)
    is_paused = row.is_active and row.paused_until is not None and row.paused_until > today
    return DigestView(
        pk=row.pk,
        name=digest_name(row.frequency),
        roadmap=row.roadmap.title,
        rhythm=rhythm_text(row),
        limits=limits_text(row),
        language=row.get_language_display() if row.language else row.person.get_language_display(),
        skips=row.skip_when_empty,
        next_at=instant_text(row.next_issue_at, zone=row.zone) if row.is_active and row.next_issue_at else "",
        paused_until=row.paused_until if is_paused else None,
        is_active=row.is_active,
        pausable_from=date.fromordinal(today.toordinal() + 1).isoformat(),
    )


def instant_text(at: datetime, *, zone: str) -> str:
    """An instant by the clocks of ``zone``, with its weekday and the zone's name."""
    there = at.astimezone(ZoneInfo(zone))
    return _("%(weekday)s, %(day)s at %(time)s (%(zone)s)") % {
        "weekday": date_format(there, "l"),
        "day": date_format(there, "DATE_FORMAT"),
        "time": time_format(there, "TIME_FORMAT"),
        "zone": zone,
    }


def own_watches(person: Person) -> list[WatchView]:
    """What the person watches, newest first. One query."""
    rows = Watch.objects.filter(person=person).select_related("milestone", "initiative")
    found = []
    for row in rows:
        watched = row.milestone or row.initiative
        assert watched is not None  # noqa: S101  # a constraint's promise
        kind = "milestone" if row.milestone_id else "initiative"
        found.append(WatchView(row.pk, watched.title, kind, watched.code, row.since))
    return found
