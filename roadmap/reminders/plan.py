"""When reminders are earned: thresholds around the days of a milestone. Pure; the planner brings the rows and writes.

A threshold counts once it is *crossed*, however late anybody looks; so downtime delays a reminder and never loses it.
Its name holds the fact that it hangs on, as in ``due=2026-12-31/T-30``: another due date makes other thresholds.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice, takewhile

from roadmap.clock import day_in, instant_at
from roadmap.vocabulary import RuleKind
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class RuleFacts:
    """What the plan needs of a reminder rule. ``offsets`` are days before the due date, in any order.

    ``after_days`` is the wait of the kinds that count from a day in the past; None: not at all.
    """

    offsets: tuple[int, ...]
    in_working_days: bool
    repeat_every_days: int | None
    send_at: time
    kind: RuleKind = RuleKind.DUE
    after_days: int | None = None


@dataclass(frozen=True)
class Standing:
    """What the plan needs of a milestone that isn't cancelled.

    ``quiet_since`` is the day of the last report or, without any, from which one was to be expected.
    ``reported_done_on`` is the day on which it was completed or, while it is open, last reported at 100 percent;
    for what was done before the milestone was entered, waits begin on ``entered_on``.
    """

    due_on: date
    is_open: bool = True
    quiet_since: date | None = None
    reported_done_on: date | None = None
    entered_on: date = date.min
    is_verified: bool = False
    has_evidence: bool = False


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
    rule: RuleFacts, standing: Standing, *, zone: str, calendar: WorkCalendar, now: datetime
) -> tuple[Threshold, ...]:
    """Every threshold whose instant is not after ``now``, earliest first."""
    return tuple(takewhile(lambda threshold: threshold.at <= now, _thresholds(rule, standing, zone, calendar)))


def next_threshold(
    rule: RuleFacts, standing: Standing, *, zone: str, calendar: WorkCalendar, now: datetime
) -> Threshold | None:
    """The first threshold after ``now``; None when the rule has nothing more to say as things stand."""
    return next(_ahead(rule, standing, zone, calendar, now), None)


def thresholds_ahead(
    rule: RuleFacts, standing: Standing, *, zone: str, calendar: WorkCalendar, now: datetime, most: int
) -> tuple[Threshold, ...]:
    """The first ``most`` thresholds after ``now``, earliest first."""
    return tuple(islice(_ahead(rule, standing, zone, calendar, now), most))


def news_among(crossed: Iterable[Threshold], *, planned: Collection[str]) -> Earned:
    """What the ``crossed`` thresholds (earliest first) bring that is not among the names already ``planned``.

    Only the latest is told. When the latest is planned already, an earlier one that is not (its rule was changed since)
    is no news: it is recorded as folded.
    """
    names = [threshold.name for threshold in crossed]
    fresh = [name for name in names if name not in planned]
    told = fresh[-1] if fresh and fresh[-1] == names[-1] else None
    return Earned(told=told, folded=tuple(name for name in fresh if name != told))


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
    rule: RuleFacts, standing: Standing, zone: str, calendar: WorkCalendar, now: datetime
) -> Iterator[Threshold]:
    """Those after ``now``. What lies days back isn't worked out: something overdue for years has hundreds of them."""
    since = day_in(zone, at=now) - timedelta(days=1)
    return (one for one in _thresholds(rule, standing, zone, calendar, since) if one.at > now)


def _thresholds(
    rule: RuleFacts, standing: Standing, zone: str, calendar: WorkCalendar, since: date = date.min
) -> Iterator[Threshold]:
    """All from the day ``since`` on, in the order of their instants; without end where the rule repeats."""
    for name, day, counted_from in _days(rule, standing, calendar, since):
        if day < since:
            continue
        is_provisional = rule.in_working_days and calendar.is_provisional_between(day, counted_from)
        yield Threshold(name, instant_at(day, rule.send_at, zone=zone), is_provisional)


def _days(rule: RuleFacts, standing: Standing, calendar: WorkCalendar, since: date) -> Iterator[tuple[str, date, date]]:
    """Each threshold's name and day, and the day that it was counted from; of those before ``since`` some are left
    out."""
    due, done = standing.due_on, standing.reported_done_on
    known_done = max(done, standing.entered_on) if done else due
    match rule.kind:
        case RuleKind.DUE if standing.is_open:
            yield from _leads(rule, due, calendar, f"due={due}/T-")
            yield from _repeats(rule, due, due, calendar, f"due={due}/overdue-", since, first=1)
        case RuleKind.SILENCE if standing.is_open and standing.quiet_since is not None:
            yield from _waits(rule, standing.quiet_since, calendar, f"silent={standing.quiet_since}/", since)
        case RuleKind.EVIDENCE if not standing.has_evidence:
            if done is not None:
                yield from _waits(rule, known_done, calendar, f"done={done}/evidence-", since)
            elif standing.is_open:
                yield from _leads(rule, due, calendar, f"due={due}/evidence-T-")
        case RuleKind.UNVERIFIED if done is not None and not standing.is_verified:
            yield from _waits(rule, known_done, calendar, f"done={done}/unverified-", since)


def _leads(rule: RuleFacts, due_on: date, calendar: WorkCalendar, prefix: str) -> Iterator[tuple[str, date, date]]:
    """One threshold a lead time. In working days, a due date that is not worked counts as the worked day before it."""
    for offset in sorted(rule.offsets, reverse=True):
        if rule.in_working_days:
            day = calendar.shift(calendar.working_day_on_or_before(due_on), -offset)
        else:
            day = due_on - timedelta(days=offset)
        yield f"{prefix}{offset}", day, due_on


def _waits(
    rule: RuleFacts, start: date, calendar: WorkCalendar, prefix: str, since: date
) -> Iterator[tuple[str, date, date]]:
    """The first threshold ``after_days`` after ``start``, and its repeats."""
    if rule.after_days is None:
        return
    day = _later(rule, start, rule.after_days, calendar)
    yield f"{prefix}1", day, start
    yield from _repeats(rule, day, start, calendar, prefix, since, first=2)


def _repeats(
    rule: RuleFacts, day: date, start: date, calendar: WorkCalendar, prefix: str, since: date, *, first: int
) -> Iterator[tuple[str, date, date]]:
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
