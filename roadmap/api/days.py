"""Filters by state: on the day asked for, else today in the time zone of each milestone's roadmap."""

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q

from roadmap.progress.today import on_its_day


def on_day(condition: Callable[[date], Q], *, as_of: date | None, now: datetime) -> Q:
    """The condition on the day, or on each roadmap's own today (that takes a query for the zones)."""
    return condition(as_of) if as_of is not None else on_its_day(condition, now=now)
