"""Conditions that hang on today, which begins at another instant in each roadmap's time zone."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q

from roadmap import clock
from roadmap.models import Roadmap


def on_its_day(condition: Callable[[date], Q], *, now: datetime) -> Q:
    """The condition on milestones, each on the day that it is in its own roadmap's zone (one query for the zones)."""
    zones: dict[date, list[str]] = defaultdict(list)
    for zone in Roadmap.objects.zones():
        zones[clock.day_in(zone, at=now)].append(zone)
    if len(zones) == 1:
        return condition(next(iter(zones)))
    found = Q(pk__in=[])
    for day, there in zones.items():
        found |= Q(initiative__roadmap__time_zone__in=there) & condition(day)
    return found
