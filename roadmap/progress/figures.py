"""What the rules of progress take and give: the facts of a milestone, its figures, and those of a group. Pure.

The rules themselves are in ``measure``. Those of single milestones are tuples, as there are thousands of them.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import add, attrgetter, sub
from typing import NamedTuple

from roadmap.progress.health import Reason
from roadmap.vocabulary import Rag

ZERO = Decimal(0)


class MilestoneFacts(NamedTuple):
    """What is known of one milestone on a day: its dates and weight, and the latest report up to that day.

    ``baseline_*`` are its dates in the baseline in force, None where it isn't in one. ``reported_percent`` is the
    latest report's, ``deliverable_percent`` the weighted share of its deliverables that are done; None without any.
    ``verify_by`` is the day by which its completion was to be verified; None while it is open.
    """

    id: int
    weight: Decimal
    planned_start_on: date
    due_on: date
    baseline_start_on: date | None = None
    baseline_due_on: date | None = None
    completed_on: date | None = None
    cancelled_on: date | None = None
    verified_on: date | None = None
    reported_percent: Decimal | None = None
    reported_on: date | None = None
    confidence: Rag | None = None
    forecast_on: date | None = None
    deliverable_percent: Decimal | None = None
    entered_on: date | None = None
    verify_by: date | None = None


class MilestoneFigures(NamedTuple):
    """One milestone on a day. Percentages 0 to 100; ``days_left`` is negative when overdue, None once it is closed.

    ``earned_percent`` is what was reported; ``verified_percent`` what somebody else confirmed: all or nothing.
    ``slip_days`` counts calendar days from the baseline's due date to the present one (None outside a baseline).
    """

    planned_percent: Decimal
    earned_percent: Decimal
    verified_percent: Decimal
    rag: Rag | None
    reason: Reason
    is_done: bool
    is_verified: bool
    is_cancelled: bool
    is_late: bool
    is_due_soon: bool
    is_silent: bool
    days_left: int | None
    slip_days: int | None
    is_verification_overdue: bool

    @property
    def is_open(self) -> bool:
        """Neither done nor cancelled on that day."""
        return not (self.is_done or self.is_cancelled)


@dataclass(frozen=True)
class Sums:
    """What adds up over milestones that count. ``planned``, ``earned`` and ``verified`` are sums of percentages times
    weights; ``confirmed`` is how many of the done ones are verified, ``verification_overdue`` how many of the others
    should have been by now."""

    weight: Decimal = ZERO
    planned: Decimal = ZERO
    earned: Decimal = ZERO
    total: int = 0
    done: int = 0
    late: int = 0
    due_soon: int = 0
    silent: int = 0
    verified: Decimal = ZERO
    confirmed: int = 0
    verification_overdue: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*map(add, VALUES(self), VALUES(other)))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*map(sub, VALUES(self), VALUES(other)))


VALUES = attrgetter(*(field.name for field in fields(Sums)))  # copies nothing, as they are added up by the hundred


@dataclass(frozen=True)
class Figures:
    """A group of milestones on a day. ``planned``, ``earned`` and ``verified`` are weighted percentages, 0 to 100.

    ``earned`` is as reported, ``verified`` the part of it that lies in milestones whose completion was confirmed.
    ``schedule_variance`` is earned minus planned, in points of percent; ``spi`` is None while nothing is planned yet.
    Cancelled milestones don't count. ``rag`` is None for a group without milestones.
    """

    weight: Decimal
    planned: Decimal
    earned: Decimal
    verified: Decimal
    schedule_variance: Decimal
    spi: Decimal | None
    total: int
    done: int
    confirmed: int
    late: int
    due_soon: int
    silent: int
    verification_overdue: int
    rag: Rag | None
    reason: Reason
