"""Planned and earned value over time, for curves: one point a given day."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from roadmap.models import BaselineEntry, Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.facts import baseline_entries
from roadmap.progress.measure import FULL, ZERO, Sums, earned_of, figures_of, planned_percent, share_percent


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
    """One point for each of ``days`` (ascending), against the baseline in force ``today``. Four queries.

    What a milestone adds is worked out where it changes only, not on every day of every milestone.
    """
    milestones = list(Milestone.objects.filter(initiative__roadmap=roadmap).order_by())
    reports, deliverables = _reports(roadmap), _deliverables(roadmap)
    baseline = baseline_entries(milestones, as_of=today)
    known = bisect_right(days, today)
    weight, planned, earned, verified = (_Steps(days) for _ in range(4))
    for milestone in milestones:
        ends = weight.index(milestone.cancelled_on)
        weight.add(milestone.weight, since=0, until=ends)
        _plan(milestone, baseline.get(milestone.pk) or milestone, planned, until=ends)
        _earn(milestone, reports[milestone.pk], deliverables[milestone.pk], earned, until=min(ends, known))
        if milestone.completed_on and milestone.verified_on:
            since = weight.index(max(milestone.completed_on, milestone.verified_on))
            verified.add(FULL * milestone.weight, since=since, until=ends)

    def point(day: date, *sums: Decimal) -> Point:
        group = figures_of(Sums(weight=sums[0], planned=sums[1], earned=sums[2], verified=sums[3]))
        if day > today:
            return Point(day=day, planned=group.planned, earned=None, verified=None)
        return Point(day=day, planned=group.planned, earned=group.earned, verified=group.verified)

    columns = (steps.sums() for steps in (weight, planned, earned, verified))
    return [point(*row) for row in zip(days, *columns, strict=True)]


class _Steps:
    """A sum on each of some days, kept as what is added from a day on."""

    def __init__(self, days: list[date]) -> None:
        self.days = days
        self._added = [ZERO] * (len(days) + 1)

    def index(self, day: date | None) -> int:
        """Of the first of the days on which something of ``day`` has come; beyond all of them for None."""
        return len(self.days) if day is None else bisect_left(self.days, day)

    def add(self, value: Decimal, *, since: int, until: int) -> None:
        """On the days from one index up to another, and not on the latter."""
        if since < until:
            self._added[since] += value
            self._added[until] -= value

    def sums(self) -> list[Decimal]:
        """The sum on each day."""
        return list(accumulate(self._added[:-1]))


def _plan(milestone: Milestone, dates: Milestone | BaselineEntry, planned: _Steps, *, until: int) -> None:
    """Add the planned value: day by day while it rises, and at once from its due date on."""
    reached = planned.index(dates.due_on)
    for index in range(planned.index(dates.planned_start_on), min(reached, until)):
        day = planned.days[index]
        percent = planned_percent(start_on=dates.planned_start_on, due_on=dates.due_on, today=day)
        planned.add(milestone.weight * percent, since=index, until=index + 1)
    planned.add(milestone.weight * FULL, since=reached, until=until)


def _earn(
    milestone: Milestone,
    reports: list[tuple[date, Decimal]],
    deliverables: list[Deliverable],
    earned: _Steps,
    *,
    until: int,
) -> None:
    """Add the earned value: from each day on which it may change up to the next."""
    days = [day for day, _percent in reports] + [one.done_on for one in deliverables if one.done_on]
    changes = {0, earned.index(milestone.completed_on), *(earned.index(day) for day in days)}
    for since, next_since in pairwise(sorted({*(index for index in changes if index < until), until})):
        percent = _earned(milestone.completed_on, reports, deliverables, earned.days[since])
        earned.add(milestone.weight * percent, since=since, until=next_since)


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
