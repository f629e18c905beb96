"""Which day figures are of: the one asked for, else today in the time zone of each milestone's roadmap."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from roadmap import clock
from roadmap.models import Milestone, Roadmap
from roadmap.progress.facts import MilestoneLine, milestone_lines


def late_on(as_of: date | None, *, now: datetime) -> Q:
    """Milestones that are late on the day, or on each roadmap's own today (that takes a query for the zones)."""
    if as_of is not None:
        return _late(as_of)
    late = Q(pk__in=[])
    for zone in sorted(set(Roadmap.objects.order_by().values_list("time_zone", flat=True))):
        late |= Q(initiative__roadmap__time_zone=zone) & _late(clock.day_in(zone, at=now))
    return late


def _late(day: date) -> Q:
    open_then = ~Q(completed_on__lte=day, completed_on__isnull=False) & ~Q(
        cancelled_on__lte=day, cancelled_on__isnull=False
    )
    return Q(due_on__lt=day) & open_then


def measured(milestones: list[Milestone], *, as_of: date | None, now: datetime) -> list[tuple[MilestoneLine, date]]:
    """The milestones in their order, each with its figures and the day these are of; three queries a time zone.

    Each milestone needs its initiative's roadmap at hand.
    """
    groups: dict[date, list[Milestone]] = defaultdict(list)
    for milestone in milestones:
        groups[as_of or clock.day_in(milestone.initiative.roadmap.time_zone, at=now)].append(milestone)
    found = {
        line.milestone.pk: (line, day)
        for day, members in groups.items()
        for line in milestone_lines(members, as_of=day)
    }
    return [found[milestone.pk] for milestone in milestones]
