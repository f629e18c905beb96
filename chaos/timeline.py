"""From facts to what each person was to be told of: topics, the stretches in which they held, and their instants."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from chaos.facts import Awake, Fact, MilestoneState, SubscriptionState
from chaos.instants import digest_instants, reminder_instants

FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stretch:
    """A topic held: surely from ``sure_from`` to ``sure_until``, perhaps from ``began`` and until ``ended``."""

    began: datetime
    sure_from: datetime
    sure_until: datetime
    ended: datetime


@dataclass
class Topic:
    """What a person is told of: one due date of one milestone, or a digest (``code`` and ``due_on`` are empty)."""

    reader: str
    code: str
    due_on: date | None
    stretches: list[Stretch] = field(default_factory=list)
    instants: list[datetime] = field(default_factory=list)
    state: MilestoneState | None = None

    @property
    def points(self) -> list[datetime]:
        """When there was news, at most one mail each: an instant, or the beginning of the first stretch after it."""
        points = set()
        for instant in self.instants:
            holding = [stretch for stretch in self.stretches if stretch.ended >= instant]
            points |= {max(instant, holding[0].began)} if holding else set()
        return sorted(points)

    def held_at(self, instant: datetime, *, tolerance: timedelta) -> bool:
        """Whether it held then, or a moment before."""
        return any(one.began <= instant <= one.ended + tolerance for one in self.stretches)


Key = tuple[str, str, date | None]


def topics_of(facts: Iterable[Fact], *, until: datetime) -> dict[Key, Topic]:
    """Every topic that ever held, by reader, milestone's code and due date."""
    by_thing: defaultdict[str, list[MilestoneState | SubscriptionState]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, MilestoneState):
            by_thing[fact.code].append(fact)
        elif isinstance(fact, SubscriptionState):
            by_thing[fact.reader].append(fact)
    topics: dict[Key, Topic] = {}
    for states in by_thing.values():
        for key, first, after in _runs(states):
            topic = topics.setdefault(key, Topic(*key))
            sure_until, ended = (after.began, after.ended) if after else (FOR_EVER, FOR_EVER)
            topic.stretches.append(Stretch(first.began, first.ended, sure_until, ended))
            if isinstance(first, MilestoneState):
                topic.instants = reminder_instants(first, until=until)
                topic.state = first
            else:
                topic.instants += digest_instants(first, since=first.began, until=min(ended, until))
    return topics


State = MilestoneState | SubscriptionState


def _runs(states: list[State]) -> Iterable[tuple[Key, State, State | None]]:
    """Successive states that mean the same topic, as one: the topic, its first state, the state that ended it."""
    first: State | None = None
    for state in states:
        if first is not None and _key(first) != _key(state):
            yield from _told(first, state)
            first = None
        first = first or state
    if first is not None:
        yield from _told(first, None)


def _told(first: State, after: State | None) -> Iterable[tuple[Key, State, State | None]]:
    key = _key(first)
    return [(key, first, after)] if key is not None else []


def _key(state: State) -> Key | None:
    if isinstance(state, SubscriptionState):
        return (state.reader, "", None) if state.is_active else None
    return (state.owner, state.code, state.due_on) if state.is_open and state.owner else None


class Days:
    """Translates between the wall's clock and the run's, and counts how long the program was awake."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.awake = [fact for fact in facts if isinstance(fact, Awake)]

    def at(self, wall: float) -> datetime:
        """The run's instant at the wall's ``wall``."""
        last = [one for one in self.awake if one.wall <= wall] or self.awake[:1]
        return last[-1].since + timedelta(seconds=wall - last[-1].wall)

    def seconds_awake(self, since: datetime, until: datetime) -> float:
        """Seconds between two instants of the run, counting only while the program was awake."""
        spans = (min(until, one.until) - max(since, one.since) for one in self.awake)
        return sum(max(span.total_seconds(), 0.0) for span in spans)
