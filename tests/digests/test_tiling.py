"""Whatever ticks come when, and however the schedule changes between them: windows tile time, no period comes twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.clock import day_in
from roadmap.digests.period import Cursor, Schedule, look_at, next_issue, period_before

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Europe/Berlin",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
SCHEDULES = st.builds(
    Schedule,
    frequency=st.sampled_from(["daily", "weekly", "monthly"]),
    weekday=st.integers(1, 7),
    month_day=st.integers(1, 31),
    send_at=st.times().map(lambda at: at.replace(second=0, microsecond=0)) | st.sampled_from([time(0), time(2, 30)]),
    zone=st.sampled_from(ZONES),
)
WAITS = st.timedeltas(timedelta(0), timedelta(days=75))
# How long until the next tick, and what somebody did before it: nothing, another schedule, a pause of some days
TICKS = st.lists(st.tuples(WAITS, st.none() | SCHEDULES | st.integers(1, 40)), min_size=1, max_size=25)


@settings(max_examples=150)
@given(schedule=SCHEDULES, ticks=TICKS, first_at_once=st.booleans())
def test_windows_tile_for_any_sequence_of_ticks(
    schedule: Schedule, ticks: list[tuple[timedelta, Schedule | int | None]], first_at_once: bool
) -> None:
    now = START
    planned_for = now if first_at_once else next_issue(schedule, after=now).at
    cursor = Cursor(period_before(schedule, at=planned_for), planned_for, is_first_wanted=first_at_once)
    windows: dict[str, tuple[datetime, datetime]] = {}
    for wait, act in ticks:
        if isinstance(act, Schedule):
            schedule = act
            cursor = replace(cursor, planned_for=min(cursor.planned_for, now))  # "look again"
        elif act is not None:
            cursor = replace(cursor, paused_until=day_in(schedule.zone, at=now) + timedelta(days=act))
        now += wait
        for _again in range(2):
            if cursor.planned_for <= now:
                look = look_at(schedule, cursor, now=now)
                assert look.next_at > now
                paused = cursor.paused_until is not None and day_in(schedule.zone, at=now) < cursor.paused_until
                assert not (paused and look.period not in (None, "first"))
                covered_until = cursor.covered_until
                if look.period is not None and look.period not in windows:
                    windows[look.period] = (covered_until, look.until)
                    covered_until = look.until
                cursor = Cursor(covered_until, look.next_at, paused_until=cursor.paused_until)
    ends = [end for _start, end in windows.values()]
    assert all(start < end <= now for start, end in windows.values())
    assert [start for start, _end in windows.values()][1:] == ends[:-1]


@settings(max_examples=100)
@given(schedule=SCHEDULES, waits=st.lists(WAITS, min_size=1, max_size=25))
def test_steady_schedule_has_an_issue_for_each_period_that_a_tick_saw_end(
    schedule: Schedule, waits: list[timedelta]
) -> None:
    cursor = Cursor(START, next_issue(schedule, after=START).at)
    now = START
    for wait in waits:
        now += wait
        look = look_at(schedule, cursor, now=now) if cursor.planned_for <= now else None
        if look is not None:
            assert look.period is not None
            assert next_issue(schedule, after=look.until).at == look.next_at > now
            cursor = Cursor(look.until, look.next_at)


@pytest.mark.parametrize(
    ("schedule", "first", "window"),
    [
        (  # the days of a week across a change of clocks are not seven times 24 hours
            Schedule("weekly", 1, 1, time(8, 30), "Europe/Berlin"),
            datetime(2026, 3, 30, 6, 30, tzinfo=UTC),
            datetime(2026, 3, 23, 7, 30, tzinfo=UTC),
        ),
        (
            Schedule("monthly", 1, 31, time(0), "Asia/Shanghai"),
            datetime(2026, 2, 27, 16, tzinfo=UTC),
            datetime(2026, 1, 30, 16, tzinfo=UTC),
        ),
        (  # asked for at once, at no time of the schedule
            Schedule("daily", 1, 1, time(8, 30), "Asia/Shanghai"),
            datetime(2026, 11, 23, 5, tzinfo=UTC),
            datetime(2026, 11, 22, 5, tzinfo=UTC),
        ),
    ],
)
def test_first_window_is_a_whole_period(schedule: Schedule, first: datetime, window: datetime) -> None:
    assert period_before(schedule, at=first) == window


@pytest.mark.parametrize(
    ("cursor", "now", "found"),
    [
        (Cursor(START, datetime(2026, 1, 5, 0, 30, tzinfo=UTC)), datetime(2026, 1, 5, 0, 30, tzinfo=UTC), "2026-W02"),
        (Cursor(START, datetime(2026, 1, 5, 0, 30, tzinfo=UTC)), datetime(2026, 1, 20, tzinfo=UTC), "2026-W04"),
        # asked to look in between, because the zone was changed: nothing has come due since
        (Cursor(START, datetime(2026, 1, 6, tzinfo=UTC)), datetime(2026, 1, 6, 0, 1, tzinfo=UTC), None),
        (
            Cursor(START, datetime(2026, 1, 5, 0, 30, tzinfo=UTC), paused_until=date(2026, 1, 6)),
            datetime(2026, 1, 6, tzinfo=UTC),
            None,
        ),
        (
            Cursor(START, datetime(2026, 1, 12, 0, 30, tzinfo=UTC), paused_until=date(2026, 1, 6)),
            datetime(2026, 1, 12, 0, 30, tzinfo=UTC),
            "2026-W03",
        ),
    ],
)
def test_look_finds_what_came_due_since_it_was_planned(cursor: Cursor, now: datetime, found: str | None) -> None:
    look = look_at(Schedule("weekly", 1, 1, time(8, 30), "Asia/Shanghai"), cursor, now=now)
    assert look.period == (f"weekly/{found}" if found else None)
