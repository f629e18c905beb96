"""Compares a baseline with another, or with the plan of today, by ``slip``; from the history, so that what was removed
since is still told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from roadmap.models import Baseline, BaselineEntry, Milestone, Phase, Pillar, WorkdayOverride
from roadmap.progress.frame_then import fetch_frame
from roadmap.progress.replay import last_known
from roadmap.progress.slip import Planned, SlipLine, SlipSums, slip_lines, slip_sums, slip_sums_by
from roadmap.vocabulary import MilestoneStatus


@dataclass(frozen=True)
class BaselineLine:
    """A milestone, as it was last known, with what became of its plan. ``is_removed``: it is no longer there at all."""

    milestone: Milestone
    slip: SlipLine
    is_removed: bool


@dataclass(frozen=True)
class BaselineComparison:
    """``second`` None: the plan of today. The worst slip first (``lines_of``: whose); sums by phase and by pillar."""

    first: Baseline
    second: Baseline | None
    slips: tuple[SlipLine, ...]
    overall: SlipSums
    by_phase: tuple[tuple[Phase, SlipSums], ...]
    by_pillar: tuple[tuple[Pillar, SlipSums], ...]


def compare_baselines(first: Baseline, second: Baseline | None, *, now: datetime) -> BaselineComparison:
    """What became of the plan that ``first`` approved, by ``second`` or today; both of one roadmap, at hand with it.

    Cancelled milestones aren't in the plan of today. At most thirteen queries, however many milestones there are.
    """
    calendar = WorkdayOverride.objects.calendar(first.roadmap.calendar)
    plans = _entries(first), _entries(second) if second else _plan_of_today(first)
    slips = slip_lines(*plans, calendar=calendar)
    phases, pillars = _places_of([line.milestone_id for line in slips], first, now=now)
    by_phase, by_pillar = slip_sums_by(slips, phases), slip_sums_by(slips, pillars)
    return BaselineComparison(
        first=first,
        second=second,
        slips=tuple(slip for slip in slips if slip.milestone_id in phases),
        overall=slip_sums(slips),
        by_phase=tuple((one, by_phase[one.pk]) for one in Phase.objects.filter(pk__in=by_phase)),
        by_pillar=tuple((one, by_pillar[one.pk]) for one in Pillar.objects.filter(pk__in=by_pillar)),
    )


def lines_of(slips: Iterable[SlipLine], *, now: datetime) -> list[BaselineLine]:
    """Some of the slips of a comparison, with their milestones and all that these refer to. Eight queries."""
    slips = list(slips)
    ids = [slip.milestone_id for slip in slips]
    milestones = last_known(Milestone, of=ids, until=now)
    fetch_frame(list(milestones.values()), until=now)
    there = set(Milestone.objects.filter(pk__in=ids).order_by().values_list("pk", flat=True))
    return [
        BaselineLine(milestones[slip.milestone_id], slip, is_removed=slip.milestone_id not in there)
        for slip in slips
        if slip.milestone_id in milestones
    ]


def _places_of(ids: list[int], baseline: Baseline, *, now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """The phase and the pillar of each milestone, of those that are gone as they were last known."""
    there = Milestone.objects.filter(initiative__roadmap=baseline.roadmap_id).order_by()
    rows = {pk: (phase, pillar) for pk, phase, pillar in there.values_list("pk", "phase", "initiative__pillar")}
    gone = list(last_known(Milestone, of=[pk for pk in ids if pk not in rows], until=now).values())
    if gone:
        fetch_frame(gone, until=now)
        rows |= {one.pk: (one.phase_id, one.initiative.pillar_id) for one in gone}
    return {pk: rows[pk][0] for pk in ids if pk in rows}, {pk: rows[pk][1] for pk in ids if pk in rows}


def _entries(baseline: Baseline) -> dict[int, Planned]:
    """What the baseline froze, of milestones that were removed since too."""
    frozen = BaselineEntry.history.filter(baseline=baseline.pk, history_type="+").order_by()
    columns = ("milestone_id", "planned_start_on", "due_on", "weight")
    return {pk: Planned(start, due, weight) for pk, start, due, weight in frozen.values_list(*columns)}


def _plan_of_today(baseline: Baseline) -> dict[int, Planned]:
    plan = Milestone.objects.filter(initiative__roadmap=baseline.roadmap_id).exclude(status=MilestoneStatus.CANCELLED)
    rows = plan.order_by().values_list("pk", "planned_start_on", "due_on", "weight")
    return {pk: Planned(start, due, weight) for pk, start, due, weight in rows}
