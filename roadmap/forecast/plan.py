"""The plan as a forecast reads it: its working days, milestones and gates, and the network of what waits for what.

In numbers of working days of the roadmap's own calendar. Needs none of what makes trials, so that pages start fast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from roadmap.forecast.days import WorkDays
from roadmap.forecast.network import Activity, Link, Network
from roadmap.models import Dependency, Milestone, Roadmap, WorkdayOverride
from roadmap.vocabulary import MilestoneStatus

AHEAD = timedelta(days=6 * 365)  # how far trials are followed beyond the last date of the plan


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone as it is in the plan of today."""

    key: int
    phase: int
    organisation: int | None
    pillar: int
    workstream: int | None
    weight: Decimal
    planned_start_on: date
    due_on: date
    completed_on: date | None

    @property
    def likeness(self) -> tuple[int | None, ...]:
        """What likens it to others."""
        return self.organisation, self.pillar, self.workstream


@dataclass(frozen=True)
class Plan:
    """``today`` is its number; ``gates`` are each phase's day, by id, in their order."""

    days: WorkDays
    today: int
    rows: Mapping[int, Row]
    gates: Mapping[int, date]
    network: Network


def plan_of(roadmap: Roadmap, *, today: date) -> Plan:
    """The plan as it stands. Cancelled milestones are left out. Four queries; raises Circle."""
    rows = _rows(roadmap)
    gates = dict(roadmap.phases.order_by("gate_on", "id").values_list("pk", "gate_on"))
    links = Dependency.objects.filter(successor__initiative__roadmap=roadmap).order_by("id")
    found = [Link(*row) for row in links.values_list("predecessor_id", "successor_id", "lag_working_days")]
    first, last = _reach([today, roadmap.starts_on, *gates.values()], rows.values())
    days = WorkDays.of(WorkdayOverride.objects.calendar(roadmap.calendar), first=first, last=last + AHEAD)
    network = Network([_activity(row, gates, days) for row in rows.values()], found)
    return Plan(days, days.up_to(today), rows, gates, network)


@dataclass(frozen=True, slots=True)
class GateMove:
    """By the plan all of a phase is done on another day at the earliest; ``working_days`` later, or earlier where
    negative."""

    phase: int
    was: date
    would_be: date
    working_days: int


def gates_moved(plan: Plan, new_dates: Mapping[int, tuple[date, date]]) -> list[GateMove]:
    """What it means for the gates if the open milestones of ``new_dates`` had these planned starts and due dates."""
    rows = {
        key: replace(row, planned_start_on=new_dates[key][0], due_on=new_dates[key][1]) if key in new_dates else row
        for key, row in plan.rows.items()
    }
    links = [link for waits in plan.network.waits_for.values() for link in waits]
    network = Network([_activity(row, plan.gates, plan.days) for row in rows.values()], links)
    before, after = _last_days(plan, plan.network), _last_days(plan, network)
    return [
        GateMove(phase, plan.days.day(before[phase]), plan.days.day(after[phase]), after[phase] - before[phase])
        for phase in plan.gates
        if phase in before and before[phase] != after[phase]
    ]


def _last_days(plan: Plan, network: Network) -> dict[int, int]:
    """The number of the day on which all of each phase is done at the earliest."""
    times = network.times(today=plan.today)
    last: dict[int, int] = {}
    for row in plan.rows.values():
        last[row.phase] = max(last.get(row.phase, 0), times[row.key].early_finish)
    return last


def _rows(roadmap: Roadmap) -> dict[int, Row]:
    plan = Milestone.objects.filter(initiative__roadmap=roadmap).exclude(status=MilestoneStatus.CANCELLED)
    columns = ("pk", "phase_id", "organisation_id", "initiative__pillar_id", "workstream_id", "weight")
    dates = ("planned_start_on", "due_on", "completed_on")
    return {row[0]: Row(*row) for row in plan.order_by("pk").values_list(*columns, *dates)}


def _reach(days: Iterable[date], rows: Iterable[Row]) -> tuple[date, date]:
    """The first and the last day that the plan speaks of."""
    all_days = [*days]
    for row in rows:
        all_days += [row.planned_start_on, row.due_on, row.completed_on or row.due_on]
    return min(all_days), max(all_days)


def _activity(row: Row, gates: Mapping[int, date], days: WorkDays) -> Activity:
    done = row.completed_on
    start, finish = days.since(row.planned_start_on), days.up_to(done or row.due_on)
    return Activity(row.key, min(start, finish), finish, days.up_to(gates[row.phase]), is_done=done is not None)
