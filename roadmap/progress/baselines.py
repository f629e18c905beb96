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

    Cancelled milestones aren't in the plan of today. At most twelve queries, however many milestones there are.
    """
    calendar = WorkdayOverride.objects.calendar(first.roadmap.calendar)
    there = _there(first)
    plans = _entries(first), _entries(second) if second else there.plan
    slips = slip_lines(*plans, calendar=calendar)
    phases, pillars = _places_of([line.milestone_id for line in slips], there, now=now)
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


@dataclass(frozen=True)
class _There:
    """The milestones that are there: the plan of today, and the phase and pillar of all, cancelled ones too."""

    plan: dict[int, Planned]
    phases: dict[int, int]
    pillars: dict[int, int]


def _there(baseline: Baseline) -> _There:
    rows = Milestone.objects.filter(initiative__roadmap=baseline.roadmap_id).order_by()
    columns = ("pk", "planned_start_on", "due_on", "weight", "status", "phase", "initiative__pillar")
    found = _There({}, {}, {})
    for pk, start, due, weight, status, phase, pillar in rows.values_list(*columns):
        if status != MilestoneStatus.CANCELLED:
            found.plan[pk] = Planned(start, due, weight)
        found.phases[pk], found.pillars[pk] = phase, pillar
    return found


def _places_of(ids: list[int], there: _There, *, now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """The phase and the pillar of each milestone, of those that are gone as they were last known."""
    gone = list(last_known(Milestone, of=[pk for pk in ids if pk not in there.phases], until=now).values())
    if gone:
        fetch_frame(gone, until=now)
    phases = there.phases | {one.pk: one.phase_id for one in gone}
    pillars = there.pillars | {one.pk: one.initiative.pillar_id for one in gone}
    return phases, pillars


def _entries(baseline: Baseline) -> dict[int, Planned]:
    """What the baseline froze, of milestones that were removed since too."""
    frozen = BaselineEntry.history.filter(baseline=baseline.pk, history_type="+").order_by()
    columns = ("milestone_id", "planned_start_on", "due_on", "weight")
    return {pk: Planned(start, due, weight) for pk, start, due, weight in frozen.values_list(*columns)}
