"""China's working days: make-up days, year ends, years without a published schedule, people's own word."""

from datetime import date

import pytest

from roadmap.workdays import WorkCalendar

CHINA = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 11, 23), True),  # an ordinary Monday
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a make-up Saturday
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2027, 1, 1), False),  # statutory, though 2027 isn't published
        (date(2027, 2, 8), False),
        (date(2027, 3, 1), True),
        (date(2029, 10, 1), False),
        (date(2029, 12, 31), True),
        (date(2003, 5, 1), False),  # before the first published year
    ],
)
def test_days_are_worked_or_not(day: date, is_worked: bool) -> None:
    assert CHINA.is_working(day) is is_worked


def test_overrides_have_the_last_word() -> None:
    calendar = WorkCalendar({date(2026, 11, 21): True, date(2027, 3, 1): False})
    assert calendar.is_working(date(2026, 11, 21)) is True
    assert calendar.is_working(date(2027, 3, 1)) is False


def test_years_without_a_published_schedule_are_provisional() -> None:
    assert CHINA.is_provisional(date(2026, 12, 31)) is False
    assert CHINA.is_provisional(date(2027, 1, 1)) is True
    assert WorkCalendar({date(2027, 1, 2): True}).is_provisional(date(2027, 1, 2)) is False


@pytest.mark.parametrize(
    ("day", "working_days", "arrives"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day week
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # onto a make-up Saturday
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # over a year's end, into a provisional year
        (date(2027, 1, 4), -1, date(2026, 12, 31)),
    ],
)
def test_shift_counts_worked_days(day: date, working_days: int, arrives: date) -> None:
    assert CHINA.shift(day, working_days) == arrives


def test_working_day_on_or_before_goes_back_over_days_off() -> None:
    assert CHINA.working_day_on_or_before(date(2026, 10, 5)) == date(2026, 9, 30)
    assert CHINA.working_day_on_or_before(date(2026, 10, 10)) == date(2026, 10, 10)


def test_working_days_between_counts_the_end_and_not_the_start() -> None:
    assert CHINA.working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert CHINA.working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == -1
    assert CHINA.working_days_between(date(2026, 11, 23), date(2026, 11, 23)) == 0
