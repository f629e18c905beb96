"""What a figure is made of: what each milestone adds, and by which dates and report. Pure but for the row's shape."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from roadmap.progress.measure import ZERO
from roadmap.progress.page import MeasuredRow


@dataclass(frozen=True)
class Contribution:
    """One milestone's part. Values are weight times percent over a hundred, exact; zero for one that doesn't count."""

    row: Any
    counts: bool
    weight: Decimal
    planned_percent: Decimal
    earned_percent: Decimal
    verified_percent: Decimal
    planned_value: Decimal
    earned_value: Decimal
    verified_value: Decimal
    planned_from: str
    starts_on: date
    due_on: date
    earned_from: str


def contribution(one: MeasuredRow) -> Contribution:
    """The part of one measured milestone."""
    row, figures = one.row, one.figures
    counts = not figures.is_cancelled
    weight = row.milestone_weight if counts else ZERO
    return Contribution(
        row=row,
        counts=counts,
        weight=row.milestone_weight,
        planned_percent=figures.planned_percent,
        earned_percent=figures.earned_percent,
        verified_percent=figures.verified_percent,
        planned_value=(weight * figures.planned_percent).scaleb(-2),
        earned_value=(weight * figures.earned_percent).scaleb(-2),
        verified_value=(weight * figures.verified_percent).scaleb(-2),
        planned_from="plan" if row.baseline_due_on is None else "baseline",
        starts_on=row.baseline_planned_start_on or row.milestone_planned_start_on,
        due_on=row.baseline_due_on or row.milestone_due_on,
        earned_from=_earned_from(one),
    )


def _earned_from(one: MeasuredRow) -> str:
    if one.figures.is_done:
        return "completion"
    if one.row.latest_id is not None:
        return "report"
    return "deliverables" if one.row.items_weight else "nothing"
