"""When mail is welcome, over zones and the nights on which clocks change. No database."""

from datetime import UTC, datetime, time

import pytest

from roadmap.outbox.quiet import QuietHours, end_of_quiet, first_working_time
from roadmap.workdays import WorkCalendar

NIGHT = (time(20, 0), time(7, 30))


def hours(zone: str, begins: time = NIGHT[0], until: time = NIGHT[1]) -> QuietHours:
    return QuietHours(begins=begins, until=until, zone=zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "welcome"),
    [
        # evening, night, the last quiet second, the first welcome one, noon; 07:30 in Shanghai is 23:30 UTC
        ("Asia/Shanghai", "2026-11-23T12:00:00", "2026-11-23T23:30:00"),
        ("Asia/Shanghai", "2026-11-23T18:00:00", "2026-11-23T23:30:00"),
        ("Asia/Shanghai", "2026-11-23T23:29:59", "2026-11-23T23:30:00"),
        ("Asia/Shanghai", "2026-11-23T23:30:00", "2026-11-23T23:30:00"),
        ("Asia/Shanghai", "2026-11-23T11:59:59", "2026-11-23T11:59:59"),
        ("Asia/Urumqi", "2026-11-23T12:00:00", "2026-11-23T12:00:00"),  # 18:00 there
        ("Asia/Urumqi", "2026-11-23T14:00:00", "2026-11-24T01:30:00"),
        ("America/Santiago", "2026-11-24T00:00:00", "2026-11-24T10:30:00"),
        # the year's end is no edge
        ("Asia/Shanghai", "2026-12-31T15:59:59", "2026-12-31T23:30:00"),
        # Berlin's night of 28 March 2027 lacks an hour, that of 31 October has one more
        ("Europe/Berlin", "2027-03-27T19:00:00", "2027-03-28T05:30:00"),
        ("Europe/Berlin", "2027-10-30T18:00:00", "2027-10-31T06:30:00"),
        # Lord Howe's clocks move by half an hour
        ("Australia/Lord_Howe", "2026-10-03T10:00:00", "2026-10-03T20:30:00"),
        ("Australia/Lord_Howe", "2027-04-03T10:00:00", "2027-04-03T21:00:00"),
    ],
)
def test_night_is_waited_out(zone: str, at: str, welcome: str) -> None:
    assert end_of_quiet(utc(at), hours(zone)) == utc(welcome)


@pytest.mark.parametrize(
    ("begins", "until", "at", "welcome"),
    [
        # until 02:30, which Berlin's clocks jump over on 28 March 2027: the later of the two instants (03:30)
        (time(20), time(2, 30), "2027-03-28T00:59:00", "2027-03-28T01:30:00"),
        # until 02:30, which comes twice on 31 October 2027: the first; the second 02:15 is past it
        (time(20), time(2, 30), "2027-10-31T00:15:00", "2027-10-31T00:30:00"),
        (time(20), time(2, 30), "2027-10-31T01:15:00", "2027-10-31T01:15:00"),
        # from 02:15, which comes twice: quiet from the first on
        (time(2, 15), time(7), "2027-10-31T00:20:00", "2027-10-31T06:00:00"),
        (time(2, 15), time(7), "2027-10-31T00:10:00", "2027-10-31T00:10:00"),
        # within one day
        (time(12), time(14), "2026-11-23T12:00:00", "2026-11-23T13:00:00"),
        (time(12), time(14), "2026-11-23T13:00:00", "2026-11-23T13:00:00"),
        (time(12), time(14), "2026-11-23T10:59:59", "2026-11-23T10:59:59"),
        # from midnight, until midnight
        (time(0), time(6), "2026-11-22T23:00:00", "2026-11-23T05:00:00"),
        (time(22), time(0), "2026-11-23T22:30:00", "2026-11-23T23:00:00"),
        # both the same: none
        (time(8), time(8), "2026-11-23T02:00:00", "2026-11-23T02:00:00"),
    ],
)
def test_quiet_hours_of_any_shape_in_berlin(begins: time, until: time, at: str, welcome: str) -> None:
    assert end_of_quiet(utc(at), hours("Europe/Berlin", begins, until)) == utc(welcome)


def test_midnight_that_does_not_exist_ends_the_quiet_an_hour_later() -> None:
    # in Cairo, 24 April 2026 begins at 01:00
    cairo = hours("Africa/Cairo", time(20), time(0))
    assert end_of_quiet(utc("2026-04-23T20:00:00"), cairo) == utc("2026-04-23T22:00:00")


@pytest.mark.parametrize(
    ("at", "begins", "until", "welcome"),
    [
        # Friday evening, Saturday noon: Monday 07:30 in Shanghai
        ("2026-11-20T13:00:00", *NIGHT, "2026-11-22T23:30:00"),
        ("2026-11-21T04:00:00", *NIGHT, "2026-11-22T23:30:00"),
        # without quiet hours: when Monday begins
        ("2026-11-21T04:00:00", time(0), time(0), "2026-11-22T16:00:00"),
        # Saturday, 10 October 2026 is a make-up day, and the national holiday before it is long
        ("2026-10-10T04:00:00", *NIGHT, "2026-10-10T04:00:00"),
        ("2026-09-30T13:00:00", *NIGHT, "2026-10-07T23:30:00"),
        # a working day
        ("2026-11-23T04:00:00", *NIGHT, "2026-11-23T04:00:00"),
    ],
)
def test_days_off_are_waited_out(at: str, begins: time, until: time, welcome: str) -> None:
    shanghai = hours("Asia/Shanghai", begins, until)
    assert first_working_time(utc(at), shanghai, is_working=WorkCalendar().is_working) == utc(welcome)


def test_rest_has_an_end_though_no_day_is_worked() -> None:
    end = first_working_time(utc("2026-11-23T04:00:00"), hours("Asia/Shanghai"), is_working=lambda day: False)
    assert end == utc("2026-12-22T23:30:00")
