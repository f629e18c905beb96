"""The suite's own workings: what it silently lacks would show only as time."""

import pytest


@pytest.mark.xdist_group("kept together")
def test_tests_of_a_group_are_known_as_such_to_whoever_spreads_them(request: pytest.FixtureRequest) -> None:
    """By the end of their names: where it is missing, each worker starts the program and loads roadmaps anew."""
    spread_by = request.config.getoption("dist", default="no")
    assert request.node.nodeid.endswith("@kept together") == (spread_by == "loadgroup")
