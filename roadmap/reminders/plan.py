"""When reminders are earned: thresholds around the days that each kind names (``kinds``). Pure; the planner brings the
rows and writes.

A threshold counts once it is *crossed*, however late anybody looks; so downtime delays a reminder and never loses it.
Its name holds the fact that it hangs on, as in ``due=2026-12-31/T-30``: another due date makes other thresholds.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

from roadmap.clock import day_in, instant_at
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import MilestoneFacts, RuleFacts, place_of
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class Threshold:
    """One crossing: its name by business facts and its instant.

    ``is_provisional``: working days of a year whose schedule isn't published were counted on the way.
    """

    name: str
    at: datetime
    is_provisional: bool = False


@dataclass(frozen=True)
class Earned:
    """What a recipient hears about now (the latest news, if any) and what is recorded as folded into it."""

    told: str | None
    folded: tuple[str, ...]


def thresholds_crossed(
    rule: RuleFacts, milestone: MilestoneFacts, *, zone: str, calendar: WorkCalendar, now: datetime
) -> tuple[Threshold, ...]:
    """Every threshold whose instant is not after ``now``, earliest first; none once the kind has come to its end."""
    ends_on = KINDS[rule.kind].ends_on(milestone)
    if ends_on is not None and day_in(zone, at=now) > ends_on:
        return ()
    return tuple(takewhile(lambda threshold: threshold.at <= now, thresholds(rule, milestone, zone, calendar)))


def next_threshold(
    rule: RuleFacts, milestone: MilestoneFacts, *, zone: str, calendar: WorkCalendar, now: datetime
) -> Threshold | None:
    """The first threshold after ``now``; None when the rule has nothing more to say as things stand."""
    return next(_ahead(rule, milestone, zone, calendar, now), None)


def thresholds_ahead(
    rule: RuleFacts, milestone: MilestoneFacts, *, zone: str, calendar: WorkCalendar, now: datetime, most: int
) -> tuple[Threshold, ...]:
    """The first ``most`` thresholds after ``now``, earliest first."""
    return tuple(islice(_ahead(rule, milestone, zone, calendar, now), most))


def is_planned(name: str, planned: Collection[str]) -> bool:
    """Whether the crossing of that name is among those ``planned``, or one is that comes later in the same series: one
    row stands for all that it was the latest of."""
    if name in planned:
        return True
    place = place_of(name)
    others = (place_of(other) for other in planned) if place else ()
    return any(other and place and other[0] == place[0] and other[1] >= place[1] for other in others)


def news_among(crossed: Iterable[Threshold], *, planned: Collection[str]) -> Earned:
    """What the ``crossed`` thresholds (earliest first) bring that is not among the names already ``planned``.

    Only the latest is told, and stands for all before it in its series. When it is planned already, an earlier one that
    is not (its rule was changed since) is no news. What is told because its reader had put it off is in no series: the
    latest of the others is recorded as folded, as it needn't be told next.
    """
    names = [threshold.name for threshold in crossed]
    if not names or is_planned(names[-1], planned):
        return Earned(told=None, folded=())
    told = names[-1]
    in_series = next((name for name in reversed(names) if place_of(name)), None)
    is_told_besides = in_series is not None and in_series != told and not is_planned(in_series, planned)
    return Earned(told=told, folded=(in_series,) if in_series and is_told_besides else ())


def next_hour(send_at: time, *, zone: str, since: datetime) -> datetime:
    """The first instant from ``since`` on at which clocks in ``zone`` show the rule's hour."""
    day = day_in(zone, at=since)
    at = instant_at(day, send_at, zone=zone)
    return at if at >= since else instant_at(day + timedelta(days=1), send_at, zone=zone)


def tell_at(
    crossed_at: datetime, *, asked_at: datetime, now: datetime, send_at: time, zone: str, last_day: date | None
) -> datetime:
    """When news that was crossed at ``crossed_at`` is told, seen at ``now``; what is past is told at once.

    ``asked_at`` is since when the planner was to look: at the crossing itself, or later because of an edit (of the
    milestone, a rule, people …). What an edit brings waits for the rule's next hour, unless that comes after the
    ``last_day`` on which it helps, and this day isn't over yet.
    """
    if asked_at <= crossed_at:
        return crossed_at
    at = next_hour(send_at, zone=zone, since=asked_at)
    is_missed = last_day is not None and day_in(zone, at=now) <= last_day < day_in(zone, at=at)
    return asked_at if is_missed else at


def _ahead(
    rule: RuleFacts, milestone: MilestoneFacts, zone: str, calendar: WorkCalendar, now: datetime
) -> Iterator[Threshold]:
    """Those after ``now``. What lies days back isn't worked out: something overdue for years has hundreds of them."""
    since = day_in(zone, at=now) - timedelta(days=1)
    return (one for one in thresholds(rule, milestone, zone, calendar, since) if one.at > now)


def thresholds(
    rule: RuleFacts, milestone: MilestoneFacts, zone: str, calendar: WorkCalendar, since: date = date.min
) -> Iterator[Threshold]:
    """All from the day ``since`` on, in the order of their instants; without end where the rule repeats."""
    for name, day, counted_from in KINDS[rule.kind].days(rule, milestone, calendar, since):
        if day < since:
            continue
        is_provisional = rule.in_working_days and calendar.is_provisional_between(day, counted_from)
        yield Threshold(name, instant_at(day, rule.send_at, zone=zone), is_provisional)
