"""Whether this process was asked to end: whoever works in long stretches then begins nothing more.

The word is a byte of memory that processes share which are forked after this module was imported: Celery's main process
is asked, and its children do the work.
"""

import mmap
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOK_SECONDS = 0.5  # how long anybody may take to notice
_WORD = mmap.mmap(-1, 1)


def ask() -> None:
    """Let everybody who works for this process come to an end."""
    _WORD[0] = 1


def is_asked() -> bool:
    """Whether nothing more is to be begun."""
    return _WORD[0] == 1


def rest(seconds: float) -> None:
    """Wait so long, or until asked to end."""
    ends = time.monotonic() + seconds
    while not is_asked() and (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_SECONDS))


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Within it, a first SIGTERM or Ctrl-C asks to end; a second one ends the process at once, as ever."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def heed(_number: int, _frame: FrameType | None) -> None:
        ask()
        restore()

    for number in before:
        signal.signal(number, heed)
    try:
        yield
    finally:
        restore()
