"""Outlooks: from the record of like promises, wide where it is thin, never in the past."""

import numpy as np
import pytest

from roadmap.forecast.figures import Basis
from roadmap.forecast.outlook import ASSUMED, Kept, Promise, Record, Records, stretch_of

PLAN = Promise(Basis.PLAN, since=0, remaining=100, likeness=(1, 2, None))


def quantiles(records: Records, promise: Promise = PLAN, today: int = 0) -> list[float]:
    """By when it is done in 20, 50 and 80 of 100 cases."""
    found: list[float] = np.quantile(records.outlook(promise, today=today), [0.2, 0.5, 0.8]).tolist()
    return found


def test_without_a_record_the_assumption_stands_alone_and_is_wide() -> None:
    assert quantiles(Records([])) == pytest.approx(np.quantile(100 * ASSUMED, [0.2, 0.5, 0.8]).tolist(), abs=2)


def test_a_long_record_takes_its_place() -> None:
    record = Records([Kept(Basis.PLAN, stretch) for stretch in np.linspace(1.2, 1.4, 1000)])
    assert quantiles(record) == pytest.approx([124, 130, 136], abs=1)


def test_like_milestones_count_more_the_more_of_them_there_are() -> None:
    others = [Kept(Basis.PLAN, 1.0, (9, 9, 9))] * 200
    middle = [quantiles(Records([*others, *[Kept(Basis.PLAN, 2.0, (1, 2, 3))] * number]))[1] for number in (0, 2000)]
    assert middle == [pytest.approx(100, abs=2), 200]
    few, many = (
        (Records([*others, *[Kept(Basis.PLAN, 2.0, (1, 8, 8))] * number]).outlook(PLAN, today=0) > 150).mean()
        for number in (5, 20)
    )
    assert 0.1 < few < many < 0.5


def test_promises_of_another_kind_say_nothing() -> None:
    assert quantiles(Records([Kept(Basis.OWNER, 3.0)] * 100)) == quantiles(Records([]))


@pytest.mark.parametrize("today", [0, 90, 150, 400])
def test_nothing_open_is_done_before_tomorrow(today: int) -> None:
    outlook = Records([Kept(Basis.PLAN, 1.0)] * 30).outlook(PLAN, today=today)
    assert outlook.min() >= today + 1
    assert (np.diff(outlook) >= 0).all()


def test_what_is_overdue_beyond_all_record_takes_as_long_again() -> None:
    record = Records([Kept(Basis.PLAN, 1.0)] * 10_000)
    outlook = record.outlook(PLAN, today=160)
    assert outlook.mean() == pytest.approx(161 + 60, rel=0.05)


def test_how_long_it_took_is_measured_against_what_was_promised() -> None:
    assert [stretch_of(PLAN, done) for done in (100, 150, -5, 99_999)] == [1.0, 1.5, 0.1, 10.0]
    assert stretch_of(Promise(Basis.PLAN, 5, 0), 7) == 2.0


def test_what_is_open_stands_for_those_that_took_longer() -> None:
    """Of 1, 2 and still open, 3, 4: a quarter, and three eighths each (Kaplan and Meier)."""
    kept = [Kept(Basis.PLAN, stretch, share=1e6, is_open=stretch == 2) for stretch in (1.0, 2.0, 3.0, 4.0)]
    record = Record(kept)
    weights = dict(zip(record.stretches, record.weights(()), strict=True))
    assert [weights[stretch] for stretch in (1.0, 2.0, 3.0, 4.0)] == pytest.approx([0.25, 0, 0.375, 0.375], abs=1e-4)
