"""The states of milestones on a day as conditions for the database: what ``states`` says of one, of any number.

Every filter of pages, API and admin takes these; a test compares each with the rule. Sums: ``rollup``.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from roadmap.models import Milestone, ProgressUpdate
from roadmap.models.milestone import open_on
from roadmap.states import DUE_SOON_DAYS, SILENT_AFTER_DAYS


def cancelled_on(day: date) -> Q:
    """Cancelled by the day."""
    return Q(cancelled_on__isnull=False, cancelled_on__lte=day)


def done_on(day: date) -> Q:
    """Reported as done by the day, and not cancelled."""
    return Q(completed_on__isnull=False, completed_on__lte=day) & ~cancelled_on(day)


def overdue_on(day: date) -> Q:
    """Open past its due date."""
    return open_on(day) & Q(due_on__lt=day)


def due_soon_on(day: date) -> Q:
    """Open, and due on the day or within the 30 days after it."""
    return open_on(day) & Q(due_on__gte=day, due_on__lte=day + timedelta(days=DUE_SOON_DAYS))


def unverified_on(day: date) -> Q:
    """Reported as done by the day, and not verified by then."""
    return done_on(day) & (Q(verified_on=None) | Q(verified_on__gt=day))


def unowned_on(day: date) -> Q:
    """Open on the day, and nobody's now."""
    return open_on(day) & Q(owner=None)


def verification_overdue_on(day: date) -> Q:
    """Reported as done, and not verified by the day that was given for it."""
    return unverified_on(day) & Q(verify_by__isnull=False, verify_by__lt=day)


def silent_on(day: date) -> Q:
    """Open, and without a report for 30 days or longer."""
    silent = silent_ones(Milestone.objects.order_by(), as_of=day)
    return Q(pk__in=silent.values("pk"))


def silent_ones(rows: QuerySet[Milestone], *, as_of: date) -> QuerySet[Any]:
    """Those of the rows that are open and without a report for 30 days or longer; ``silent_since`` says since when."""
    latest = Subquery(
        ProgressUpdate.objects.filter(milestone=OuterRef("pk"), reported_on__lte=as_of)
        .order_by("-reported_on", "-id")
        .values("reported_on")[:1]
    )
    since = Greatest("planned_start_on", Coalesce(latest, "entered_on", "planned_start_on"))
    bound = as_of - timedelta(days=SILENT_AFTER_DAYS)
    # the start is asked for by itself, as it spares most rows the look for a report
    return (
        rows.filter(open_on(as_of), planned_start_on__lte=bound)
        .annotate(silent_since=since)
        .filter(silent_since__lte=bound)
    )
