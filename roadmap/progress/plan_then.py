"""The plan as it was known at a past instant: a page of its milestones, and the sums over all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from roadmap.models import Baseline, Initiative, Milestone, Phase, ProgressUpdate, Roadmap
from roadmap.progress.frame_then import fetch_frame
from roadmap.progress.replay import records_at, row_of, rows_at
from roadmap.vocabulary import MilestoneStatus


@dataclass(frozen=True)
class MilestoneThen:
    """A milestone as it stood, with its frame at hand, and the percentage last reported by then (None: none)."""

    milestone: Milestone
    reported_percent: Decimal | None


@dataclass(frozen=True)
class StateCount:
    """How many milestones were in a state, and their weight together."""

    status: MilestoneStatus
    count: int
    weight: Decimal


@dataclass(frozen=True)
class PlanThen:
    """The frame of then: the roadmap (None: it wasn't there), its phases by gate, its baselines by day of approval."""

    roadmap: Roadmap | None
    phases: tuple[Phase, ...]
    baselines: tuple[Baseline, ...]
    states: tuple[StateCount, ...]


def plan_at(roadmap: Roadmap, *, instant: datetime) -> PlanThen:
    """The frame of the plan and its sums, as they were known at ``instant``. Four queries."""
    phases = [row for row in rows_at(Phase, instant).values() if row.roadmap_id == roadmap.pk]
    baselines = [row for row in rows_at(Baseline, instant).values() if row.roadmap_id == roadmap.pk]
    found = milestone_records_at(roadmap, instant=instant).order_by().values("status")
    sums = {one["status"]: one for one in found.annotate(count=Count("id"), total=Sum("weight"))}
    return PlanThen(
        roadmap=rows_at(Roadmap, instant, of=[roadmap.pk]).get(roadmap.pk),
        phases=tuple(sorted(phases, key=lambda one: (one.gate_on, one.pk))),
        baselines=tuple(sorted(baselines, key=lambda one: (one.approved_on, one.pk))),
        states=tuple(
            StateCount(status, sums[status]["count"], sums[status]["total"])
            for status in MilestoneStatus
            if status in sums
        ),
    )


def milestone_records_at(roadmap: Roadmap, *, instant: datetime) -> QuerySet[Any]:
    """The history's records of the roadmap's milestones as of then, by due date: to be counted, and cut into pages."""
    mine = Initiative.history.filter(roadmap=roadmap).order_by().values("id")
    return records_at(Milestone, instant).filter(initiative_id__in=mine).order_by("due_on", "id")


def milestones_then(records: Iterable[Any], *, instant: datetime) -> list[MilestoneThen]:
    """The milestones that these records tell of, in their order, with all that a page shows. Seven queries."""
    rows = [row_of(Milestone, record) for record in records]
    fetch_frame(rows, until=instant)
    reports = records_at(ProgressUpdate, instant).filter(milestone_id__in=[row.pk for row in rows], withdrawn_at=None)
    percents = dict(reports.order_by("reported_on", "id").values_list("milestone_id", "percent_complete"))
    return [MilestoneThen(row, percents.get(row.pk)) for row in rows]
