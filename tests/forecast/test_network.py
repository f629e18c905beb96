"""The network against a published example, against longest paths of a library, and in its circles and floats."""

import random

import networkx  # type: ignore[import-untyped]
import pytest

from roadmap.forecast.network import Activity, Circle, Link, Network, nearly_critical

# F. S. Hillier, G. J. Lieberman, Introduction to Operations Research: Reliable Construction Co., durations in weeks
NAMES = "ABCDEFGHIJKLMN"
DURATIONS = dict(zip(NAMES, [2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6], strict=True))
BEFORE = dict(zip(NAMES, ["", "A", "B", "C", "C", "E", "D", "EG", "C", "FI", "J", "J", "H", "KL"], strict=True))
SLACK = dict(zip(NAMES, [0, 0, 0, 4, 0, 0, 4, 4, 2, 0, 1, 0, 4, 0], strict=True))


def network_of(durations: dict[int, int], pairs: list[tuple[int, int]], limit: int) -> Network:
    """Activities that take so many days and may all begin on day 0."""
    activities = [Activity(key, 0, days - 1, limit) for key, days in durations.items()]
    return Network(activities, [Link(before, after) for before, after in pairs])


def test_a_published_example_comes_out_as_published() -> None:
    pairs = [(ord(before), ord(after)) for after, several in BEFORE.items() for before in several]
    network = network_of({ord(name): days for name, days in DURATIONS.items()}, pairs, limit=43)
    times = network.times(today=0)
    assert {chr(key): one.total_float for key, one in times.items()} == SLACK
    path = network.deciding(times, times)
    assert "".join(map(chr, path)) == "ABCEFJLN"
    assert times[ord("N")].early_finish + 1 == 44
    assert "".join(map(chr, sorted(nearly_critical(times, times)))) == NAMES


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_path_is_that_of_a_library(seed: int) -> None:
    chance = random.Random(seed)
    durations = {key: chance.randint(1, 30) for key in range(40)}
    pairs = [(a, b) for a in range(40) for b in range(a + 1, 40) if chance.random() < 0.08]
    times = network_of(durations, pairs, limit=10_000).times(today=0)
    graph = networkx.DiGraph()
    graph.add_nodes_from([(key, end) for key in durations for end in (0, 1)])
    graph.add_weighted_edges_from([((key, 0), (key, 1), days) for key, days in durations.items()])
    graph.add_weighted_edges_from([((before, 1), (after, 0), 0) for before, after in pairs])
    assert max(one.early_finish for one in times.values()) + 1 == networkx.dag_longest_path_length(graph)


def test_a_lag_is_kept_on_both_ways_and_a_planned_start_is_begun_no_earlier() -> None:
    network = Network(
        [Activity(1, 0, 4, 99), Activity(2, 20, 24, 30), Activity(3, 0, 1, 99)], [Link(1, 2, 3), Link(2, 3)]
    )
    times = network.times(today=0)
    assert (times[2].early_start, times[2].early_finish, times[2].late_start) == (20, 24, 26)
    assert (times[1].late_finish, times[1].total_float, times[1].free_float) == (22, 18, 12)
    assert (times[3].early_start, times[2].free_float) == (25, 0)


def test_what_is_overdue_is_done_today_at_the_earliest_and_what_is_done_holds_up_nobody() -> None:
    network = Network([Activity(1, 0, 4, 9, is_done=True), Activity(2, 5, 8, 9)], [Link(1, 2)])
    times = network.times(today=12)
    assert (times[2].early_finish, times[2].total_float) == (12, -3)
    assert network.deciding([1, 2], times) == [2]
    assert network.deciding([1], times) == []
    assert network.before([2]) == {1, 2}


def test_a_circle_is_named_and_links_to_what_is_not_there_are_left_out() -> None:
    activities = [Activity(key, 0, 0, 9) for key in (1, 2, 3)]
    with pytest.raises(Circle) as told:
        Network(activities, [Link(1, 2), Link(2, 3), Link(3, 1)])
    assert sorted(told.value.milestones[:-1]) == [1, 2, 3]
    assert told.value.milestones[0] == told.value.milestones[-1]
    assert Network(activities, [Link(1, 9)]).waits_for == {1: [], 2: [], 3: []}
