"""Planned, earned and verified value over time, for curves: one point a given day.

Added up in one sweep over all milestones, in whole numbers (``told``), so that each point is what ``measure`` gives for
that day, digit for digit; a test compares the two. The points of a large roadmap are kept while it is unchanged.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from roadmap.models import Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.kept import keep_rows, kept_for, question_of
from roadmap.progress.measure import PLACES, ZERO, Sums, earned_of, figures_of, share_percent
from roadmap.progress.told import Told, number_of, statements, told_of

FULL = 100 * 10**PLACES


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
    """One point for each of ``days`` (ascending), against the baseline in force ``today``.

    Four queries; outside a transaction one that looks for kept points comes first, and often last.
    """
    question = question_of(f"series {statements()} {days}", roadmap_id=roadmap.pk, day=today)
    kept = kept_for(question)
    if kept and kept.holds:
        rows = kept.rows
    else:
        told, revision = told_of(roadmap, up_to=today)
        rows = [*_swept(told, days=[number_of(day) for day in days], past=bisect_right(days, today))]
        keep_rows(question, rows, revision=revision, milestones=len(told))
    return [_point(day, row, is_ahead=day > today) for day, row in zip(days, rows, strict=True)]


def _point(day: date, row: list[int], *, is_ahead: bool) -> Point:
    weight, planned, earned, verified = row
    figures = figures_of(
        Sums(
            weight=Decimal(weight).scaleb(-2),
            planned=Decimal(planned).scaleb(-2 - PLACES),
            earned=Decimal(earned).scaleb(-2 - PLACES),
            verified=Decimal(verified).scaleb(-2 - PLACES),
        )
    )
    if is_ahead:
        return Point(day=day, planned=figures.planned, earned=None, verified=None)
    return Point(day=day, planned=figures.planned, earned=figures.earned, verified=figures.verified)


def _swept(told: Iterable[Told], *, days: list[int], past: int) -> list[list[int]]:
    """For each day the sums of weights, and of weights times planned, earned and verified shares; ``past`` days are."""
    weights, planned, earned, verified = (_Steps(len(days)) for _ in range(4))
    for one in told:
        if not one.weight:
            continue
        end = len(days) if one.cancelled is None else bisect_left(days, one.cancelled)
        weights.add(one.weight, 0, end)
        due = min(bisect_left(days, one.due), end)
        for place in range(bisect_left(days, one.start), due):
            share = FULL * (days[place] - one.start + 1) // (one.due - one.start + 1)
            planned.add(one.weight * share, place, place + 1)
        planned.add(one.weight * FULL, due, end)
        last = min(end, past)
        done = last if one.completed is None else min(bisect_left(days, one.completed), last)
        earned.add(one.weight * FULL, done, last)
        _tell(one, days=days, done=done, earned=earned)
        if one.completed is not None and one.verified is not None:
            verified.add(one.weight * FULL, min(bisect_left(days, max(one.completed, one.verified)), last), last)
    return [list(row) for row in zip(weights.sums(), planned.sums(), earned.sums(), verified.sums(), strict=True)]


def _tell(one: Told, *, days: list[int], done: int, earned: "_Steps") -> None:
    """What was earned before the milestone was done: by its deliverables up to the first report, then as reported."""
    starts = [min(bisect_left(days, day), done) for day, _percent in one.reports]
    total = sum(weight for weight, _day in one.items)
    if total:
        finished = sorted((day, weight) for weight, day in one.items if day is not None)
        first, sofar = starts[0] if starts else done, 0
        for place, (day, weight) in enumerate(finished):
            sofar += weight
            until = bisect_left(days, finished[place + 1][0]) if place + 1 < len(finished) else first
            earned.add(one.weight * (FULL * sofar // total), min(bisect_left(days, day), first), min(until, first))
    for (_day, share), start, until in zip(one.reports, starts, [*starts, done][1:], strict=True):
        earned.add(one.weight * share, start, until)


class _Steps:
    """Sums over places that are told by where each part begins and ends."""

    def __init__(self, places: int) -> None:
        self._changes = [0] * (places + 1)

    def add(self, value: int, start: int, end: int) -> None:
        """Count ``value`` from ``start`` up to, without, ``end``."""
        if start < end:
            self._changes[start] += value
            self._changes[end] -= value

    def sums(self) -> list[int]:
        return list(accumulate(self._changes))[:-1]


def earned_on(roadmap: Roadmap, *, days: list[date]) -> dict[int, list[Decimal | None]]:
    """Each milestone's earned percent on each of ``days``, None once cancelled; by primary key. Three queries."""
    milestones = Milestone.objects.filter(initiative__roadmap=roadmap).order_by()
    reports, deliverables = _reports(roadmap), _deliverables(roadmap)
    return {
        pk: [
            None
            if cancelled_on is not None and cancelled_on <= day
            else _earned(completed_on, reports[pk], deliverables[pk], day)
            for day in days
        ]
        for pk, completed_on, cancelled_on in milestones.values_list("pk", "completed_on", "cancelled_on")
    }


def _earned(
    completed_on: date | None, reports: list[tuple[date, Decimal]], deliverables: list[Deliverable], day: date
) -> Decimal:
    count = bisect_right(reports, day, key=lambda report: report[0])
    return earned_of(
        is_done=completed_on is not None and completed_on <= day,
        reported=reports[count - 1][1] if count else None,
        delivered=None if count else share_done(deliverables, day),
    )


def _reports(roadmap: Roadmap) -> dict[int, list[tuple[date, Decimal]]]:
    """Day and percent of each milestone's reports, in their order."""
    reports: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    told = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap).order_by("reported_on", "id")
    for pk, reported_on, percent in told.values_list("milestone", "reported_on", "percent_complete"):
        reports[pk].append((reported_on, percent))
    return reports


def _deliverables(roadmap: Roadmap) -> dict[int, list[Deliverable]]:
    deliverables: dict[int, list[Deliverable]] = defaultdict(list)
    for deliverable in Deliverable.objects.filter(milestone__initiative__roadmap=roadmap).order_by():
        deliverables[deliverable.milestone_id].append(deliverable)
    return deliverables


def share_done(deliverables: Iterable[Deliverable], day: date) -> Decimal | None:
    """The weighted percentage of the items that were done on the day; None without any weight."""
    items = list(deliverables)
    total = sum((item.weight for item in items), ZERO)
    done = sum((item.weight for item in items if item.done_on is not None and item.done_on <= day), ZERO)
    return share_percent(done=done, total=total)
