"""Killed, the supervisor takes everything with it, and starts again on the same data."""

import sys

import pytest

from tests.embedded.test_supervisor import CHILDREN, words_of
from tests.servers.program import Program, processes_of, start
from tests.servers.waiting import PATIENCE, wait_for

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("program"),  # whose other tests come before this one, which ends it
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]


@pytest.mark.everything
def test_supervisor_killed_leaves_no_orphan_and_starts_again(program: Program) -> None:
    for child in CHILDREN:
        program.child(words_of(child))
    program.process.kill()
    program.process.wait(PATIENCE)
    wait_for(lambda: not program.descendants())
    again = start(program.data_dir)
    again.await_greeting()
    assert again.end() == 0
    assert processes_of(program.data_dir) == {}
