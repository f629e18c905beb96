"""The rules of progress, pure: facts of milestones in, figures out, the day given. No database, no Django.

Planned value (PV), earned value (EV), schedule variance (SV = EV - PV) and schedule performance index
(SPI = EV / PV) are used in their earned-value meaning (PMI, *Practice Standard for Earned Value Management*), with a
milestone's weight in place of cost. Percentages are Decimals from 0 to 100.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.vocabulary import Rag

ZERO, FULL = Decimal(0), Decimal(100)
SILENT_AFTER_DAYS = 30
DUE_SOON_DAYS = 30
BEHIND_BY_POINTS = Decimal(10)
SPI_AMBER, SPI_RED = Decimal("0.95"), Decimal("0.85")
SPI_COUNTS_FROM_POINTS = Decimal(1)  # behind by less, a low index only says that little was planned yet


@dataclass(frozen=True)
class MilestoneFacts:
    """What is known of one milestone on a day: its dates and weight, and the latest report up to that day.

    ``baseline_*`` are its dates in the baseline in force, None where it isn't in one. ``reported_percent`` is the
    latest report's, ``deliverable_percent`` the weighted share of its deliverables that are done; None without any.
    """

    id: int
    weight: Decimal
    planned_start_on: date
    due_on: date
    baseline_start_on: date | None = None
    baseline_due_on: date | None = None
    completed_on: date | None = None
    cancelled_on: date | None = None
    reported_percent: Decimal | None = None
    reported_on: date | None = None
    confidence: Rag | None = None
    forecast_on: date | None = None
    deliverable_percent: Decimal | None = None


@dataclass(frozen=True)
class Reason:
    """Why something is red, amber or green: a code that ``reasons`` puts into words, and its number or day."""

    code: str
    number: Decimal | None = None
    day: date | None = None


@dataclass(frozen=True)
class MilestoneFigures:
    """One milestone on a day. Percentages 0 to 100; ``days_left`` is negative when overdue, None once it is closed.

    ``slip_days`` counts calendar days from the baseline's due date to the present one (None outside a baseline).
    """

    planned_percent: Decimal
    earned_percent: Decimal
    rag: Rag | None
    reason: Reason
    is_done: bool
    is_cancelled: bool
    is_late: bool
    is_due_soon: bool
    is_silent: bool
    days_left: int | None
    slip_days: int | None

    @property
    def is_open(self) -> bool:
        """Neither done nor cancelled on that day."""
        return not (self.is_done or self.is_cancelled)


@dataclass(frozen=True)
class Figures:
    """A group of milestones on a day. ``planned`` and ``earned`` are weighted percentages, 0 to 100.

    ``schedule_variance`` is earned minus planned, in points of percent; ``spi`` is None while nothing is planned yet.
    Cancelled milestones don't count. ``rag`` is None for a group without weight.
    """

    weight: Decimal
    planned: Decimal
    earned: Decimal
    schedule_variance: Decimal
    spi: Decimal | None
    total: int
    done: int
    late: int
    due_soon: int
    silent: int
    rag: Rag | None
    reason: Reason


def planned_percent(*, start_on: date, due_on: date, today: date) -> Decimal:
    """Planned value of one milestone: straight from 0 before its first day to 100 on its due date, by calendar days."""
    if today >= due_on:
        return FULL
    if today < start_on:
        return ZERO
    return FULL * ((today - start_on).days + 1) / ((due_on - start_on).days + 1)


def earned_percent(facts: MilestoneFacts, *, today: date) -> Decimal:
    """Earned value of one milestone: 100 once done; else the latest report's; else its deliverables'; else 0."""
    if _has_come(facts.completed_on, today):
        return FULL
    if facts.reported_percent is not None:
        return facts.reported_percent
    return facts.deliverable_percent or ZERO


def measure_milestone(facts: MilestoneFacts, *, today: date) -> MilestoneFigures:
    """All figures of one milestone as of ``today``; planned value follows the baseline where there is one."""
    is_done, is_cancelled = _has_come(facts.completed_on, today), _has_come(facts.cancelled_on, today)
    is_open = not (is_done or is_cancelled)
    days_left = (facts.due_on - today).days
    planned = planned_percent(
        start_on=facts.baseline_start_on or facts.planned_start_on,
        due_on=facts.baseline_due_on or facts.due_on,
        today=today,
    )
    earned = earned_percent(facts, today=today)
    silent_since = max(facts.planned_start_on, facts.reported_on or facts.planned_start_on)
    silent_days = (today - silent_since).days
    is_silent = is_open and silent_days >= SILENT_AFTER_DAYS
    rag, reason = _milestone_health(
        facts, today=today, planned=planned, earned=earned, silent_days=silent_days if is_silent else None
    )
    return MilestoneFigures(
        planned_percent=planned,
        earned_percent=earned,
        rag=rag,
        reason=reason,
        is_done=is_done,
        is_cancelled=is_cancelled,
        is_late=is_open and days_left < 0,
        is_due_soon=is_open and 0 <= days_left <= DUE_SOON_DAYS,
        is_silent=is_silent,
        days_left=days_left if is_open else None,
        slip_days=(facts.due_on - facts.baseline_due_on).days if facts.baseline_due_on else None,
    )


def measure_group(members: Iterable[tuple[Decimal, MilestoneFigures]]) -> Figures:
    """The roll-up of a group, from pairs of weight and figures. Order doesn't matter; an empty group is all zero."""
    counted = [(weight, figures) for weight, figures in members if not figures.is_cancelled]
    weight = sum((weight for weight, _ in counted), ZERO)
    planned = earned = ZERO
    if weight:
        planned = sum((weight_ * one.planned_percent for weight_, one in counted), ZERO) / weight
        earned = sum((weight_ * one.earned_percent for weight_, one in counted), ZERO) / weight
    planned, earned = _within_bounds(planned), _within_bounds(earned)
    spi = earned / planned if planned else None
    late = sum(one.is_late for _, one in counted)
    rag, reason = _group_health(weight=weight, planned=planned, earned=earned, spi=spi, late=late)
    return Figures(
        weight=weight,
        planned=planned,
        earned=earned,
        schedule_variance=earned - planned,
        spi=spi,
        total=len(counted),
        done=sum(one.is_done for _, one in counted),
        late=late,
        due_soon=sum(one.is_due_soon for _, one in counted),
        silent=sum(one.is_silent for _, one in counted),
        rag=rag,
        reason=reason,
    )


