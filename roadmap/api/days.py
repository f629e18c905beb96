"""The filter for late milestones: on the day asked for, else today in the time zone of each milestone's roadmap."""

from datetime import date, datetime

from django.db.models import Q

from roadmap.progress.today import on_its_day


def late_on(as_of: date | None, *, now: datetime) -> Q:
    """Milestones that are late on the day, or on each roadmap's own today (that takes a query for the zones)."""
    return _late(as_of) if as_of is not None else on_its_day(_late, now=now)


def _late(day: date) -> Q:
    open_then = ~Q(completed_on__lte=day, completed_on__isnull=False) & ~Q(
        cancelled_on__lte=day, cancelled_on__isnull=False
    )
    return Q(due_on__lt=day) & open_then
