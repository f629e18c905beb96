"""When an open milestone will be done, as a distribution, from how the roadmap's own promises came true. Pure.

A promise says how long something still takes; its *stretch* is how long it took, divided by that. There are three, in
this order of trust: its owner's forecast date, its pace of progress (earned schedule: Lipke, 2003), its plan. What is
drawn from are the stretches on record of the same kind of promise: those of like milestones more often (reference
class: Kahneman and Tversky, 1979; Flyvbjerg, 2006), the others and a wide assumption more often the fewer like ones
there are. What is still open counts, too: it takes longer than it has so far (Kaplan and Meier, 1958).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from roadmap.forecast.figures import Basis

Floats = NDArray[np.float64]

BINS = 512  # a distribution as this many equally likely values
SHRINKAGE = 10  # promises on record that weigh as much as what stands behind them: the whole record, the assumption
LEAST, MOST = 0.1, 10.0  # a stretch beyond is a slip of the pen
# Where nothing is on record: half take longer than 1.1 times as long, one in five longer than 1.7 times. An assumption
ASSUMED = np.exp(np.log(1.1) + 0.5 * np.array([NormalDist().inv_cdf((n + 0.5) / 64) for n in range(64)]))
THINNEST = 0.02  # of a distribution ahead of today: less says no more than that it is late
SHORTEST_TAIL = 5.0  # working days


@dataclass(frozen=True, slots=True)
class Promise:
    """``remaining`` working days from number ``since`` on, by ``basis``; ``likeness`` holds what likens milestones: ids
    of organisation, pillar, workstream, None where it has none."""

    basis: Basis
    since: int
    remaining: int
    likeness: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """How a promise came true, or, if ``is_open``, by how much it has been stretched so far.

    ``share`` is its part of its milestone's promises of that basis, 1 in all.
    """

    basis: Basis
    stretch: float
    likeness: tuple[int | None, ...] = ()
    share: float = 1.0
    is_open: bool = False


def stretch_of(promise: Promise, done: int) -> float:
    """How long it took, divided by how long it was to take."""
    return min(max((done - promise.since) / max(promise.remaining, 1), LEAST), MOST)


class Record:
    """The promises of one basis that came true, and the assumption, in the order of their stretches."""

    def __init__(self, kept: Iterable[Kept]) -> None:
        rows = list(kept)
        self.count = sum(row.share for row in rows if not row.is_open)
        stretches = np.array([*(row.stretch for row in rows), *ASSUMED])
        order = np.argsort(stretches, kind="stable")
        self.stretches: Floats = stretches[order]
        self.shares: Floats = np.array([*(row.share for row in rows), *[0.0] * len(ASSUMED)])[order]
        self.is_assumed = np.array([*[False] * len(rows), *[True] * len(ASSUMED)])[order]
        self.is_open = np.array([*(row.is_open for row in rows), *[False] * len(ASSUMED)])[order]
        self.likenesses = [rows[place].likeness if place < len(rows) else () for place in order]
        self._weights: dict[tuple[int | None, ...], Floats] = {}

    def weights(self, likeness: tuple[int | None, ...]) -> Floats:
        """How often each stretch is drawn for a milestone of that likeness; 1 in all."""
        if likeness not in self._weights:
            self._weights[likeness] = self._weigh(likeness)
        return self._weights[likeness]

    def _weigh(self, likeness: tuple[int | None, ...]) -> Floats:
        assumed = self.is_assumed / len(ASSUMED)
        if not self.count:
            return assumed
        on_record = self._chances(self.shares)
        trust = self.count / (self.count + SHRINKAGE)
        whole = trust * on_record + (1 - trust) * assumed
        weights, left = np.zeros_like(whole), 1.0
        for place, value in enumerate(likeness):
            if value is None:
                continue
            alike = self.shares * [len(one) > place and one[place] == value for one in self.likenesses]
            number = float(alike[~self.is_open].sum())
            if number:
                part = number / (number + SHRINKAGE) / len(likeness)
                weights += part * self._chances(alike)
                left -= part
        result: Floats = weights + left * whole
        return result

    def _chances(self, shares: Floats) -> Floats:
        """How often each stretch comes, 1 in all: what is open stands for those that took longer. Where the longest is
        open, the assumption says how much longer."""
        at_risk = np.cumsum(shares[::-1])[::-1]
        ends = np.where(self.is_open | (at_risk <= 0), 0.0, shares / np.maximum(at_risk, 1e-12))
        lasting = np.cumprod(1 - ends)
        chances = np.concatenate(([1.0], lasting[:-1])) * ends
        beyond = self.is_assumed & (self.stretches > self.stretches[shares > 0][-1])
        if not beyond.any():
            beyond = np.arange(len(shares)) == len(shares) - 1
        result: Floats = chances + max(1 - chances.sum(), 0.0) * beyond / beyond.sum()
        return result


@dataclass(frozen=True)
class Records:
    """The record of a roadmap, by basis."""

    kept: Sequence[Kept]

    @cached_property
    def by_basis(self) -> dict[Basis, Record]:
        """One for each basis, none empty: each holds the assumption."""
        return {basis: Record(one for one in self.kept if one.basis is basis) for basis in Basis}

    def outlook(self, promise: Promise, *, today: int) -> Floats:
        """``BINS`` equally likely numbers of the working day on which it will be done, ascending, all after ``today``.

        Where nearly all that the record allows lies behind us, all that is known is that it is late: what has been
        overdue for so many days takes as many more on average.
        """
        record = self.by_basis[promise.basis]
        weights = record.weights(promise.likeness)
        finishes = promise.since + record.stretches * max(promise.remaining, 1)
        ahead = finishes > today
        left = float(weights[ahead].sum())
        chances = (np.arange(BINS) + 0.5) / BINS
        if left < THINNEST:
            overdue = max(today - promise.since - promise.remaining, SHORTEST_TAIL)
            return np.asarray(today + 1 + np.floor(-np.log1p(-chances) * overdue))
        ahead_weights = weights[ahead] / left
        middles = np.cumsum(ahead_weights) - ahead_weights / 2
        drawn = np.interp(chances, middles, finishes[ahead])
        return np.maximum(np.rint(drawn), today + 1)
