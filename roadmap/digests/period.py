"""When a digest's issues come out, and what each is called. Pure; days and times are local to the reader's zone."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from roadmap.clock import day_in, instant_at

ONE_DAY, ONE_MOMENT = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class Schedule:
    """A subscription's rhythm. ``frequency`` is daily, weekly or monthly; ``weekday`` 1 is Monday; a ``month_day``
    past a month's end means its last day; ``zone`` is an IANA name."""

    frequency: str
    weekday: int
    month_day: int
    send_at: time
    zone: str


@dataclass(frozen=True)
class Issue:
    """One issue: the day by which it is named, and the instant at which it is due."""

    day: date
    at: datetime


@dataclass(frozen=True)
class Cursor:
    """How far a subscription has got: its next window starts at ``covered_until``, its next look is ``planned_for``.

    ``is_first_wanted`` asks for an issue outside of the schedule at ``planned_for``; before the local day
    ``paused_until`` there is none by the schedule.
    """

    covered_until: datetime
    planned_for: datetime
    is_first_wanted: bool = False
    paused_until: date | None = None


@dataclass(frozen=True)
class Look:
    """What a look finds: the period whose issue is due (None when none is), the end of its window, the next look."""

    period: str | None
    until: datetime
    next_at: datetime


def look_at(schedule: Schedule, cursor: Cursor, *, now: datetime) -> Look:
    """The newest issue that has come due from ``cursor.planned_for`` up to ``now``; older ones fold into it.

    Its window ends when it is due, however late the look. When the schedule was changed since, so that ``planned_for``
    is none of its times, what came due before that is left to the next issue.
    """
    next_at = next_issue(schedule, after=now).at
    if cursor.is_first_wanted:
        return Look("first", cursor.planned_for, next_at)
    if cursor.paused_until is not None:
        resumed = first_issue_from(schedule, day=cursor.paused_until)
        if resumed.at > now:
            return Look(None, now, resumed.at)
    latest = latest_issue(schedule, at=now)
    if latest.at < cursor.planned_for or latest.at <= cursor.covered_until:
        return Look(None, now, next_at)
    return Look(period_key(schedule.frequency, latest.day), latest.at, next_at)


def next_issue(schedule: Schedule, *, after: datetime) -> Issue:
    """The first issue that is due later than ``after``."""
    day = day_in(schedule.zone, at=after) - ONE_DAY  # a local time that doesn't exist may move past midnight
    while True:
        if comes_out_on(schedule, day):
            at = instant_at(day, schedule.send_at, zone=schedule.zone)
            if at > after:
                return Issue(day, at)
        day += ONE_DAY


def latest_issue(schedule: Schedule, *, at: datetime) -> Issue:
    """The last issue that is due no later than ``at``."""
    day = day_in(schedule.zone, at=at) + ONE_DAY
    while True:
        if comes_out_on(schedule, day):
            due = instant_at(day, schedule.send_at, zone=schedule.zone)
            if due <= at:
                return Issue(day, due)
        day -= ONE_DAY


def first_issue_from(schedule: Schedule, *, day: date) -> Issue:
    """The first issue named for ``day`` or a later one."""
    while not comes_out_on(schedule, day):
        day += ONE_DAY
    return Issue(day, instant_at(day, schedule.send_at, zone=schedule.zone))


def comes_out_on(schedule: Schedule, day: date) -> bool:
    """Whether the schedule has an issue on that local day."""
    if schedule.frequency == "weekly":
        return day.isoweekday() == schedule.weekday
    if schedule.frequency == "monthly":
        return day.day == min(schedule.month_day, monthrange(day.year, day.month)[1])
    return True


def period_key(frequency: str, day: date) -> str:
    """The name of the issue of ``day``: ``daily/2026-11-23``, ``weekly/2026-W48`` (ISO week) or ``monthly/2026-11``."""
    if frequency == "weekly":
        year, week, _weekday = day.isocalendar()
        return f"weekly/{year}-W{week:02}"
    if frequency == "monthly":
        return f"monthly/{day:%Y-%m}"
    return f"daily/{day}"


def period_before(schedule: Schedule, *, at: datetime) -> datetime:
    """Where the window of an issue that comes out at ``at`` begins when there was none before: one period earlier.

    For a time of the schedule that is the one before it; for any other, as many days earlier.
    """
    before = latest_issue(schedule, at=at - ONE_MOMENT)
    if next_issue(schedule, after=before.at).at == at:
        return before.at
    days = {"weekly": 7, "monthly": 31}.get(schedule.frequency, 1)
    return at - timedelta(days=days)
