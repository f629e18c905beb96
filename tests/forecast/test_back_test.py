"""Five made-up years whose truth is known: what was forecast each quarter, held against what came."""

import numpy as np
import pytest

from roadmap.forecast.outlook import Basis, Kept, Promise, Records, stretch_of

MILESTONES, YEARS, QUARTER = 500, 5 * 250, 65  # in working days
HOW_LONG = np.array([1.0, 1.05, 1.1, 1.2, 1.3, 1.5])  # each of six organisations takes on average


@pytest.mark.parametrize("seed", [1, 2])
def test_eight_of_ten_come_by_the_day_said_and_the_middle_is_nearer_than_the_due_date(seed: int) -> None:
    chance = np.random.default_rng(seed)
    whose, starts = chance.integers(0, 6, MILESTONES), chance.integers(0, YEARS, MILESTONES)
    planned = [
        Promise(Basis.PLAN, int(start) - 1, int(length), (int(one),))
        for one, start, length in zip(whose, starts, chance.integers(30, 200, MILESTONES), strict=True)
    ]
    took = np.exp(np.log(HOW_LONG[whose]) + 0.3 * chance.standard_normal(MILESTONES))
    ends = [round(one.since + one.remaining * stretch) for one, stretch in zip(planned, took, strict=True)]
    by_p50, by_p80, missed_by, due_missed_by = [], [], [], []
    for today in range(YEARS // 5, YEARS, QUARTER):
        begun = [(one, end) for one, end in zip(planned, ends, strict=True) if one.since < today]
        records = Records(
            [
                Kept(Basis.PLAN, stretch_of(one, min(end, today)), one.likeness, is_open=end > today)
                for one, end in begun
            ]
        )
        for one, end in begun:
            if end > today:
                p50, p80 = np.quantile(records.outlook(one, today=today), [0.5, 0.8])
                by_p50.append(end <= p50)
                by_p80.append(end <= p80)
                missed_by.append(abs(end - p50))
                due_missed_by.append(abs(end - max(one.since + one.remaining, today + 1)))
    assert 0.75 <= np.mean(by_p80) <= 0.85
    assert 0.45 <= np.mean(by_p50) <= 0.55
    assert np.mean(missed_by) < 0.85 * np.mean(due_missed_by)
