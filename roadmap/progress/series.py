"""Planned and earned value over time, for curves: one point a given day."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.models import Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.progress.facts import baseline_entries, facts_of
from roadmap.progress.measure import FULL, ZERO, measure_group, measure_milestone


@dataclass(frozen=True)
class Point:
    """The roadmap on one day: weighted planned percent, and earned percent (None on a day ahead)."""

    day: date
    planned: Decimal
    earned: Decimal | None


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
    milestones = list(Milestone.objects.filter(initiative__roadmap=roadmap).order_by())
    baseline = baseline_entries(milestones, as_of=today)
    reports: dict[int, list[ProgressUpdate]] = defaultdict(list)
    for update in ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap).order_by("reported_on", "id"):
        reports[update.milestone_id].append(update)
    deliverables: dict[int, list[Deliverable]] = defaultdict(list)
    for deliverable in Deliverable.objects.filter(milestone__initiative__roadmap=roadmap).order_by():
        deliverables[deliverable.milestone_id].append(deliverable)

    def point(day: date) -> Point:
        members = []
        for milestone in milestones:
            known = reports[milestone.pk]
            count = bisect_right(known, day, key=lambda update: update.reported_on)
            facts = facts_of(
                milestone,
                known[count - 1] if count else None,
                _share_done(deliverables[milestone.pk], day),
                baseline.get(milestone.pk),
            )
            members.append((milestone.weight, measure_milestone(facts, today=day)))
        group = measure_group(members)
        return Point(day=day, planned=group.planned, earned=group.earned if day <= today else None)

    return [point(day) for day in days]


def _share_done(deliverables: list[Deliverable], day: date) -> Decimal | None:
    """The weighted percentage of the items that were done on the day; None without any weight."""
    total = sum((item.weight for item in deliverables), ZERO)
    done = sum((item.weight for item in deliverables if item.done_on is not None and item.done_on <= day), ZERO)
    return FULL * done / total if total else None