def _has_come(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _within_bounds(percent: Decimal) -> Decimal:
    """Rounding in a quotient may pass a bound by its last digit."""
    return min(max(percent, ZERO), FULL)


def _milestone_health(
    facts: MilestoneFacts, *, today: date, planned: Decimal, earned: Decimal, silent_days: int | None
) -> tuple[Rag | None, Reason]:
    """The first rule that holds, worst first."""
    if _has_come(facts.cancelled_on, today):
        return None, Reason("cancelled", day=facts.cancelled_on)
    if _has_come(facts.completed_on, today):
        return Rag.GREEN, Reason("done", day=facts.completed_on)
    if facts.due_on < today:
        return Rag.RED, Reason("overdue", number=Decimal((today - facts.due_on).days))
    if facts.confidence == Rag.RED:
        return Rag.RED, Reason("reported_red", day=facts.reported_on)
    if facts.forecast_on is not None and facts.forecast_on > facts.due_on:
        return Rag.AMBER, Reason("forecast_late", day=facts.forecast_on)
    if facts.confidence == Rag.AMBER:
        return Rag.AMBER, Reason("reported_amber", day=facts.reported_on)
    if planned - earned >= BEHIND_BY_POINTS:
        return Rag.AMBER, Reason("behind_plan", number=planned - earned)
    if silent_days is not None:
        return Rag.AMBER, Reason("silent", number=Decimal(silent_days))
    if today < facts.planned_start_on and not earned:
        return Rag.GREEN, Reason("not_started", day=facts.planned_start_on)
    return Rag.GREEN, Reason("on_plan")


def _group_health(
    *, weight: Decimal, planned: Decimal, earned: Decimal, spi: Decimal | None, late: int
) -> tuple[Rag | None, Reason]:
    if not weight:
        return None, Reason("empty")
    index = spi if spi is not None and planned - earned >= SPI_COUNTS_FROM_POINTS else Decimal(1)
    if index < SPI_RED:
        return Rag.RED, Reason("spi_low", number=spi)
    if late:
        return Rag.AMBER, Reason("some_late", number=Decimal(late))
    if index < SPI_AMBER:
        return Rag.AMBER, Reason("spi_low", number=spi)
    if not planned and not earned:
        return Rag.GREEN, Reason("not_started")
    return Rag.GREEN, Reason("on_plan")
