"""Figures of forecasts that came true, worked out by hand."""

from datetime import date, timedelta

import pytest

from roadmap.forecast.judged import Said, judge

MADE = date(2026, 1, 5)


def said(
    done: int, *, due: int = 10, p50: int = 20, p80: int = 40, chance: float = 0.25, owner: int | None = None
) -> Said:
    """In days from when it was made."""
    at = [MADE + timedelta(days=days) for days in (due, p50, p80, done)]
    word = None if owner is None else MADE + timedelta(days=owner)
    return Said(MADE, at[0], at[1], at[2], chance, at[3], word)


def test_shares_scores_and_misses() -> None:
    found = judge([said(8), said(18, owner=15), said(30), said(60, owner=70)], milestones=3)
    assert (found.number, found.milestones, found.by_p50, found.by_p80) == (4, 3, 0.5, 0.75)
    assert found.brier == pytest.approx((0.75**2 + 3 * 0.25**2) / 4)
    assert found.missed_by == pytest.approx((12 + 2 + 10 + 40) / 4)
    assert found.due_date_missed_by == pytest.approx((2 + 8 + 20 + 50) / 4)
    assert found.owners_missed_by == pytest.approx((3 + 10) / 2)


def test_a_due_date_that_was_over_says_that_very_day() -> None:
    assert judge([said(30, due=-100)], milestones=1).due_date_missed_by == 30


def test_nothing_is_judged_by_nothing() -> None:
    found = judge([], milestones=0)
    assert (found.number, found.by_p80, found.brier, found.missed_by, found.owners_missed_by) == (0, *[None] * 4)
