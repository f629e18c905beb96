"""The rules of progress, pure: facts of milestones in, figures out, the day given. No database, no Django.

Planned value (PV), earned value (EV), schedule variance (SV = EV - PV) and schedule performance index
(SPI = EV / PV) are used in their earned-value meaning (PMI, *Practice Standard for Earned Value Management*), with a
milestone's weight in place of cost. Percentages are Decimals from 0 to 100; a quotient is rounded down to the
millionth, so that sums of them are exact, wherever and in whichever order they are made (``rollup``: by the database).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from roadmap.progress.figures import ZERO as ZERO
from roadmap.progress.figures import Figures as Figures
from roadmap.progress.figures import MilestoneFacts as MilestoneFacts
from roadmap.progress.figures import MilestoneFigures as MilestoneFigures
from roadmap.progress.figures import Sums as Sums
from roadmap.progress.health import Reason as Reason
from roadmap.progress.health import group_health
from roadmap.states import (
    has_come,
    is_due_soon,
    is_open,
    is_overdue,
    is_silent,
    is_verification_overdue,
    silent_since,
)
from roadmap.vocabulary import Rag

FULL = Decimal(100)
PLACES = 6  # of a percentage
BEHIND_BY_POINTS = Decimal(10)


def planned_percent(*, start_on: date, due_on: date, today: date) -> Decimal:
    """Planned value of one milestone: straight from 0 before its first day to 100 on its due date, by calendar days."""
    if today >= due_on:
        return FULL
    if today < start_on:
        return ZERO
    return _percentage((today - start_on).days + 1, (due_on - start_on).days + 1)


def share_percent(*, done: Decimal, total: Decimal) -> Decimal | None:
    """The share of weights (of two places each) that is done, in percent; None without any weight."""
    return _percentage(int(100 * done), int(100 * total)) if total else None


def earned_percent(facts: MilestoneFacts, *, today: date) -> Decimal:
    """Earned value of one milestone on the day."""
    is_done = has_come(facts.completed_on, today)
    return earned_of(is_done=is_done, reported=facts.reported_percent, delivered=facts.deliverable_percent)


def earned_of(*, is_done: bool, reported: Decimal | None, delivered: Decimal | None) -> Decimal:
    """Earned value: 100 once done; else the latest report's percent; else that of its deliverables; else 0."""
    if is_done:
        return FULL
    return reported if reported is not None else delivered or ZERO


def measure_milestone(facts: MilestoneFacts, *, today: date) -> MilestoneFigures:
    """All figures of one milestone as of ``today``; planned value follows the baseline where there is one."""
    is_done, is_cancelled = has_come(facts.completed_on, today), has_come(facts.cancelled_on, today)
    still_open = is_open(completed_on=facts.completed_on, cancelled_on=facts.cancelled_on, today=today)
    is_verified = is_done and has_come(facts.verified_on, today)
    late = is_overdue(is_open=still_open, due_on=facts.due_on, today=today)
    waits_too_long = is_verification_overdue(
        is_done=is_done, is_verified=is_verified, verify_by=facts.verify_by, today=today
    )
    planned = planned_percent(
        start_on=facts.baseline_start_on or facts.planned_start_on,
        due_on=facts.baseline_due_on or facts.due_on,
        today=today,
    )
    earned = earned_percent(facts, today=today)
    since = silent_since(
        planned_start_on=facts.planned_start_on, reported_on=facts.reported_on, entered_on=facts.entered_on
    )
    silent = is_silent(is_open=still_open, since=since, today=today)
    rag, reason = _milestone_health(
        facts,
        today=today,
        planned=planned,
        earned=earned,
        silent_days=(today - since).days if silent else None,
        waits_too_long=waits_too_long,
    )
    return MilestoneFigures(
        planned_percent=planned,
        earned_percent=earned,
        verified_percent=FULL if is_verified else ZERO,
        rag=rag,
        reason=reason,
        is_done=is_done,
        is_verified=is_verified,
        is_cancelled=is_cancelled,
        is_late=late,
        is_due_soon=is_due_soon(is_open=still_open, due_on=facts.due_on, today=today),
        is_silent=silent,
        days_left=(facts.due_on - today).days if still_open else None,
        slip_days=(facts.due_on - facts.baseline_due_on).days if facts.baseline_due_on else None,
        is_verification_overdue=waits_too_long,
    )


def measure_group(members: Iterable[tuple[Decimal, MilestoneFigures]]) -> Figures:
    """The roll-up of a group, from pairs of weight and figures. Order doesn't matter; an empty group is all zero."""
    return figures_of(sums_of_group(members))


def sums_of_group(members: Iterable[tuple[Decimal, MilestoneFigures]]) -> Sums:
    """What adds up over a group, from pairs of weight and figures; cancelled ones don't count."""
    counted = [(weight, one) for weight, one in members if not one.is_cancelled]
    return Sums(
        weight=sum((weight for weight, _ in counted), ZERO),
        planned=sum((weight * one.planned_percent for weight, one in counted), ZERO),
        earned=sum((weight * one.earned_percent for weight, one in counted), ZERO),
        total=len(counted),
        done=sum(one.is_done for _, one in counted),
        late=sum(one.is_late for _, one in counted),
        due_soon=sum(one.is_due_soon for _, one in counted),
        silent=sum(one.is_silent for _, one in counted),
        verified=sum((weight * one.verified_percent for weight, one in counted), ZERO),
        confirmed=sum(one.is_verified for _, one in counted),
        verification_overdue=sum(one.is_verification_overdue for _, one in counted),
    )


def figures_of(sums: Sums) -> Figures:
    """The figures of a group from its sums."""
    weight, planned, earned, verified = sums.weight, ZERO, ZERO, ZERO
    if weight:
        planned, earned = _within_bounds(sums.planned / weight), _within_bounds(sums.earned / weight)
        verified = _within_bounds(sums.verified / weight)
    spi = earned / planned if planned else None
    rag, reason = group_health(sums, planned=planned, earned=earned, spi=spi)
    return Figures(
        weight=weight,
        planned=planned,
        earned=earned,
        verified=verified,
        schedule_variance=earned - planned,
        spi=spi,
        total=sums.total,
        done=sums.done,
        confirmed=sums.confirmed,
        late=sums.late,
        due_soon=sums.due_soon,
        silent=sums.silent,
        verification_overdue=sums.verification_overdue,
        rag=rag,
        reason=reason,
    )


def _percentage(part: int, whole: int) -> Decimal:
    return Decimal(100 * 10**PLACES * part // whole).scaleb(-PLACES)


def _within_bounds(percent: Decimal) -> Decimal:
    """Rounding in a quotient may pass a bound by its last digit."""
    return min(max(percent, ZERO), FULL)


def _milestone_health(
    facts: MilestoneFacts,
    *,
    today: date,
    planned: Decimal,
    earned: Decimal,
    silent_days: int | None,
    waits_too_long: bool,
) -> tuple[Rag | None, Reason]:
    """The first rule that holds, worst first."""
    if has_come(facts.cancelled_on, today):
        return None, Reason("cancelled", day=facts.cancelled_on)
    if has_come(facts.completed_on, today):
        if waits_too_long:
            return Rag.AMBER, Reason("verification_overdue", day=facts.completed_on)
        code = "done" if has_come(facts.verified_on, today) else "done_unverified"
        return Rag.GREEN, Reason(code, day=facts.completed_on)
    if is_overdue(is_open=True, due_on=facts.due_on, today=today):
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
