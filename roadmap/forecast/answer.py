"""The forecast of a roadmap: of each gate and each open milestone when, how surely, and what decides it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from roadmap.forecast.days import WorkDays
from roadmap.forecast.network import Times, nearly_critical
from roadmap.forecast.outlook import Basis, Floats, Records
from roadmap.forecast.record import Ground, ground_of
from roadmap.forecast.trials import Ints, Trials, criticality, number_of_trials, run, shares_of_variance
from roadmap.models import Roadmap

TRIALS = 10_000
MOST_DRIVERS = 5
TRIALS_OF_A_GAIN = 2000
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Span:
    """By which day something is done in 50, 80 and 95 of 100 trials."""

    p50: date
    p80: date
    p95: date

    @classmethod
    def of(cls, numbers: Floats | Ints, days: WorkDays) -> "Span":
        """Of numbers of working days, one a trial."""
        return cls(*(days.day(number) for number in np.quantile(numbers, LEVELS, method="higher")))


@dataclass(frozen=True)
class Driver:
    """A milestone that decides a gate: in what part of the trials, how much of the spread goes with it, and how many
    working days the gate would come sooner, on average, were it done by its due date. Parts of 1."""

    milestone: int
    criticality: float
    share_of_variance: float
    days_to_win: float


@dataclass(frozen=True)
class MilestoneForecast:
    """An open milestone. ``chance`` is that of its due date, a part of 1. By the plan it can be begun and done at the
    earliest, and has to be at the latest for all gates behind it; floats are working days."""

    milestone: int
    basis: str
    due_on: date
    span: Span
    chance: float
    early_start: date
    early_finish: date
    late_start: date
    late_finish: date
    total_float: int
    free_float: int


@dataclass(frozen=True)
class GateForecast:
    """A gate. ``chance``: that all of its phase is done by its day; ``share_done``: how much of it, by weight in
    percent, in the middle trial and the bounds that 8 of 10 trials lie between. ``path`` is the critical path by the
    plan, first to last; ``nearly_critical`` those within two weeks of it."""

    phase: int
    gate_on: date
    open_milestones: int
    chance: float
    span: Span
    share_done: float
    share_done_low: float
    share_done_high: float
    path: Sequence[int]
    nearly_critical: Sequence[int]
    drivers: Sequence[Driver]


@dataclass(frozen=True)
class RoadmapForecast:
    """Made for ``day`` with ``seed``. ``on_record`` is how many milestones' promises came true, by basis."""

    day: date
    seed: int
    trials: int
    on_record: Mapping[str, int]
    gates: Sequence[GateForecast]
    milestones: Sequence[MilestoneForecast]


def forecast_roadmap(
    roadmap: Roadmap, *, today: date, seed: int | None = None, trials: int = TRIALS
) -> RoadmapForecast:
    """The forecast as of ``today``; by default the seed is that of the day, so that it comes out the same all day long.

    Raises Circle where milestones wait for each other.
    """
    ground = ground_of(roadmap, today=today)
    seed = today.toordinal() if seed is None else seed
    outlooks = _outlooks(ground)
    tried = run(ground.network, outlooks, trials=number_of_trials(len(ground.rows), trials), seed=seed)
    times = ground.network.times(today=ground.today)
    by_phase: dict[int, list[int]] = {phase: [] for phase in ground.gates}
    for row in ground.rows.values():
        by_phase[row.phase].append(row.key)
    return RoadmapForecast(
        day=today,
        seed=seed,
        trials=tried.days.shape[1],
        on_record=_on_record(ground),
        gates=[_gate(phase, keys, ground, outlooks, tried, times, seed) for phase, keys in by_phase.items() if keys],
        milestones=[_milestone(key, ground, tried, times[key]) for key in ground.promises],
    )


def _outlooks(ground: Ground) -> dict[int, Floats]:
    records = Records(ground.kept)
    return {key: records.outlook(promise, today=ground.today) for key, promise in ground.promises.items()}


def _on_record(ground: Ground) -> dict[str, int]:
    shares: Counter[str] = Counter()
    for one in ground.kept:
        shares[one.basis.value] += 0 if one.is_open else one.share  # type: ignore[assignment]
    return {basis.value: round(shares[basis.value]) for basis in Basis}


def _milestone(key: int, ground: Ground, tried: Trials, times: Times) -> MilestoneForecast:
    row, days = ground.rows[key], tried.of(key)
    return MilestoneForecast(
        milestone=key,
        basis=ground.promises[key].basis.value,
        due_on=row.due_on,
        span=Span.of(days, ground.days),
        chance=float((days <= ground.days.up_to(row.due_on)).mean()),
        early_start=ground.days.day(times.early_start),
        early_finish=ground.days.day(times.early_finish),
        late_start=ground.days.day(times.late_start),
        late_finish=ground.days.day(times.late_finish),
        total_float=times.total_float,
        free_float=times.free_float,
    )


def _gate(
    phase: int,
    keys: list[int],
    ground: Ground,
    outlooks: Mapping[int, Floats],
    tried: Trials,
    times: Mapping[int, Times],
    seed: int,
) -> GateForecast:
    limit, last = ground.days.up_to(ground.gates[phase]), tried.last_of(keys)
    weights = np.array([float(ground.rows[key].weight) for key in keys])
    in_time = tried.days[[tried.places[key] for key in keys]] <= limit
    done = weights @ in_time / weights.sum() * 100 if weights.sum() else in_time.mean(axis=0) * 100
    low, middle, high = (float(value) for value in np.quantile(done, [0.1, 0.5, 0.9]))
    still_open = [key for key in keys if key in ground.promises]
    behind = [key for key in ground.network.before(still_open) if key in ground.promises]
    return GateForecast(
        phase=phase,
        gate_on=ground.gates[phase],
        open_milestones=len(still_open),
        chance=float((last <= limit).mean()),
        span=Span.of(last, ground.days),
        share_done=round(middle, 1),
        share_done_low=round(low, 1),
        share_done_high=round(high, 1),
        path=ground.network.deciding(keys, times),
        nearly_critical=nearly_critical(times, behind),
        drivers=_drivers(keys, behind, ground, outlooks, tried, last, seed) if still_open else [],
    )


def _drivers(
    keys: list[int],
    behind: list[int],
    ground: Ground,
    outlooks: Mapping[int, Floats],
    tried: Trials,
    last: Ints,
    seed: int,
) -> list[Driver]:
    decided = criticality(tried, keys)
    shares = shares_of_variance(tried, behind, last)
    most = sorted(decided, key=lambda key: (-decided[key], -shares[key], key))[:MOST_DRIVERS]
    gains = _gains(most, keys, ground, outlooks, seed)
    return [Driver(key, decided[key], shares[key], gains[key]) for key in most]


def _gains(
    drivers: Iterable[int], keys: list[int], ground: Ground, outlooks: Mapping[int, Floats], seed: int
) -> dict[int, float]:
    """How many working days sooner all of ``keys`` would be done were one of ``drivers`` done by its due date, or
    tomorrow where that is over."""
    network, found = ground.network, {}
    around = {key: outlook for key, outlook in outlooks.items() if key in network.before(keys)}
    usual = run(network, around, trials=TRIALS_OF_A_GAIN, seed=seed).last_of(keys).mean()
    for key in drivers:
        due = max(ground.days.up_to(ground.rows[key].due_on), ground.today + 1)
        kept = {**around, key: np.minimum(around[key], due)}
        found[key] = float(usual - run(network, kept, trials=TRIALS_OF_A_GAIN, seed=seed).last_of(keys).mean())
    return found
