"""When issues come out and what they are called, across zones, month ends and ISO weeks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from roadmap.digests.period import Issue, Schedule, first_issue_from, latest_issue, next_issue, period_key


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def schedule(frequency: str = "daily", zone: str = "Asia/Shanghai", **parts: object) -> Schedule:
    values = {"frequency": frequency, "weekday": 1, "month_day": 1, "send_at": time(8, 30), "zone": zone, **parts}
    return Schedule(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rhythm", "after", "issue"),
    [
        (schedule(), utc(2026, 11, 23, 0, 29), (date(2026, 11, 23), utc(2026, 11, 23, 0, 30))),
        (schedule(), utc(2026, 11, 23, 0, 30), (date(2026, 11, 24), utc(2026, 11, 24, 0, 30))),
        (
            schedule("weekly"),
            utc(2026, 11, 23, 1),
            (date(2026, 11, 30), utc(2026, 11, 30, 0, 30)),
        ),
        (
            schedule("weekly", weekday=7, zone="America/Santiago"),
            utc(2026, 11, 23),
            (date(2026, 11, 29), utc(2026, 11, 29, 11, 30)),
        ),
        (
            schedule("monthly", month_day=31),
            utc(2026, 2, 1),
            (date(2026, 2, 28), utc(2026, 2, 28, 0, 30)),
        ),
        (
            schedule("monthly", month_day=31),
            utc(2028, 2, 1),
            (date(2028, 2, 29), utc(2028, 2, 29, 0, 30)),
        ),
        (
            schedule("monthly", month_day=30),
            utc(2026, 11, 30, 1),
            (date(2026, 12, 30), utc(2026, 12, 30, 0, 30)),
        ),
        (  # 02:30 doesn't exist in Berlin that night
            schedule(zone="Europe/Berlin", send_at=time(2, 30)),
            utc(2026, 3, 28, 2),
            (date(2026, 3, 29), utc(2026, 3, 29, 1, 30)),
        ),
        (  # 02:30 comes twice in Berlin that night; the second isn't another issue
            schedule(zone="Europe/Berlin", send_at=time(2, 30)),
            utc(2026, 10, 25, 0, 30),
            (date(2026, 10, 26), utc(2026, 10, 26, 1, 30)),
        ),
        (  # midnight doesn't exist in Cairo that night
            schedule(zone="Africa/Cairo", send_at=time(0, 0)),
            utc(2026, 4, 23, 12),
            (date(2026, 4, 24), utc(2026, 4, 23, 22, 0)),
        ),
        (  # nor in Santiago
            schedule(zone="America/Santiago", send_at=time(0, 0)),
            utc(2026, 9, 5, 12),
            (date(2026, 9, 6), utc(2026, 9, 6, 4, 0)),
        ),
        (  # 23:30 comes twice: in Santiago
            schedule(zone="America/Santiago", send_at=time(23, 30)),
            utc(2026, 4, 4, 12),
            (date(2026, 4, 4), utc(2026, 4, 5, 2, 30)),
        ),
        (
            schedule(zone="America/Santiago", send_at=time(23, 30)),
            utc(2026, 4, 5, 2, 30),
            (date(2026, 4, 5), utc(2026, 4, 6, 3, 30)),
        ),
        (  # in Cairo
            schedule(zone="Africa/Cairo", send_at=time(23, 30)),
            utc(2026, 10, 29, 12),
            (date(2026, 10, 29), utc(2026, 10, 29, 20, 30)),
        ),
        (
            schedule(zone="Africa/Cairo", send_at=time(23, 30)),
            utc(2026, 10, 29, 20, 30),
            (date(2026, 10, 30), utc(2026, 10, 30, 21, 30)),
        ),
        (  # and on Lord Howe, where only half an hour does
            schedule(zone="Australia/Lord_Howe", send_at=time(1, 45)),
            utc(2026, 4, 4, 14, 45),
            (date(2026, 4, 6), utc(2026, 4, 5, 15, 15)),
        ),
        (  # Xinjiang's own time is two hours behind Beijing's
            schedule(zone="Asia/Urumqi"),
            utc(2026, 11, 23, 0, 30),
            (date(2026, 11, 23), utc(2026, 11, 23, 2, 30)),
        ),
        (  # the 31st of April is the 30th; clocks of Santiago have just gone back
            schedule("monthly", month_day=31, zone="America/Santiago"),
            utc(2026, 4, 1),
            (date(2026, 4, 30), utc(2026, 4, 30, 12, 30)),
        ),
        (
            schedule("monthly", month_day=29),
            utc(2027, 1, 30),
            (date(2027, 2, 28), utc(2027, 2, 28, 0, 30)),
        ),
        (  # Friday of ISO week 53 lies in the next year
            schedule("weekly", weekday=5),
            utc(2026, 12, 27),
            (date(2027, 1, 1), utc(2027, 1, 1, 0, 30)),
        ),
        (  # half an hour of daylight saving
            schedule(zone="Australia/Lord_Howe", send_at=time(2, 15)),
            utc(2026, 10, 3, 12),
            (date(2026, 10, 4), utc(2026, 10, 3, 15, 45)),
        ),
    ],
)
def test_next_issue(rhythm: Schedule, after: datetime, issue: tuple[date, datetime]) -> None:
    assert next_issue(rhythm, after=after) == Issue(*issue)


@pytest.mark.parametrize(
    "zone",
    ["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe"],
)
@pytest.mark.parametrize("send_at", [time(0, 0), time(2, 15), time(8, 30), time(23, 59)])
@pytest.mark.parametrize("frequency", ["daily", "weekly", "monthly"])
def test_issues_follow_one_another_without_gap_or_repeat(zone: str, send_at: time, frequency: str) -> None:
    rhythm = schedule(frequency, zone=zone, send_at=send_at, month_day=31)
    at = utc(2026, 1, 1)
    keys = []
    for _ in range(400 if frequency == "daily" else 60):
        issue = next_issue(rhythm, after=at)
        assert latest_issue(rhythm, at=issue.at) == issue
        assert latest_issue(rhythm, at=issue.at + timedelta(seconds=1)) == issue
        assert abs(issue.at.astimezone(ZoneInfo(zone)).date() - issue.day) <= timedelta(days=1)
        keys.append(period_key(frequency, issue.day))
        at = issue.at
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("frequency", "day", "key"),
    [
        ("daily", date(2026, 11, 23), "daily/2026-11-23"),
        ("weekly", date(2026, 11, 23), "weekly/2026-W48"),
        ("weekly", date(2027, 1, 1), "weekly/2026-W53"),
        ("weekly", date(2027, 1, 4), "weekly/2027-W01"),
        ("weekly", date(2024, 12, 30), "weekly/2025-W01"),
        ("weekly", date(2027, 1, 3), "weekly/2026-W53"),
        ("weekly", date(2028, 12, 31), "weekly/2028-W52"),
        ("weekly", date(2029, 1, 1), "weekly/2029-W01"),
        ("weekly", date(2029, 12, 31), "weekly/2030-W01"),
        ("monthly", date(2026, 11, 30), "monthly/2026-11"),
    ],
)
def test_period_key(frequency: str, day: date, key: str) -> None:
    assert period_key(frequency, day) == key


def test_first_issue_from_a_day_is_on_it_or_later() -> None:
    assert first_issue_from(schedule("weekly"), day=date(2026, 11, 23)).day == date(2026, 11, 23)
    assert first_issue_from(schedule("weekly"), day=date(2026, 11, 24)).day == date(2026, 11, 30)
