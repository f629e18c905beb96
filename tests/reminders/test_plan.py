"""The pure rule of reminders: thresholds, their instants, what is told and what is folded."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from roadmap.reminders.kinds.facts import MilestoneFacts, RuleFacts
from roadmap.reminders.plan import (
    Earned,
    Threshold,
    news_among,
    next_threshold,
    tell_at,
    thresholds_crossed,
)
from roadmap.workdays import WorkCalendar

FIRST_RULE = RuleFacts(offsets=(90, 30, 14, 7, 1, 0), in_working_days=False, repeat_every_days=7, send_at=time(8, 30))
WORKING = RuleFacts(offsets=(5, 1, 0), in_working_days=True, repeat_every_days=None, send_at=time(8, 30))
DUE = date(2026, 12, 31)
CHINA = WorkCalendar()


def crossed(rule: RuleFacts, now: datetime, *, due_on: date = DUE, zone: str = "Asia/Shanghai") -> list[str]:
    found = thresholds_crossed(rule, MilestoneFacts(due_on), zone=zone, calendar=CHINA, now=now)
    return [threshold.name for threshold in found]


def look_at(rule: RuleFacts, due_on: date, zone: str, *, now: datetime) -> datetime | None:
    ahead = next_threshold(rule, MilestoneFacts(due_on), zone=zone, calendar=CHINA, now=now)
    return ahead.at if ahead else None


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (datetime(2026, 10, 2, 0, 29, tzinfo=UTC), []),  # one minute before 08:30 in Shanghai, 90 days ahead
        (datetime(2026, 10, 2, 0, 30, tzinfo=UTC), ["due=2026-12-31/T-90"]),
        (datetime(2026, 11, 30, tzinfo=UTC), ["due=2026-12-31/T-90"]),
        (datetime(2026, 12, 1, 1, tzinfo=UTC), ["due=2026-12-31/T-90", "due=2026-12-31/T-30"]),
        (
            datetime(2027, 1, 14, 1, tzinfo=UTC),
            [
                *(f"due=2026-12-31/T-{days}" for days in (90, 30, 14, 7, 1, 0)),
                "due=2026-12-31/overdue-1",
                "due=2026-12-31/overdue-2",
            ],
        ),
    ],
)
def test_thresholds_count_once_crossed_however_late_one_looks(now: datetime, names: list[str]) -> None:
    assert crossed(FIRST_RULE, now) == names


def test_thresholds_are_named_and_timed_in_the_roadmaps_zone() -> None:
    found = thresholds_crossed(
        RuleFacts((1,), in_working_days=False, repeat_every_days=None, send_at=time(8, 30)),
        MilestoneFacts(DUE),
        zone="Europe/Berlin",
        calendar=CHINA,
        now=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert found == (Threshold("due=2026-12-31/T-1", datetime(2026, 12, 30, 7, 30, tzinfo=UTC)),)


@pytest.mark.parametrize(
    ("zone", "send_at", "due_on", "instant"),
    [
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # skipped: later
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: first
        ("Africa/Cairo", time(0, 0), date(2026, 4, 24), datetime(2026, 4, 23, 22, 0, tzinfo=UTC)),  # no midnight
        ("America/Santiago", time(0, 0), date(2026, 9, 6), datetime(2026, 9, 6, 4, 0, tzinfo=UTC)),  # no midnight
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),  # half hour
        ("Asia/Urumqi", time(8, 30), date(2026, 12, 31), datetime(2026, 12, 31, 2, 30, tzinfo=UTC)),  # two hours later
        ("Asia/Shanghai", time(8, 30), date(2026, 12, 31), datetime(2026, 12, 31, 0, 30, tzinfo=UTC)),
        ("Africa/Cairo", time(23, 30), date(2026, 10, 29), datetime(2026, 10, 29, 20, 30, tzinfo=UTC)),  # twice: first
        ("America/Santiago", time(23, 30), date(2026, 4, 4), datetime(2026, 4, 5, 2, 30, tzinfo=UTC)),  # twice: first
        (
            "Australia/Lord_Howe",
            time(1, 45),
            date(2026, 4, 5),
            datetime(2026, 4, 4, 14, 45, tzinfo=UTC),
        ),  # half an hour
    ],
)
def test_thresholds_at_odd_local_times(zone: str, send_at: time, due_on: date, instant: datetime) -> None:
    rule = RuleFacts((0,), in_working_days=False, repeat_every_days=None, send_at=send_at)
    assert look_at(rule, due_on, zone, now=datetime(2026, 1, 1, tzinfo=UTC)) == instant


@pytest.mark.parametrize(
    ("due_on", "offset", "day"),
    [
        (date(2026, 3, 31), 30, date(2026, 3, 1)),
        (date(2026, 3, 31), 31, date(2026, 2, 28)),
        (date(2028, 3, 1), 1, date(2028, 2, 29)),  # a leap year
        (date(2027, 3, 1), 1, date(2027, 2, 28)),
        (date(2027, 1, 1), 1, date(2026, 12, 31)),
        (date(2028, 2, 29), 365, date(2027, 3, 1)),
    ],
)
def test_lead_times_over_the_ends_of_months(due_on: date, offset: int, day: date) -> None:
    rule = RuleFacts((offset,), in_working_days=False, repeat_every_days=None, send_at=time(8, 30))
    assert look_at(rule, due_on, "Asia/Urumqi", now=datetime(2026, 1, 1, tzinfo=UTC)) == datetime(
        day.year, day.month, day.day, 2, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("due_on", "first_day"),
    [
        (date(2026, 10, 8), date(2026, 9, 23)),  # over the holidays and Mid-Autumn
        (date(2026, 10, 10), date(2026, 9, 28)),  # due on a make-up Saturday
        (date(2026, 11, 29), date(2026, 11, 20)),  # due on a Sunday: counted from the Friday
        (date(2027, 1, 5), date(2026, 12, 28)),  # over the year's end
        (date(2026, 2, 14), date(2026, 2, 9)),  # due on the make-up Saturday before the Spring Festival
        (date(2026, 2, 24), date(2026, 2, 10)),  # over the Spring Festival and that Saturday
        (date(2026, 5, 9), date(2026, 4, 29)),  # over Labour Day, due on a make-up Saturday
        (date(2027, 10, 8), date(2027, 9, 28)),  # years without a schedule: the statutory days alone
        (date(2028, 1, 5), date(2027, 12, 28)),
        (date(2029, 12, 31), date(2029, 12, 24)),
    ],
)
def test_lead_times_in_working_days(due_on: date, first_day: date) -> None:
    look = look_at(WORKING, due_on, "Asia/Shanghai", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert look == datetime(first_day.year, first_day.month, first_day.day, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "look"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 10, 2, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 2, 0, 30, tzinfo=UTC), datetime(2026, 12, 1, 0, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, 1, tzinfo=UTC), datetime(2027, 1, 7, 0, 30, tzinfo=UTC)),
        (datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 4, 0, 30, tzinfo=UTC)),
    ],
)
def test_next_look_is_the_first_threshold_ahead(now: datetime, look: datetime) -> None:
    assert look_at(FIRST_RULE, DUE, "Asia/Shanghai", now=now) == look


def test_next_look_is_none_when_a_rule_has_said_everything() -> None:
    late = datetime(2027, 1, 1, tzinfo=UTC)
    assert look_at(WORKING, DUE, "Asia/Shanghai", now=late) is None


CROSSED = ["due=2026-01-02/T-7", "due=2026-01-02/overdue-1", "due=2026-01-02/overdue-2"]
THREE = [Threshold(name, datetime(2026, 1, day, tzinfo=UTC)) for day, name in enumerate(CROSSED, 1)]


@pytest.mark.parametrize(
    ("planned", "earned"),
    [
        (set(), Earned(told="due=2026-01-02/overdue-2", folded=())),
        ({"due=2026-01-02/T-7"}, Earned(told="due=2026-01-02/overdue-2", folded=())),
        ({"due=2026-01-02/overdue-1"}, Earned(told="due=2026-01-02/overdue-2", folded=())),
        ({"due=2026-01-02/overdue-2"}, Earned(told=None, folded=())),
        ({"due=2026-01-02/overdue-12"}, Earned(told=None, folded=())),  # the rule repeated oftener
        ({"due=2026-01-09/overdue-2"}, Earned(told="due=2026-01-02/overdue-2", folded=())),  # of another day
        ({"due=2026-01-02/again-2026-02-03"}, Earned(told="due=2026-01-02/overdue-2", folded=())),
        ({"due=2026-01-02/unanswered-T-7-2"}, Earned(told="due=2026-01-02/overdue-2", folded=())),
    ],
)
def test_only_the_latest_news_is_told(planned: set[str], earned: Earned) -> None:
    assert news_among(THREE, planned=planned) == earned


def test_what_was_put_off_is_told_in_the_place_of_the_latest() -> None:
    again = Threshold("due=2026-01-02/again-2026-02-03", datetime(2026, 2, 3, tzinfo=UTC))
    first, earned = {CROSSED[1]}, Earned(told=again.name, folded=(CROSSED[2],))
    assert news_among([*THREE, again], planned=first) == earned
    assert news_among([*THREE, again], planned={CROSSED[2]}) == Earned(told=again.name, folded=())
    assert news_among([*THREE, again], planned={again.name}) == Earned(told=None, folded=())


OF_BOTH_DATES = {f"due={day}/T-{offset}" for day in ("2026-12-31", "2027-03-31") for offset in (90, 30)}


@pytest.mark.parametrize(
    ("due_on", "planned", "earned"),
    [
        (DUE, set(), Earned(told="due=2026-12-31/T-30", folded=())),
        # moved on: what was told of the former day says nothing about the new one
        (date(2027, 3, 31), {"due=2026-12-31/T-90"}, Earned(told=None, folded=())),
        (date(2027, 3, 1), {"due=2026-12-31/T-90"}, Earned(told="due=2027-03-01/T-90", folded=())),
        # moved back to a day that was told: only what has come since
        (DUE, {"due=2026-12-31/T-90", "due=2027-03-01/T-90"}, Earned(told="due=2026-12-31/T-30", folded=())),
        (DUE, OF_BOTH_DATES, Earned(told=None, folded=())),
        # moved forward past its lead times: one mail, not one each
        (
            date(2026, 12, 8),
            OF_BOTH_DATES,
            Earned(told="due=2026-12-08/T-7", folded=()),
        ),
    ],
)
def test_a_moved_date_is_told_anew_and_a_returned_one_is_not_repeated(
    due_on: date, planned: set[str], earned: Earned
) -> None:
    found = thresholds_crossed(
        FIRST_RULE, MilestoneFacts(due_on), zone="Asia/Shanghai", calendar=CHINA, now=datetime(2026, 12, 2, tzinfo=UTC)
    )
    assert news_among(found, planned=planned) == earned


def test_no_news_without_thresholds() -> None:
    assert news_among([], planned={"a"}) == Earned(told=None, folded=())


def there(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """An instant by the clocks of Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("crossed_at", "asked_at", "last_day", "told_at"),
    [
        # at its own hour, however late anybody looks
        (there(23, 8, 30), there(23, 8, 30), date(2026, 11, 30), there(23, 8, 30)),
        (there(23, 8, 30), there(20, 12), date(2026, 11, 30), there(23, 8, 30)),
        # an edit brought it: at the next hour of the rule
        (there(20, 8, 30), there(23, 22, 35), date(2026, 11, 30), there(24, 8, 30)),
        (there(23, 8, 30), there(23, 22, 35), date(2026, 11, 30), there(24, 8, 30)),
        (there(20, 8, 30), there(23, 6), date(2026, 11, 30), there(23, 8, 30)),
        (there(20, 8, 30), there(23, 8, 30), date(2026, 11, 30), there(23, 8, 30)),
        # due tomorrow: its own morning is still in time
        (there(23, 8, 30), there(23, 22, 35), date(2026, 11, 24), there(24, 8, 30)),
        # due today: the next hour comes after it
        (there(23, 8, 30), there(23, 22, 35), date(2026, 11, 23), there(23, 22, 35)),
        (there(20, 8, 30), there(23, 6), date(2026, 11, 23), there(23, 8, 30)),
        # overdue already, or of no date: no day is missed
        (there(23, 8, 30), there(23, 22, 35), date(2026, 11, 20), there(24, 8, 30)),
        (there(23, 8, 30), there(23, 22, 35), None, there(24, 8, 30)),
    ],
)
def test_what_an_edit_brings_waits_for_the_rules_hour_unless_the_day_would_be_missed(
    crossed_at: datetime, asked_at: datetime, last_day: date | None, told_at: datetime
) -> None:
    now = asked_at if asked_at > crossed_at else crossed_at
    found = tell_at(
        crossed_at, asked_at=asked_at, now=now, send_at=time(8, 30), zone="Asia/Shanghai", last_day=last_day
    )
    assert found == told_at
