"""Waiting for what another process, or another thread, brings about; nothing else in the tests sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 300.0  # of a busy machine; whoever needs it all has failed
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], within: float = PATIENCE) -> Found:
    """What ``look`` gives once that is true; fails after ``within`` seconds."""
    ends = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.02)
    return found
