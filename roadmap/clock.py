"""The one reader of the wall clock. Doors call it and hand ``now`` or ``today`` on; rules never call it."""

import time as clocks
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# of the machines that work together; what lies further ahead than a rule puts it was written when a clock was wrong
CLOCKS_MAY_DIFFER = timedelta(minutes=5)


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


# nobody sets it; it counts on while the machine sleeps, where there is such a clock (Linux)
_STEADY: int = getattr(clocks, "CLOCK_BOOTTIME", clocks.CLOCK_MONOTONIC)


def steady_seconds() -> float:
    """Seconds by a clock that nobody sets; only differences mean something."""
    return clocks.clock_gettime(_STEADY)


def day_in(zone: str, *, at: datetime) -> date:
    """The calendar day that it is in ``zone`` (an IANA name) at the instant ``at``."""
    return at.astimezone(ZoneInfo(zone)).date()


def instant_at(day: date, time_of_day: time, *, zone: str) -> datetime:
    """The instant, in UTC, at which clocks in ``zone`` show that time on that day.

    Where clocks jump over it, the later of the two candidate instants; where it comes twice, the first.
    """
    return _instant(day, time_of_day, zone)


@lru_cache(maxsize=10_000)  # plans ask for the same days again and again, of thousands of milestones
def _instant(day: date, time_of_day: time, zone: str) -> datetime:
    # fold=0 is exactly that: the offset before the change, which lies after a gap and is the first of a repeat
    return datetime.combine(day, time_of_day.replace(tzinfo=None, fold=0), ZoneInfo(zone)).astimezone(UTC)
