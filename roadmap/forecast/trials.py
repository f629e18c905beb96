"""Trials of the network: each milestone's day drawn from its outlook, what waits pushed along, gates read off. Pure.

Monte Carlo with a seed: the same seed gives the same figures. The draws of milestones move together to some degree
(they share a factor), since what holds up one often holds up others; independent draws would make sums look too sure.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from roadmap.forecast.network import Network
from roadmap.forecast.outlook import Floats

Ints = NDArray[np.int32]

IN_COMMON = 0.2  # of the variance of each draw. An assumption: few roadmaps have record enough to tell
CELLS = 1024  # of the normal distribution, from -REACH to REACH
REACH = 4.0
_LEVELS = np.array([NormalDist().cdf((n + 0.5) * 2 * REACH / CELLS - REACH) for n in range(CELLS)])
MOST_NUMBERS = 20_000_000  # drawn days kept at once; beyond, there are fewer trials
FEWEST = 500
ROWS_TOGETHER = 200


@dataclass(frozen=True)
class Trials:
    """``days`` holds, for each milestone in the network's order, the number of the day on which it was done by trial;
    ``starts`` those on which it could be begun."""

    network: Network
    places: Mapping[int, int]
    days: Ints
    pushed: Ints

    def of(self, key: int) -> Ints:
        """One milestone's days, by trial."""
        one: Ints = self.days[self.places[key]]
        return one

    def last_of(self, keys: Sequence[int]) -> Ints:
        """When all of ``keys`` were done, by trial."""
        last: Ints = self.days[[self.places[key] for key in keys]].max(axis=0)
        return last

    def some_at_a_time(self, keys: Sequence[int]) -> Iterator[tuple[Sequence[int], Ints]]:
        """Milestones with their days by trial, so many together that the arrays stay small."""
        for start in range(0, len(keys), ROWS_TOGETHER):
            some = keys[start : start + ROWS_TOGETHER]
            rows: Ints = self.days[[self.places[key] for key in some]]
            yield some, rows

    def first(self, trials: int) -> "Trials":
        """The first so many of them."""
        return replace(self, days=self.days[:, :trials], pushed=self.pushed[:, :trials])

    def last_with_one_by(self, key: int, day: int, *, keys: Sequence[int], among: Collection[int]) -> Ints:
        """When all of ``keys`` were done by trial, had the milestone ``key`` taken no longer than up to ``day`` by
        itself: what waits for it is pushed along less. ``among`` are ``keys`` and all that they wait for."""
        days, pushed = dict[int, Ints](), dict[int, Ints]()
        for one in self.network.order:
            if one not in among or self.network.activities[one].is_done:
                continue
            place, links = self.places[one], self.network.waits_for[one]
            if any(link.before in days for link in links):
                pushed[one] = self._pushed(one, days)
            elif one != key:
                continue
            alone = self.days[place] - self.pushed[place]
            new = (np.minimum(alone, day) if one == key else alone) + pushed.get(one, self.pushed[place])
            if not np.array_equal(new, self.days[place]):
                days[one] = new
        ends = [days.get(one, self.of(one)) for one in keys]
        last: Ints = np.maximum.reduce(ends)
        return last

    def _pushed(self, key: int, changed: Mapping[int, Ints]) -> Ints:
        """By how many days what it waits for keeps a milestone from its planned start."""
        ends = [
            changed.get(link.before, self.days[self.places[link.before]]) + (link.lag + 1)
            for link in self.network.waits_for[key]
        ]
        late: Ints = np.maximum(np.max(ends, axis=0) - self.network.activities[key].start, 0)
        return late


def number_of_trials(milestones: int, wanted: int) -> int:
    """So many as memory allows for: 10,000 of 2,000 milestones take 80 MB."""
    return max(min(wanted, MOST_NUMBERS // max(milestones, 1)), min(wanted, FEWEST))


def run(
    network: Network, outlooks: Mapping[int, Floats], *, trials: int, seed: int, in_common: float = IN_COMMON
) -> Trials:
    """``trials`` trials. An open milestone has an outlook (equally likely days, ascending); what has none was done on
    its activity's finish. Whatever waits begins after what it waits for, and takes as long as drawn from there."""
    chance = np.random.default_rng(seed)
    shared = chance.standard_normal(trials, dtype=np.float32) * np.float32(in_common**0.5)
    days = np.empty((len(network.order), trials), dtype=np.int32)
    pushed = np.zeros((len(network.order), trials), dtype=np.int32)
    places = {key: place for place, key in enumerate(network.order)}
    for key in sorted(network.order):  # of one milestone the same draws, whatever waits for what
        place = places[key]
        if key not in outlooks:
            days[place] = network.activities[key].finish
            continue
        drawn = chance.standard_normal(trials, dtype=np.float32) * np.float32((1 - in_common) ** 0.5) + shared
        cells = np.clip((drawn + REACH) * (CELLS / 2 / REACH), 0, CELLS - 1).astype(np.int16)
        days[place] = _at_levels(outlooks[key])[cells]
    for key in network.order:
        if key in outlooks and network.waits_for[key]:
            place = places[key]
            may_start = np.max([days[places[link.before]] + (link.lag + 1) for link in network.waits_for[key]], axis=0)
            np.maximum(may_start - network.activities[key].start, 0, out=pushed[place])
            days[place] += pushed[place]
    return Trials(network, places, days, pushed)


def _at_levels(outlook: Floats) -> Ints:
    """The outlook's day at each cell of the normal distribution."""
    at: Ints = outlook[np.minimum((_LEVELS * len(outlook)).astype(int), len(outlook) - 1)].astype(np.int32)
    return at


def criticality(trials: Trials, keys: Sequence[int]) -> dict[int, float]:
    """In what part of the trials each milestone decided when all of ``keys`` were done: it was the last, or the last
    waited for it. Those that never did are left out."""
    network, places = trials.network, trials.places
    deciding = np.zeros(trials.days.shape, dtype=bool)
    rows = np.array([places[key] for key in keys])
    deciding[rows[trials.days[rows].argmax(axis=0)], np.arange(trials.days.shape[1])] = True
    for key in reversed(network.order):
        here = deciding[places[key]]
        if network.activities[key].is_done or not here.any():
            continue
        start = trials.pushed[places[key]] + network.activities[key].start
        for link in network.waits_for[key]:
            binds = (trials.days[places[link.before]] + (link.lag + 1) == start) & (trials.pushed[places[key]] > 0)
            deciding[places[link.before]] |= here & binds
    shares = deciding.mean(axis=1)
    still_open = [key for key in network.order if not network.activities[key].is_done]
    return {key: float(shares[places[key]]) for key in still_open if shares[places[key]]}


def shares_of_variance(trials: Trials, among: Sequence[int], last: Ints) -> dict[int, float]:
    """How much of the spread of ``last`` goes with each of ``among``: the squared correlations, 1 in all."""
    if not among or not last.std():
        return dict.fromkeys(among, 0.0)
    centred = last - last.mean()
    squares: dict[int, float] = {}
    for keys, rows in trials.some_at_a_time(among):
        own = rows - rows.mean(axis=1, keepdims=True)
        spreads = (own**2).mean(axis=1) * (centred**2).mean()
        together = (own @ centred / len(centred)) ** 2
        found = np.divide(together, spreads, out=np.zeros_like(spreads), where=spreads > 0)
        squares |= zip(keys, found.tolist(), strict=True)
    total = sum(squares.values())
    return {key: square / total if total else 0.0 for key, square in squares.items()}
