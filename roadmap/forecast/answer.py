"""The forecast of a roadmap: of each gate and each open milestone when, how surely, and what decides it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from roadmap.forecast.days import WorkDays
from roadmap.forecast.figures import Basis, Driver, GateForecast, MilestoneForecast, RoadmapForecast, Span
from roadmap.forecast.network import Times, nearly_critical
from roadmap.forecast.outlook import Floats, Records
from roadmap.forecast.record import Ground, ground_of
from roadmap.forecast.trials import Ints, Trials, criticality, number_of_trials, run, shares_of_variance
from roadmap.models import Roadmap

TRIALS = 10_000
MOST_DRIVERS = 5
TRIALS_OF_A_GAIN = 2000
LEVELS = (0.5, 0.8, 0.95)
DOTS = 20


def forecast_roadmap(
    roadmap: Roadmap, *, today: date, seed: int | None = None, trials: int = TRIALS
) -> RoadmapForecast:
    """The forecast as of ``today``; by default the seed is that of the day, so that it comes out the same all day long.

    Raises Circle where milestones wait for each other.
    """
    ground = ground_of(roadmap, today=today)
    seed = today.toordinal() if seed is None else seed
    outlooks = _outlooks(ground)
    tried = run(ground.plan.network, outlooks, trials=number_of_trials(len(ground.plan.rows), trials), seed=seed)
    times = ground.plan.network.times(today=ground.plan.today)
    by_phase: dict[int, list[int]] = {phase: [] for phase in ground.plan.gates}
    for row in ground.plan.rows.values():
        by_phase[row.phase].append(row.key)
    return RoadmapForecast(
        day=today,
        seed=seed,
        trials=tried.days.shape[1],
        on_record=_on_record(ground),
        gates=[_gate(phase, keys, ground, tried, times) for phase, keys in by_phase.items() if keys],
        milestones=list(_milestones(ground, tried, times)),
    )


def _outlooks(ground: Ground) -> dict[int, Floats]:
    records = Records(ground.kept)
    return {key: records.outlook(promise, today=ground.plan.today) for key, promise in ground.promises.items()}


def _on_record(ground: Ground) -> dict[str, int]:
    shares: Counter[str] = Counter()
    for one in ground.kept:
        shares[one.basis.value] += 0 if one.is_open else one.share  # type: ignore[assignment]
    return {basis.value: round(shares[basis.value]) for basis in Basis}


def _span(numbers: Floats | Ints, days: WorkDays) -> Span:
    """Of numbers of working days, one a trial."""
    return Span(*_at(numbers, LEVELS, days))


def _at(numbers: Floats | Ints, levels: Sequence[float] | Floats, days: WorkDays) -> list[date]:
    return [days.day(number) for number in np.quantile(numbers, levels, method="higher")]


def _milestones(ground: Ground, tried: Trials, times: Mapping[int, Times]) -> Iterator[MilestoneForecast]:
    days = ground.plan.days
    for keys, rows in tried.some_at_a_time(list(ground.promises)):
        limits = np.array([days.up_to(ground.plan.rows[key].due_on) for key in keys])
        chances = (rows <= limits[:, None]).mean(axis=1)
        levels = np.quantile(rows, LEVELS, axis=1, method="higher").T
        for key, chance, numbers in zip(keys, chances, levels, strict=True):
            own = times[key]
            yield MilestoneForecast(
                milestone=key,
                basis=ground.promises[key].basis.value,
                due_on=ground.plan.rows[key].due_on,
                span=Span(*(days.day(number) for number in numbers)),
                chance=float(chance),
                early_start=days.day(own.early_start),
                early_finish=days.day(own.early_finish),
                late_start=days.day(own.late_start),
                late_finish=days.day(own.late_finish),
                total_float=own.total_float,
                free_float=own.free_float,
            )


def _gate(
    phase: int,
    keys: list[int],
    ground: Ground,
    tried: Trials,
    times: Mapping[int, Times],
) -> GateForecast:
    limit, last = ground.plan.days.up_to(ground.plan.gates[phase]), tried.last_of(keys)
    weights = np.array([float(ground.plan.rows[key].weight) for key in keys])
    in_time = tried.days[[tried.places[key] for key in keys]] <= limit
    done = weights @ in_time / weights.sum() * 100 if weights.sum() else in_time.mean(axis=0) * 100
    low, middle, high = (float(value) for value in np.quantile(done, [0.1, 0.5, 0.9]))
    still_open = [key for key in keys if key in ground.promises]
    behind = [key for key in ground.plan.network.before(still_open) if key in ground.promises]
    return GateForecast(
        phase=phase,
        gate_on=ground.plan.gates[phase],
        open_milestones=len(still_open),
        chance=float((last <= limit).mean()),
        span=_span(last, ground.plan.days),
        share_done=round(middle, 1),
        share_done_low=round(low, 1),
        share_done_high=round(high, 1),
        path=ground.plan.network.deciding(keys, times),
        nearly_critical=nearly_critical(times, behind),
        dots=_at(last, (np.arange(DOTS) + 0.5) / DOTS, ground.plan.days),
        drivers=_drivers(keys, behind, ground, tried, last) if still_open else [],
    )


def _drivers(keys: list[int], behind: list[int], ground: Ground, tried: Trials, last: Ints) -> list[Driver]:
    decided = criticality(tried, keys)
    shares = shares_of_variance(tried, behind, last)
    most = sorted(decided, key=lambda key: (-decided[key], -shares[key], key))[:MOST_DRIVERS]
    gains = _gains(most, keys, ground, tried)
    return [Driver(key, decided[key], shares[key], gains[key]) for key in most]


def _gains(drivers: Iterable[int], keys: list[int], ground: Ground, tried: Trials) -> dict[int, float]:
    """How many working days sooner all of ``keys`` would be done were one of ``drivers`` done by its due date, or
    tomorrow where that is over; in the same trials, but for what that changes."""
    some = tried.first(TRIALS_OF_A_GAIN)
    usual, among, found = some.last_of(keys).mean(), ground.plan.network.before(keys), {}
    for key in drivers:
        due = max(ground.plan.days.up_to(ground.plan.rows[key].due_on), ground.plan.today + 1)
        found[key] = float(usual - some.last_with_one_by(key, due, keys=keys, among=among).mean())
    return found
