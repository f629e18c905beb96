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


@pytest.mark.parametrize(
    ("day", "working_days", "arrives"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the make-up Saturday before the Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over the Spring Festival
        (date(2026, 2, 24), 4, date(2026, 2, 28)),  # onto the make-up Saturday after it
        (date(2026, 2, 28), -4, date(2026, 2, 24)),
        (date(2026, 4, 30), 1, date(2026, 5, 6)),  # over Labour Day
        (date(2026, 5, 8), 1, date(2026, 5, 9)),
        (date(2026, 12, 31), 2, date(2027, 1, 5)),
        (date(2027, 12, 31), 1, date(2028, 1, 4)),  # New Year on a Saturday: the Monday is off
        (date(2028, 12, 29), 1, date(2029, 1, 2)),
        (date(2029, 12, 31), 1, date(2030, 1, 2)),
        (date(2029, 9, 28), 1, date(2029, 10, 4)),  # the statutory days alone
    ],
)
def test_shift_over_holidays_make_up_days_and_year_ends_to_2029(day: date, working_days: int, arrives: date) -> None:
    assert CHINA.shift(day, working_days) == arrives


def test_a_year_that_people_entered_in_full_is_no_longer_provisional() -> None:
    entered = WorkCalendar({date(2027, 2, 20): True}, entered_years=frozenset({2027}))
    assert entered.is_working(date(2027, 2, 20)) is True
    assert [entered.is_provisional(date(year, 6, 1)) for year in (2026, 2027, 2028)] == [False, False, True]


@pytest.mark.parametrize(
    ("start", "end", "is_provisional"),
    [
        (date(2026, 12, 30), date(2026, 12, 31), False),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2028, 1, 5), date(2026, 12, 31), True),  # in whichever direction it is counted
        (date(2029, 5, 1), date(2029, 6, 1), True),
    ],
)
def test_counting_is_provisional_where_it_touches_an_unpublished_year(
    start: date, end: date, is_provisional: bool
) -> None:
    assert CHINA.is_provisional_between(start, end) is is_provisional


@pytest.mark.parametrize(
    ("code", "day", "is_worked"),
    [
        ("HK", date(2026, 7, 1), False),  # Establishment Day
        ("CN", date(2026, 7, 1), True),
        ("MO", date(2026, 12, 20), False),
        ("HK", date(2026, 10, 10), False),  # Saturday; make-up days are the mainland's
    ],
)
def test_other_calendars_have_their_own_days(code: str, day: date, is_worked: bool) -> None:
    assert WorkCalendar(code=code).is_working(day) is is_worked
    assert WorkCalendar(code="HK").is_provisional_between(date(2026, 1, 1), date(2028, 1, 1)) is False


@pytest.mark.parametrize(
    ("done_on", "lag", "may_start"),
    [
        (date(2026, 9, 29), 0, date(2026, 9, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 9)),  # one working day has passed once 8 October is over
        (date(2026, 10, 8), 2, date(2026, 10, 12)),  # the make-up Saturday counts; a Sunday begins nothing
        (date(2026, 12, 31), 1, date(2027, 1, 5)),
        (date(2026, 9, 28), 5, date(2026, 10, 12)),  # the lag ends on the make-up Saturday
        (date(2026, 9, 30), 0, date(2026, 10, 8)),  # not in the holidays
        (date(2026, 10, 9), 0, date(2026, 10, 10)),  # a make-up Saturday is as good a day as any
        (date(2026, 11, 27), 0, date(2026, 11, 30)),  # a Friday
        (date(2026, 11, 28), 0, date(2026, 11, 30)),  # done on a Saturday
        (date(2026, 11, 28), 1, date(2026, 12, 1)),
        (date(2026, 2, 13), 0, date(2026, 2, 14)),  # the make-up Saturday before the Spring Festival
        (date(2026, 2, 14), 0, date(2026, 2, 24)),
        (date(2026, 2, 27), 0, date(2026, 2, 28)),  # the one after it
    ],
)
def test_a_successor_may_begin_once_the_lag_in_working_days_has_passed(
    done_on: date, lag: int, may_start: date
) -> None:
    assert CHINA.day_after_lag(done_on, lag) == may_start


@pytest.mark.parametrize(
    ("code", "day", "chinese", "english"),
    [
        ("CN", date(2026, 10, 1), "国庆节", "National Day"),
        ("CN", date(2026, 10, 10), "", ""),  # a make-up Saturday belongs to it, but is worked
        ("CN", date(2026, 11, 21), "", ""),  # an ordinary Saturday
        ("CN", date(2027, 1, 1), "元旦", "New Year's Day"),  # statutory, though 2027 isn't published
        ("MO", date(2027, 1, 1), "元旦", "New Year's Day"),
        ("HK", date(2027, 3, 1), "", ""),
    ],
)
def test_days_off_are_named_for_what_is_celebrated(code: str, day: date, chinese: str, english: str) -> None:
    calendar = WorkCalendar(code=code)
    assert (calendar.occasion(day, language="zh"), calendar.occasion(day, language="en")) == (chinese, english)


def test_peoples_own_day_off_has_no_name() -> None:
    assert WorkCalendar({date(2026, 10, 1): False}).occasion(date(2026, 10, 1), language="en") == ""
