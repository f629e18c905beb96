"""When reminders are earned: thresholds around a due date. Pure; the planner brings the rows and writes the result.

A threshold counts once it is *crossed*, however late anybody looks; so downtime delays a reminder and never loses it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile

from roadmap.clock import instant_at
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class RuleFacts:
    """What the plan needs of a reminder rule. ``offsets`` are days before the due date, in any order."""

    offsets: tuple[int, ...]
    in_working_days: bool
    overdue_every_days: int | None
    send_at: time


@dataclass(frozen=True)
class Threshold:
    """One crossing: its name by business facts, such as ``due=2026-12-31/T-30``, and its instant."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Earned:
    """What a recipient hears about now (the latest news, if any) and what is recorded as folded into it."""

    told: str | None
    folded: tuple[str, ...]


def thresholds_crossed(
    rule: RuleFacts, *, due_on: date, zone: str, calendar: WorkCalendar, now: datetime
) -> tuple[Threshold, ...]:
    """Every threshold of an open milestone whose instant is not after ``now``, earliest first."""
    crossed = [threshold for threshold in _leads(rule, due_on, zone, calendar) if threshold.at <= now]
    crossed += takewhile(lambda repeat: repeat.at <= now, _repeats(rule, due_on, zone, calendar))
    return tuple(sorted(crossed, key=lambda threshold: (threshold.at, -_days_before(threshold.name))))


def next_look(rule: RuleFacts, *, due_on: date, zone: str, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """The first threshold's instant after ``now``; None when the rule has nothing more to say of this due date."""
    ahead = [threshold.at for threshold in _leads(rule, due_on, zone, calendar) if threshold.at > now]
    repeat = next((repeat for repeat in _repeats(rule, due_on, zone, calendar) if repeat.at > now), None)
    ahead += [repeat.at] if repeat else []
    return min(ahead, default=None)


def news_among(crossed: Iterable[Threshold], *, planned: Collection[str]) -> Earned:
    """What the ``crossed`` thresholds (earliest first) bring that is not among the names already ``planned``.

    Only the latest is told. When the latest is planned already, an earlier one that is not (its rule was changed since)
    is no news: it is recorded as folded.
    """
    names = [threshold.name for threshold in crossed]
    fresh = [name for name in names if name not in planned]
    told = fresh[-1] if fresh and fresh[-1] == names[-1] else None
    return Earned(told=told, folded=tuple(name for name in fresh if name != told))


def _leads(rule: RuleFacts, due_on: date, zone: str, calendar: WorkCalendar) -> list[Threshold]:
    """One threshold a lead time. In working days, a due date that is not worked counts as the worked day before it."""
    thresholds = []
    for offset in rule.offsets:
        if rule.in_working_days:
            day = calendar.shift(calendar.working_day_on_or_before(due_on), -offset)
        else:
            day = due_on - timedelta(days=offset)
        thresholds.append(Threshold(f"due={due_on}/T-{offset}", instant_at(day, rule.send_at, zone=zone)))
    return thresholds


def _repeats(rule: RuleFacts, due_on: date, zone: str, calendar: WorkCalendar) -> Iterator[Threshold]:
    """The reminders after the due date, one after the other, without end; none where the rule doesn't repeat."""
    if rule.overdue_every_days is None:
        return
    day, step = due_on, rule.overdue_every_days
    for number in count(1):
        day = calendar.shift(day, step) if rule.in_working_days else day + timedelta(days=step)
        yield Threshold(f"due={due_on}/overdue-{number}", instant_at(day, rule.send_at, zone=zone))


def _days_before(name: str) -> int:
    """The lead in a threshold's name; thresholds that fall on one instant are put in order by it."""
    kind = name.rpartition("/")[2]
    return int(kind.removeprefix("T-")) if kind.startswith("T-") else -int(kind.removeprefix("overdue-"))
