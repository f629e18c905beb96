"""The plan as it was known at a past instant, or as it was on a day by all that is known now: a page of its milestones,
and the sums over all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from roadmap.models import Baseline, Initiative, Milestone, Phase, ProgressUpdate, Roadmap
from roadmap.models.milestone import open_on
from roadmap.progress.conditions import cancelled_on, done_on
from roadmap.progress.facts import latest_updates
from roadmap.progress.frame_then import fetch_frame
from roadmap.progress.replay import records_at, row_of, rows_at
from roadmap.vocabulary import MilestoneStatus

OPEN = _("Open")


@dataclass(frozen=True)
class MilestoneThen:
    """A milestone as it stood, with its frame at hand, and the percentage last reported by then (None: none)."""

    milestone: Milestone
    reported_percent: Decimal | None
    is_open: bool = False  # as it was by all that is known now; whether it was begun, nothing tells

    @property
    def state(self) -> str:
        """In words."""
        return str(OPEN) if self.is_open else self.milestone.get_status_display()


@dataclass(frozen=True)
class StateCount:
    """How many milestones were in a state, and their weight together."""

    status: MilestoneStatus | None  # None: open, begun or not
    count: int
    weight: Decimal

    @property
    def label(self) -> str:
        """In words."""
        return str(self.status.label if self.status else OPEN)


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


def plan_on(roadmap: Roadmap, *, day: date) -> PlanThen:
    """The frame of the plan as it is now, its baselines up to the day, and its sums on the day. Five queries."""
    mine = Milestone.objects.filter(initiative__roadmap=roadmap).order_by()
    found = [
        (status, mine.filter(condition).aggregate(count=Count("pk"), weight=Sum("weight")))
        for status, condition in (
            (None, open_on(day)),
            (MilestoneStatus.DONE, done_on(day)),
            (MilestoneStatus.CANCELLED, cancelled_on(day)),
        )
    ]
    return PlanThen(
        roadmap=roadmap,
        phases=tuple(roadmap.phases.order_by("gate_on", "pk")),
        baselines=tuple(roadmap.baselines.filter(approved_on__lte=day).order_by("approved_on", "pk")),
        states=tuple(StateCount(status, sums["count"], sums["weight"]) for status, sums in found if sums["count"]),
    )


def milestones_on(milestones: list[Milestone], *, day: date) -> list[MilestoneThen]:
    """The milestones in their order as they were on the day by all that is known now. One query."""
    reports = latest_updates(milestones, as_of=day)
    return [_on(one, reports.get(one.pk), day) for one in milestones]


def _on(milestone: Milestone, report: ProgressUpdate | None, day: date) -> MilestoneThen:
    """Of the milestone, which isn't to be saved, what came after the day is taken away."""
    for name in ("completed_on", "verified_on", "cancelled_on"):
        on = getattr(milestone, name)
        setattr(milestone, name, on if on is not None and on <= day else None)
    milestone.status = MilestoneStatus.CANCELLED if milestone.cancelled_on else MilestoneStatus.DONE
    is_open = milestone.cancelled_on is None and milestone.completed_on is None
    return MilestoneThen(milestone, report.percent_complete if report else None, is_open)
