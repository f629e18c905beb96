"""Who would start too early, by how many working days, and who is behind them."""

from datetime import date

import pytest

from roadmap.progress.knock_on import TooEarly, Wait, made_worse, starting_too_early
from roadmap.workdays import WorkCalendar

CALENDAR = WorkCalendar()
# 1 is due on Friday 27 November 2026; 2 waits for 1, 3 for 2 with a lag, 4 for 1 too
WAITS = [
    Wait(1, 2, 0, date(2026, 11, 30), date(2026, 12, 11)),
    Wait(2, 3, 2, date(2026, 12, 16), date(2026, 12, 31)),
    Wait(1, 4, 0, date(2026, 12, 21), date(2026, 12, 31)),
]


def test_nobody_starts_too_early_while_the_plan_holds() -> None:
    assert starting_too_early({1: date(2026, 11, 27)}, WAITS, calendar=CALENDAR) == {}


def test_whoever_waits_has_to_start_later_and_so_has_whoever_is_behind() -> None:
    found = starting_too_early({1: date(2026, 12, 2)}, WAITS, calendar=CALENDAR)
    assert found == {
        2: TooEarly(2, 1, True, date(2026, 11, 30), date(2026, 12, 3), 3),
        # 2 is done three working days later, on 16 December; two more pass before 3 may start
        3: TooEarly(3, 1, False, date(2026, 12, 16), date(2026, 12, 21), 3),
    }


def test_of_two_ways_the_longer_one_counts() -> None:
    waits = [*WAITS, Wait(1, 3, 0, date(2026, 12, 16), date(2026, 12, 31))]
    found = starting_too_early({1: date(2026, 12, 2)}, waits, calendar=CALENDAR)
    assert found[3].may_start_on == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("starts_on", "done_on", "later"),
    [
        (date(2026, 11, 28), date(2026, 11, 27), 0),  # planned for a Saturday it starts on the Monday, as it may
        (date(2026, 11, 28), date(2026, 11, 30), 1),
        (date(2026, 10, 10), date(2026, 10, 9), 0),  # a make-up Saturday is worked
        (date(2026, 10, 11), date(2026, 10, 10), 0),
        (date(2026, 10, 1), date(2026, 9, 30), 0),  # the first day of the holidays
        (date(2026, 10, 1), date(2026, 10, 8), 1),
    ],
)
def test_a_start_on_a_day_off_is_one_on_the_next_working_day(starts_on: date, done_on: date, later: int) -> None:
    found = starting_too_early({1: done_on}, [Wait(1, 2, 0, starts_on, date(2026, 12, 31))], calendar=CALENDAR)
    assert [one.working_days for one in found.values()] == [later] * bool(later)


def test_what_was_so_before_is_not_told_again() -> None:
    before = starting_too_early({1: date(2026, 12, 2)}, WAITS, calendar=CALENDAR)
    after = starting_too_early({1: date(2026, 12, 3)}, WAITS, calendar=CALENDAR)
    assert made_worse(before, before) == []
    assert [one.milestone for one in made_worse(before, after)] == [2, 3]
