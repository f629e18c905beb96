"""What a roadmap's forecast is made of, from the database: its network, open promises, and how others came true.

Everything in numbers of working days of the roadmap's own calendar. Six queries, however many milestones there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.forecast.days import WorkDays
from roadmap.forecast.figures import Basis
from roadmap.forecast.outlook import Kept, Promise, stretch_of
from roadmap.forecast.plan import Plan, Row, plan_of
from roadmap.models import Milestone, ProgressUpdate, Roadmap

LEAST_WORKED, LEAST_PERCENT = 10, 10  # working days and percent before a pace says anything
SHORTEST = 5  # working days: how a promise for this week came true says nothing of one for next year


@dataclass(frozen=True, slots=True)
class Report:
    """What a forecast reads of a progress report."""

    reported_on: date
    percent: Decimal
    forecast_on: date | None


@dataclass(frozen=True)
class Ground:
    """What a forecast starts from."""

    plan: Plan
    promises: Mapping[int, Promise]
    kept: Sequence[Kept]


def ground_of(roadmap: Roadmap, *, today: date) -> Ground:
    """All of it as it stands."""
    plan, reports = plan_of(roadmap, today=today), _reports(roadmap, today)
    days = plan.days
    return Ground(
        plan=plan,
        promises={
            row.key: promise_of(row, reports[row.key], days=days)
            for row in plan.rows.values()
            if row.completed_on is None
        },
        kept=_kept(plan.rows, _first_plans(roadmap), reports, days, today),
    )


def _reports(roadmap: Roadmap, today: date) -> defaultdict[int, list[Report]]:
    told = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap, reported_on__lte=today)
    found: defaultdict[int, list[Report]] = defaultdict(list)
    columns = ("milestone_id", "reported_on", "percent_complete", "forecast_on")
    for key, *values in told.order_by("reported_on", "id").values_list(*columns):
        found[key].append(Report(*values))
    return found


def _first_plans(roadmap: Roadmap) -> dict[int, tuple[date, date]]:
    """Planned start and due date of each milestone as it was first entered: what has been moved since was a promise."""
    entered = Milestone.history.filter(initiative__roadmap=roadmap.pk, history_type="+").order_by("-history_id")
    return {key: (start, due) for key, start, due in entered.values_list("id", "planned_start_on", "due_on")}


def promise_of(row: Row, reports: Sequence[Report], *, days: WorkDays) -> Promise:
    """The promise that counts for an open milestone, whose ``reports`` come oldest first: what its latest report
    forecasts, or else the pace that it shows, or else the plan."""
    told = promises_in(row, reports[-1], days=days) if reports else []
    return told[0] if told else _planned(row, row.planned_start_on, row.due_on, days)


def promises_in(row: Row, report: Report, *, days: WorkDays) -> list[Promise]:
    """What one report promises: by its owner's word, by its pace."""
    since, began = days.up_to(report.reported_on), days.since(row.planned_start_on)
    found = []
    if report.forecast_on is not None and report.forecast_on > report.reported_on:
        found.append(Promise(Basis.OWNER, since, max(days.up_to(report.forecast_on) - since, 1), row.likeness))
    worked, percent = since - began + 1, float(report.percent)
    if worked >= LEAST_WORKED and LEAST_PERCENT <= percent < 100:
        remaining = max(round(worked * (100 - percent) / percent), 1)
        found.append(Promise(Basis.PACE, since, remaining, row.likeness))
    return found


def _planned(row: Row, start: date, due: date, days: WorkDays) -> Promise:
    before = days.since(start) - 1
    return Promise(Basis.PLAN, before, max(days.up_to(due) - before, 1), row.likeness)


def _kept(
    rows: Mapping[int, Row],
    first_plans: Mapping[int, tuple[date, date]],
    reports: Mapping[int, Sequence[Report]],
    days: WorkDays,
    today: date,
) -> list[Kept]:
    """How promises came true, or how long they have been waited for; those of one milestone and basis count as one
    together."""
    found: list[Kept] = []
    for row in rows.values():
        until = today if row.completed_on is None else row.completed_on
        start, due = first_plans.get(row.key, (row.planned_start_on, row.due_on))
        told = [_planned(row, start, due, days)]
        for report in reports.get(row.key, ()):
            if report.reported_on < until:
                told += promises_in(row, report, days=days)
        by_basis: defaultdict[Basis, list[Promise]] = defaultdict(list)
        for promise in told:
            if promise.remaining >= SHORTEST and promise.since < days.up_to(until):
                by_basis[promise.basis].append(promise)
        for basis, several in by_basis.items():
            share, is_open = 1 / len(several), row.completed_on is None
            stretches = (stretch_of(promise, days.up_to(until)) for promise in several)
            found += [Kept(basis, stretch, row.likeness, share, is_open=is_open) for stretch in stretches]
    return found
