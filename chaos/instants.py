"""When, by the words of the promise, a person was to be told: the model's own reckoning of reminders and digests.

Nothing of the program is imported here; that two reckonings agree is what the run shows.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chaos.facts import MilestoneState, SubscriptionState


def local_instant(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time: the later one where clocks leap over it, the first where it comes twice."""
    local = datetime.combine(day, at)
    place = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(place).replace(tzinfo=None) != local:  # left out: both readings miss it
        return max(first, second)
    return min(first, second)


def reminder_instants(state: MilestoneState, *, until: datetime) -> list[datetime]:
    """The instants, no later than ``until``, at which the owner is to be reminded of this due date."""
    days = [state.due_on - timedelta(days=offset) for offset in state.offsets]
    day = state.due_on
    while state.overdue_every_days and day <= until.date() + timedelta(days=1):
        day += timedelta(days=state.overdue_every_days)
        days.append(day)
    instants = {local_instant(day, state.send_at, state.zone) for day in days}
    return sorted(instant for instant in instants if instant <= until)


def told_from(instant: datetime, state: MilestoneState, *, decided: datetime) -> datetime:
    """When at the latest news of ``instant`` is told that came with a decision: at the next hour of the rule after it,
    but at once where that hour comes after the due date, which isn't over yet."""
    if decided <= instant:
        return instant
    today = decided.astimezone(ZoneInfo(state.zone)).date()
    hour = local_instant(today, state.send_at, state.zone)
    day = today if hour >= decided else today + timedelta(days=1)
    if today <= state.due_on < day:
        return decided
    return local_instant(day, state.send_at, state.zone)


def digest_instants(state: SubscriptionState, *, since: datetime, until: datetime) -> list[datetime]:
    """The instants after ``since`` and no later than ``until`` at which an issue is due."""
    found = (local_instant(day, state.send_at, state.zone) for day in _days(since, until) if _comes_out(state, day))
    return [instant for instant in found if since < instant <= until]


def _days(since: datetime, until: datetime) -> Iterator[date]:
    day = since.date() - timedelta(days=1)
    while day <= until.date() + timedelta(days=1):
        yield day
        day += timedelta(days=1)


def _comes_out(state: SubscriptionState, day: date) -> bool:
    if state.frequency == "weekly":
        return day.isoweekday() == state.weekday
    if state.frequency == "monthly":
        return day.day == min(state.month_day, monthrange(day.year, day.month)[1])
    return True
