"""What got better and worse, judged from figures alone."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from roadmap.progress.measure import Figures, Sums, figures_of
from roadmap.progress.turns import Subject, Turn, judged

QUIET: dict[str, Any] = {"newly_overdue": 0, "completed": 0, "reopened": 0, "slips": []}
SAME = dict.fromkeys(Subject, Turn.SAME)


def figures(**fields: Any) -> Figures:
    return replace(figures_of(Sums()), **fields)


@pytest.mark.parametrize(
    ("then", "now", "between", "turns"),
    [
        ({}, {}, {}, {}),
        ({"schedule_variance": Decimal("-6.54")}, {"schedule_variance": Decimal("-6.46")}, {}, {}),
        ({"schedule_variance": Decimal(-6)}, {"schedule_variance": Decimal(-5)}, {}, {Subject.PROGRESS: Turn.BETTER}),
        ({"schedule_variance": Decimal(1)}, {"schedule_variance": Decimal(-1)}, {}, {Subject.PROGRESS: Turn.WORSE}),
        ({"late": 3}, {"late": 5}, {"newly_overdue": 2}, {Subject.OVERDUE: Turn.WORSE}),
        ({"late": 3}, {"late": 3}, {"newly_overdue": 1}, {}),
        ({"late": 3}, {"late": 2}, {}, {Subject.OVERDUE: Turn.BETTER}),
        ({}, {}, {"completed": 2, "reopened": 1}, {Subject.DONE: Turn.BETTER}),
        ({}, {}, {"completed": 1, "reopened": 2}, {Subject.DONE: Turn.WORSE}),
        ({}, {}, {"slips": [10, -3, 0]}, {Subject.DATES: Turn.WORSE}),
        ({}, {}, {"slips": [3, -3]}, {}),
        ({}, {}, {"slips": [-3]}, {Subject.DATES: Turn.BETTER}),
        ({"silent": 4}, {"silent": 0}, {}, {Subject.REPORTS: Turn.BETTER}),
        ({"silent": 0}, {"silent": 1}, {}, {Subject.REPORTS: Turn.WORSE}),
    ],
)
def test_each_subject_is_judged_by_what_it_counts(
    then: dict[str, Any], now: dict[str, Any], between: dict[str, Any], turns: dict[Subject, Turn]
) -> None:
    found = judged(figures(**then), figures(**now), **(QUIET | between))
    assert {one.subject: one.turn for one in found} == SAME | turns
    assert [one.subject for one in found] == list(Subject)


def test_dates_say_how_many_moved_each_way_and_how_far_at_most() -> None:
    dates = judged(figures(), figures(), **(QUIET | {"slips": [41, 3, -7, 0]}))[3]
    assert (dates.better, dates.worse, dates.most, dates.after) == (1, 2, 41, 37)
