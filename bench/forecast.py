"""How long a forecast takes: trials, criticality, and the critical path, on one core, by numbers of milestones.

Each milestone waits for two earlier ones on average: ``python -m bench.run forecast 1000``.
"""

import random
import resource
import time
from collections.abc import Callable, Sequence

import numpy as np

from roadmap.forecast.network import Activity, Link, Network
from roadmap.forecast.trials import criticality, number_of_trials, run, shares_of_variance

TRIALS, SEED = 10_000, 20261129


def made(milestones: int) -> Network:
    """A network of so many milestones, each of which waits for two of the fifty before it, if there are as many."""
    chance = random.Random(SEED)
    starts = [chance.randrange(0, 700) for _one in range(milestones)]
    activities = [Activity(key, start, start + chance.randrange(5, 120), 900) for key, start in enumerate(starts)]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < 2 * milestones:
        after = chance.randrange(1, milestones)
        pairs.add((chance.randrange(max(0, after - 50), after), after))
    return Network(activities, [Link(before, after, chance.randrange(0, 5)) for before, after in sorted(pairs)])


def _took(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(sizes: Sequence[int]) -> None:
    """Print seconds of processor time for each size, and the greatest memory so far."""
    print("| milestones | dependencies | trials (s) | criticality | variance | network | critical path | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes or (100, 1000):
        _measure_one(size)


def _measure_one(size: int) -> None:
    chance, network = np.random.default_rng(SEED), made(size)
    outlooks = {
        key: np.sort(one.finish + np.rint(chance.lognormal(2.5, 0.8, 512))) for key, one in network.activities.items()
    }
    trials, keys = number_of_trials(size, TRIALS), list(network.order)
    tried = run(network, outlooks, trials=trials, seed=SEED)
    figures = (
        f"{_took(lambda: run(network, outlooks, trials=trials, seed=SEED)):.2f}",
        f"{_took(lambda: criticality(tried, keys)):.2f}",
        f"{_took(lambda: shares_of_variance(tried, keys, tried.last_of(keys))):.2f}",
        f"{_took(lambda: made(size)):.3f}",
        f"{_took(lambda: network.deciding(keys, network.times(today=0))):.3f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB",
    )
    print(f"| {size} | {sum(map(len, network.waits_for.values()))} | {' | '.join(figures)} |")
