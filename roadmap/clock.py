"""The one reader of the wall clock. Doors call it and hand ``now`` or ``today`` on; rules never call it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, *, at: datetime) -> date:
    """The calendar day that it is in ``zone`` (an IANA name) at the instant ``at``."""
    return at.astimezone(ZoneInfo(zone)).date()
