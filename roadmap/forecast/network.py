"""The network of a roadmap's milestones: early and late days, float, and the path that decides a gate. Pure.

The critical path method (Kelley and Walker, 1959) in numbers of working days (``days``): forwards from what is done and
from each planned start, which nobody begins before; backwards from each milestone's gate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import rustworkx

NEARLY_CRITICAL = 10  # working days of float beyond that of the critical path: two weeks


class Circle(Exception):
    """Milestones that wait for each other; ``milestones`` are their ids along the circle."""

    def __init__(self, milestones: list[int]) -> None:
        super().__init__(" → ".join(map(str, milestones)))
        self.milestones = milestones


@dataclass(frozen=True, slots=True)
class Activity:
    """A milestone as the network sees it, in numbers of working days.

    ``start`` and ``finish`` are its planned first and last day, or those that it had; ``limit`` is the last working
    day up to its gate.
    """

    key: int
    start: int
    finish: int
    limit: int
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """``after`` begins on the working day after ``lag`` have passed since ``before`` was done."""

    before: int
    after: int
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """When a milestone can be begun and done at the earliest, and has to be at the latest for its gate and for those
    behind it, which keep theirs. ``free_float`` is how much later it can be done without moving another."""

    early_start: int
    early_finish: int
    late_start: int
    late_finish: int
    free_float: int

    @property
    def total_float(self) -> int:
        """How many working days later it can be done without missing a gate; negative where one is missed."""
        return self.late_finish - self.early_finish


class Network:
    """Activities and what they wait for, in an order in which each comes after all that it waits for."""

    def __init__(self, activities: Iterable[Activity], links: Iterable[Link]) -> None:
        """Links to or from what isn't among ``activities`` are left out. Raises Circle."""
        self.activities: Mapping[int, Activity] = {one.key: one for one in activities}
        graph: rustworkx.PyDiGraph[int, Link] = rustworkx.PyDiGraph()
        places = dict(zip(self.activities, graph.add_nodes_from(list(self.activities)), strict=True))
        known = [link for link in links if link.before in places and link.after in places]
        graph.add_edges_from([(places[link.before], places[link.after], link) for link in known])
        try:
            self.order: Sequence[int] = [graph[place] for place in rustworkx.topological_sort(graph)]
        except rustworkx.DAGHasCycle:
            circle = [graph[place] for place, _next in rustworkx.digraph_find_cycle(graph)]
            raise Circle([*circle, circle[0]]) from None
        self.waits_for: dict[int, list[Link]] = {key: [] for key in self.activities}
        self.is_awaited_by: dict[int, list[Link]] = {key: [] for key in self.activities}
        for link in known:
            self.waits_for[link.after].append(link)
            self.is_awaited_by[link.before].append(link)

    def times(self, *, today: int) -> dict[int, Times]:
        """Of every activity; what isn't done is done today at the earliest."""
        early: dict[int, tuple[int, int]] = {}
        for key in self.order:
            one = self.activities[key]
            if one.is_done:
                early[key] = one.start, one.finish
                continue
            start = max([one.start, *(early[link.before][1] + link.lag + 1 for link in self.waits_for[key])])
            early[key] = start, max(start + one.finish - one.start, today)
        found: dict[int, Times] = {}
        for key in reversed(self.order):
            one, awaited = self.activities[key], self.is_awaited_by[key]
            awaited = [link for link in awaited if not self.activities[link.after].is_done]
            late = min([one.limit, *(found[link.after].late_start - link.lag - 1 for link in awaited)])
            next_start = min((found[link.after].early_start - link.lag - 1 for link in awaited), default=one.limit)
            start, finish = early[key]
            found[key] = Times(start, finish, late - (one.finish - one.start), late, next_start - finish)
        return found

    def deciding(self, among: Iterable[int], times: Mapping[int, Times]) -> list[int]:
        """The critical path to the end of ``among``: what is done last of them, and what each waited for on the way,
        first to last; empty when all are done."""
        still_open = [key for key in among if not self.activities[key].is_done]
        if not still_open:
            return []
        path = [max(still_open, key=lambda key: (times[key].early_finish, -times[key].total_float, -key))]
        while True:
            here = path[-1]
            driving = [
                link.before
                for link in self.waits_for[here]
                if not self.activities[link.before].is_done
                and times[link.before].early_finish + link.lag + 1 == times[here].early_start
            ]
            if not driving:
                return path[::-1]
            path.append(min(driving, key=lambda key: (times[key].total_float, key)))

    def before(self, among: Iterable[int]) -> set[int]:
        """``among`` and all that these wait for."""
        found: set[int] = set()
        to_visit = list(among)
        while to_visit:
            key = to_visit.pop()
            if key not in found:
                found.add(key)
                to_visit += [link.before for link in self.waits_for[key]]
        return found


def nearly_critical(times: Mapping[int, Times], among: Iterable[int]) -> list[int]:
    """Those of ``among`` whose float is within two weeks of the least, least first."""
    floats = sorted((times[key].total_float, key) for key in among)
    return [key for slack, key in floats if slack <= floats[0][0] + NEARLY_CRITICAL]
