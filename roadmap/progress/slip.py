"""What became of an approved plan: slip, weights, what was added and dropped. Pure: plans in, comparison out.

``baselines`` gets the plans from the database. Days are dates; slip is positive where the due date lies later now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import accumulate

from roadmap.workdays import WorkCalendar

NOTHING = Decimal(0)


class Fate(Enum):
    """What became of a milestone from the first plan to the second, in the order in which it is told."""

    KEPT = "kept"
    DROPPED = "dropped"  # cancelled, removed, or left out of the second baseline
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone's dates and weight in a plan."""

    planned_start_on: date
    due_on: date
    weight: Decimal


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One milestone in both plans; ``slip_days`` and ``slip_working_days`` are None unless it is in both."""

    milestone_id: int
    was: Planned | None
    now: Planned | None
    slip_days: int | None
    slip_working_days: int | None

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.was is None:
            return Fate.ADDED
        return Fate.KEPT if self.now is not None else Fate.DROPPED

    @property
    def weight_change(self) -> Decimal:
        """By how much it weighs more; one that isn't in a plan weighs nothing there."""
        return (self.now.weight if self.now else NOTHING) - (self.was.weight if self.was else NOTHING)


@dataclass(frozen=True)
class SlipSums:
    """Sums over some lines. ``worst_days`` and ``mean_days`` are of those in both plans, the mean by the weight in the
    first; None where none is. ``later`` counts those that slipped."""

    kept: int
    added: int
    dropped: int
    later: int
    earlier: int
    worst_days: int | None
    mean_days: Decimal | None
    weight_was: Decimal
    weight_now: Decimal


def slip_lines(was: Mapping[int, Planned], now: Mapping[int, Planned], *, calendar: WorkCalendar) -> list[SlipLine]:
    """Every milestone of either plan, by its id: the worst slip first, then what was dropped, then what was added."""
    both = [(was[pk].due_on, now[pk].due_on) for pk in was.keys() & now.keys()]
    worked = _worked_days_by(calendar, [day for pair in both for day in pair])
    lines = [_line(pk, was.get(pk), now.get(pk), worked) for pk in was.keys() | now.keys()]
    return sorted(lines, key=lambda line: (_place(line), -(line.slip_days or 0), line.milestone_id))


def slip_sums(lines: Iterable[SlipLine]) -> SlipSums:
    """The sums over these lines."""
    kept = added = dropped = later = earlier = 0
    worst: int | None = None
    weight = weighted = weight_was = weight_now = NOTHING
    for line in lines:
        weight_was += line.was.weight if line.was else NOTHING
        weight_now += line.now.weight if line.now else NOTHING
        if line.was is None:
            added += 1
        elif line.slip_days is None:
            dropped += 1
        else:
            kept += 1
            later += line.slip_days > 0
            earlier += line.slip_days < 0
            worst = line.slip_days if worst is None else max(worst, line.slip_days)
            weight += line.was.weight
            weighted += line.was.weight * line.slip_days
    mean = weighted / weight if weight else None
    return SlipSums(kept, added, dropped, later, earlier, worst, mean, weight_was, weight_now)


def slip_sums_by(lines: Iterable[SlipLine], groups: Mapping[int, int]) -> dict[int, SlipSums]:
    """The sums by group; ``groups`` tells each milestone's. Milestones without one are left out."""
    members: defaultdict[int, list[SlipLine]] = defaultdict(list)
    for line in lines:
        if line.milestone_id in groups:
            members[groups[line.milestone_id]].append(line)
    return {group: slip_sums(some) for group, some in members.items()}


def _place(line: SlipLine) -> int:
    """That of its fate in ``Fate``, without asking for it: there are ten thousand lines."""
    return 2 if line.was is None else 1 if line.now is None else 0


def _line(pk: int, was: Planned | None, now: Planned | None, worked: Mapping[date, int]) -> SlipLine:
    if was is None or now is None:
        return SlipLine(pk, was, now, None, None)
    slip_days = (now.due_on - was.due_on).days
    return SlipLine(pk, was, now, slip_days, worked[now.due_on] - worked[was.due_on])


def _worked_days_by(calendar: WorkCalendar, days: list[date]) -> dict[date, int]:
    """How many days are worked from the first of these days up to and with each day until the last."""
    if not days:
        return {}
    first = min(days)
    span = [first + timedelta(days=n) for n in range((max(days) - first).days + 1)]
    return dict(zip(span, accumulate(int(calendar.is_working(day)) for day in span), strict=True))
