"""What later due dates mean for whoever waits: who would start too early, and by how many working days.

Pure but for ``waits_of``. Whoever has to start later is taken to be done as many working days later, so that those
behind it are told too.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from roadmap.models import Dependency
from roadmap.vocabulary import OPEN_STATUSES
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class Wait:
    """An open milestone that waits for another, and the dates that it has now."""

    predecessor: int
    successor: int
    lag_working_days: int
    starts_on: date
    due_on: date


@dataclass(frozen=True)
class TooEarly:
    """A milestone that starts before it may. ``root`` is the given one that it is due to, ``is_direct`` whether it
    waits for that one itself; ``working_days`` is how much later it has to start."""

    milestone: int
    root: int
    is_direct: bool
    starts_on: date
    may_start_on: date
    working_days: int


def waits_of(roadmaps: Iterable[int]) -> list[Wait]:
    """All that open milestones of these roadmaps wait for. One query."""
    links = Dependency.objects.filter(
        successor__initiative__roadmap__in=list(roadmaps), successor__status__in=OPEN_STATUSES
    )
    columns = ("predecessor_id", "successor_id", "lag_working_days")
    rows = links.order_by().values_list(*columns, "successor__planned_start_on", "successor__due_on")
    return [Wait(*row) for row in rows]


def starting_too_early(
    due: Mapping[int, date], waits: Iterable[Wait], *, calendar: WorkCalendar
) -> dict[int, TooEarly]:
    """Who starts too early if the milestones of ``due`` are done on those days, by milestone; links close no circle.

    ``calendar`` is that of the roadmap to which the waiting ones belong.
    """
    behind: defaultdict[int, list[Wait]] = defaultdict(list)
    for wait in waits:
        behind[wait.predecessor].append(wait)
    found: dict[int, TooEarly] = {}
    done_on = dict(due)
    roots = {given: given for given in due}
    for predecessor in _in_order(due, behind):
        for wait in behind[predecessor] if predecessor in done_on else ():
            may_start = calendar.day_after_lag(done_on[predecessor], wait.lag_working_days)
            known = found.get(wait.successor)
            starts = calendar.working_day_on_or_after(wait.starts_on)  # nobody begins on a day off
            if starts >= may_start or (known and known.may_start_on >= may_start):
                continue
            later = calendar.working_days_between(starts, may_start)
            found[wait.successor] = TooEarly(
                wait.successor, roots[predecessor], predecessor in due, wait.starts_on, may_start, later
            )
            roots.setdefault(wait.successor, roots[predecessor])
            if wait.successor not in due:  # the given ones have the days that they were given
                done_on[wait.successor] = calendar.shift(wait.due_on, later)
    return found


def made_worse(before: Mapping[int, TooEarly], after: Mapping[int, TooEarly]) -> list[TooEarly]:
    """Those of ``after`` that weren't so before, or by fewer working days; direct ones first, by day."""
    worse = [one for pk, one in after.items() if pk not in before or before[pk].working_days < one.working_days]
    return sorted(worse, key=lambda one: (not one.is_direct, one.may_start_on, one.milestone))


def _in_order(due: Iterable[int], behind: Mapping[int, list[Wait]]) -> list[int]:
    """Whatever can be reached from ``due``, each after all that it waits for among them."""
    seen: set[int] = set()
    ordered: list[int] = []
    to_visit = [(given, False) for given in due]
    while to_visit:
        one, is_left = to_visit.pop()
        if is_left:
            ordered.append(one)
        elif one not in seen:
            seen.add(one)
            to_visit.append((one, True))
            to_visit += [(wait.successor, False) for wait in behind.get(one, ())]
    return ordered[::-1]
