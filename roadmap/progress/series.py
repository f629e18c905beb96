"""Planned and earned value over time, for curves: one point a given day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.models import BaselineEntry, Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.facts import baseline_entries, facts_of
from roadmap.progress.measure import (
    ZERO,
    MilestoneFacts,
    earned_of,
    measure_group,
    measure_milestone,
    share_percent,
)


@dataclass(frozen=True)
class Point:
    """The roadmap on one day: weighted planned percent; earned and verified percent (None on a day ahead)."""

    day: date
    planned: Decimal
    earned: Decimal | None
    verified: Decimal | None


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from that of ``first`` to that of ``last``."""
    days = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        days.append(date.fromordinal(date(year, month, 1).toordinal() - 1))
    return days


def progress_series(roadmap: Roadmap, *, days: list[date], today: date) -> list[Point]:
    """One point for each of ``days`` (ascending), against the baseline in force ``today``. Four queries."""
    told = _Told(roadmap)
    baseline = baseline_entries(told.milestones, as_of=today)

    def point(day: date) -> Point:
        group = measure_group(
            (
                milestone.weight,
                measure_milestone(told.facts(milestone, day, baseline.get(milestone.pk)), today=day),
            )
            for milestone in told.milestones
        )
        if day > today:
            return Point(day=day, planned=group.planned, earned=None, verified=None)
        return Point(day=day, planned=group.planned, earned=group.earned, verified=group.verified)

    return [point(day) for day in days]


def earned_on(roadmap: Roadmap, *, days: list[date]) -> dict[int, list[Decimal | None]]:
    """Each milestone's earned percent on each of ``days``, None once cancelled; by primary key. Three queries."""
    milestones = Milestone.objects.filter(initiative__roadmap=roadmap).order_by()
    reports: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    told = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap).order_by("reported_on", "id")
    for pk, reported_on, percent in told.values_list("milestone", "reported_on", "percent_complete"):
        reports[pk].append((reported_on, percent))
    deliverables: dict[int, list[Deliverable]] = defaultdict(list)
    for deliverable in Deliverable.objects.filter(milestone__initiative__roadmap=roadmap).order_by():
        deliverables[deliverable.milestone_id].append(deliverable)

    def earned(pk: int, completed_on: date | None, cancelled_on: date | None, day: date) -> Decimal | None:
        if cancelled_on is not None and cancelled_on <= day:
            return None
        count = bisect_right(reports[pk], day, key=lambda report: report[0])
        return earned_of(
            is_done=completed_on is not None and completed_on <= day,
            reported=reports[pk][count - 1][1] if count else None,
            delivered=None if count else share_done(deliverables[pk], day),
        )

    return {
        pk: [earned(pk, completed_on, cancelled_on, day) for day in days]
        for pk, completed_on, cancelled_on in milestones.values_list("pk", "completed_on", "cancelled_on")
    }


class _Told:
    """All that was told of a roadmap's milestones, to be asked for any day."""

    def __init__(self, roadmap: Roadmap) -> None:
        self.milestones = list(Milestone.objects.filter(initiative__roadmap=roadmap).order_by())
        self._reports: dict[int, list[ProgressUpdate]] = defaultdict(list)
        reports = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap)
        for update in reports.order_by("reported_on", "id"):
            self._reports[update.milestone_id].append(update)
        self._deliverables: dict[int, list[Deliverable]] = defaultdict(list)
        for deliverable in Deliverable.objects.filter(milestone__initiative__roadmap=roadmap).order_by():
            self._deliverables[deliverable.milestone_id].append(deliverable)

    def facts(self, milestone: Milestone, day: date, entry: BaselineEntry | None) -> MilestoneFacts:
        """The milestone's facts on that day."""
        known = self._reports[milestone.pk]
        count = bisect_right(known, day, key=lambda update: update.reported_on)
        share = share_done(self._deliverables[milestone.pk], day)
        return facts_of(milestone, known[count - 1] if count else None, share, entry)


def share_done(deliverables: Iterable[Deliverable], day: date) -> Decimal | None:
    """The weighted percentage of the items that were done on the day; None without any weight."""
    items = list(deliverables)
    total = sum((item.weight for item in items), ZERO)
    done = sum((item.weight for item in items if item.done_on is not None and item.done_on <= day), ZERO)
    return share_percent(done=done, total=total)
