"""When mail is welcome: outside of a reader's quiet hours and, where it can wait, on a working day. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from roadmap.clock import day_in, instant_at

ONE_DAY = timedelta(days=1)
LONGEST_REST = 30  # days; no run of days off is as long, unless somebody overrode a whole month


@dataclass(frozen=True)
class QuietHours:
    """From one time of day to another, on the clocks of ``zone`` (an IANA name); past midnight where ``until`` isn't
    later than ``begins``. Both the same means no quiet hours at all."""

    begins: time
    until: time
    zone: str

    @property
    def are_kept(self) -> bool:
        """Whether there are any."""
        return self.begins != self.until


def end_of_quiet(at: datetime, hours: QuietHours) -> datetime:
    """``at`` itself where it isn't quiet then, else the instant at which the quiet ends.

    Instants are compared, not clocks: an hour that comes twice is quiet once, one that is jumped over never.
    """
    if not hours.are_kept:
        return at
    today = day_in(hours.zone, at=at)
    for day in (today - ONE_DAY, today):
        begins = instant_at(day, hours.begins, zone=hours.zone)
        ends_on = day if hours.until > hours.begins else day + ONE_DAY
        ends = instant_at(ends_on, hours.until, zone=hours.zone)
        if begins <= at < ends:
            return ends
    return at


def first_working_time(at: datetime, hours: QuietHours, *, is_working: Callable[[date], bool]) -> datetime:
    """The first instant from ``at`` on that is neither quiet nor on a day off; on a later day, at its beginning or
    as soon as that day's quiet ends."""
    for _ in range(LONGEST_REST):
        at = end_of_quiet(at, hours)
        day = day_in(hours.zone, at=at)
        if is_working(day):
            return at
        begins_at = hours.until if hours.are_kept else time.min
        at = instant_at(day + ONE_DAY, begins_at, zone=hours.zone)
    return at
