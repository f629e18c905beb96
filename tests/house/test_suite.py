"""The suite's own workings: what it silently lacks would show only as time."""

import pytest


@pytest.mark.xdist_group("kept together")
def test_tests_of_a_group_are_known_as_such_to_whoever_spreads_them(request: pytest.FixtureRequest) -> None:
    """By the end of their names: where it is missing, each worker starts the program and loads roadmaps anew."""
    in_groups = bool(request.config.getoption("loadgroup", default=False))  # what a worker knows of --dist loadgroup
    assert request.node.nodeid.endswith("@kept together") == in_groups
