"""Series of days that kinds share: before a day ahead, after a day in the past, and their repeats. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from roadmap.reminders.kinds.facts import RuleFacts
from roadmap.workdays import WorkCalendar

# The name of a crossing, its day, and the day that it was counted from
Crossing = tuple[str, date, date]


def lead_days(rule: RuleFacts, ahead: date, calendar: WorkCalendar, prefix: str) -> Iterator[Crossing]:
    """One a lead time before the day ``ahead``, earliest first. In working days, a day that is not worked counts as the
    worked day before it."""
    for offset in sorted(rule.offsets, reverse=True):
        if rule.in_working_days:
            day = calendar.shift(calendar.working_day_on_or_before(ahead), -offset)
        else:
            day = ahead - timedelta(days=offset)
        yield f"{prefix}{offset}", day, ahead


def waits(rule: RuleFacts, start: date, calendar: WorkCalendar, prefix: str, since: date) -> Iterator[Crossing]:
    """The first ``after_days`` after ``start``, and its repeats; nothing where the rule doesn't wait."""
    if rule.after_days is None:
        return
    day = _later(rule, start, rule.after_days, calendar)
    yield f"{prefix}1", day, start
    yield from repeats(rule, day, start, calendar, prefix, since, first=2)


def repeats(
    rule: RuleFacts, day: date, start: date, calendar: WorkCalendar, prefix: str, since: date, *, first: int
) -> Iterator[Crossing]:
    """One after the other from ``day`` on, without end; none where the rule doesn't repeat. In calendar days, those
    before ``since`` are stepped over at once."""
    if rule.repeat_every_days is None:
        return
    if day < since and not rule.in_working_days:
        over = ((since - day).days - 1) // rule.repeat_every_days
        first, day = first + over, day + timedelta(days=over * rule.repeat_every_days)
    for number in count(first):
        day = _later(rule, day, rule.repeat_every_days, calendar)
        yield f"{prefix}{number}", day, start


def _later(rule: RuleFacts, day: date, days: int, calendar: WorkCalendar) -> date:
    return calendar.shift(day, days) if rule.in_working_days else day + timedelta(days=days)
