"""Trials against closed forms, within sampling error; one seed, any order; and what is later makes nothing earlier."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.forecast.network import Activity, Link, Network
from roadmap.forecast.outlook import Floats
from roadmap.forecast.trials import Trials, criticality, number_of_trials, run, shares_of_variance

TRIALS = 20_000
UNIFORM: Floats = np.arange(1, 101, dtype=float)  # each of 1 to 100, equally likely


def independent(keys: range, links: list[Link], outlook: Floats = UNIFORM) -> Trials:
    """Trials of activities that may all begin on day 0, drawn independently of each other."""
    network = Network([Activity(key, 0, 0, 999) for key in keys], links)
    return run(network, dict.fromkeys(keys, outlook), trials=TRIALS, seed=7, in_common=0)


def test_a_chain_takes_the_sum_of_its_links() -> None:
    """Of five: five times the mean and the variance, and a day between any two."""
    days = independent(range(5), [Link(key, key + 1) for key in range(4)]).of(4)
    assert days.mean() == pytest.approx(5 * 50.5 + 4, abs=4 * 64.5 / TRIALS**0.5)
    assert days.std() == pytest.approx((5 * (100**2 - 1) / 12) ** 0.5, rel=0.03)


@pytest.mark.parametrize("number", [2, 5, 20])
def test_all_are_done_by_a_day_as_often_as_each_to_the_power_of_their_number(number: int) -> None:
    last = independent(range(number), []).last_of(range(number))
    for day in (50, 80, 95):
        chance = (day / 100) ** number
        error = 4 * (chance * (1 - chance) / TRIALS) ** 0.5
        assert (last <= day).mean() == pytest.approx(chance, abs=error + 0.005)


def test_equals_decide_equally_often_and_share_the_spread() -> None:
    trials = independent(range(4), [])
    decided = criticality(trials, range(4))
    assert list(decided.values()) == pytest.approx([0.25] * 4, abs=0.02)
    shares = shares_of_variance(trials, range(4), trials.last_of(range(4)))
    assert list(shares.values()) == pytest.approx([0.25] * 4, abs=0.03)


def test_what_the_last_one_waited_for_decides_with_it() -> None:
    """1 waits for 0, which always takes long; 2 is done at once."""
    network = Network([Activity(0, 0, 0, 999), Activity(1, 0, 0, 999), Activity(2, 0, 0, 999)], [Link(0, 1)])
    outlooks = {0: np.array([50.0]), 1: UNIFORM, 2: np.array([1.0])}
    trials = run(network, outlooks, trials=1000, seed=1)
    assert criticality(trials, [1, 2]) == {0: 1.0, 1: 1.0}
    assert shares_of_variance(trials, [0, 1], trials.last_of([1, 2])) == {0: 0.0, 1: pytest.approx(1.0)}


def test_one_done_sooner_is_as_in_the_same_trials_with_its_outlook_cut_off() -> None:
    chance = np.random.default_rng(5)
    keys = range(30)
    starts = chance.integers(0, 60, len(keys))
    activities = [Activity(key, int(starts[key]), int(starts[key]) + 10, 999) for key in keys]
    links = [Link(before, after, 1) for after in keys for before in range(max(0, after - 3), after) if after % 2]
    network = Network(activities, links)
    outlooks = {key: np.sort(starts[key] + chance.integers(1, 80, 50)).astype(float) for key in keys}
    usual = run(network, outlooks, trials=300, seed=9)
    among = network.before([25, 27, 29])
    for key in (0, 8, 24, 25):
        day = int(starts[key]) + 12
        cut = {**outlooks, key: np.minimum(outlooks[key], day)}
        expected = run(network, cut, trials=300, seed=9).last_of([25, 27, 29])
        assert (usual.last_with_one_by(key, day, keys=[25, 27, 29], among=among) == expected).all()
        few = usual.first(40).last_with_one_by(key, day, keys=[25, 27, 29], among=among)
        assert (few == expected[:40]).all()


def test_draws_move_together_as_far_as_they_have_in_common() -> None:
    network = Network([Activity(0, 0, 0, 999), Activity(1, 0, 0, 999)], [])
    for in_common in (0.0, 0.5, 1.0):
        trials = run(network, {0: UNIFORM, 1: UNIFORM}, trials=TRIALS, seed=3, in_common=in_common)
        measured = np.corrcoef(trials.of(0), trials.of(1))[0, 1]
        # the correlation of ranks of two normal variables (Pearson, 1907)
        assert measured == pytest.approx(6 / np.pi * np.arcsin(in_common / 2), abs=0.03)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]), unique=True),
    st.integers(0, 7), st.integers(0, 60), st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_same_seed_in_any_order_gives_the_same_and_what_is_later_makes_nothing_earlier(
    pairs: list[tuple[int, int]], later: int, by: int, order: "np.random.Generator"
) -> None:
    activities, links = [Activity(key, key, key + 3, 99) for key in range(8)], [Link(*pair) for pair in pairs]
    outlooks = {key: UNIFORM + key for key in range(8)}
    before = run(Network(activities, links), outlooks, trials=50, seed=5)
    order.shuffle(activities)
    order.shuffle(links)
    again = run(Network(activities, links), outlooks, trials=50, seed=5)
    after = run(Network(activities, links), {**outlooks, later: outlooks[later] + by}, trials=50, seed=5)
    for key in range(8):
        assert (again.of(key) == before.of(key)).all()
        assert (after.of(key) >= before.of(key)).all()


def test_memory_bounds_the_trials() -> None:
    assert [number_of_trials(number, 10_000) for number in (1, 1000, 10_000, 100_000)] == [10_000, 10_000, 2000, 500]
