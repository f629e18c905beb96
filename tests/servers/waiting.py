"""Waiting for what another process, or another thread, brings about; nothing else in the tests sleeps."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
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


@contextmanager
def serving(serve: Callable[[], None], opened: list[socket.socket]) -> Iterator[None]:
    """``serve`` runs in a thread of its own; at the end it is hung up on at the sockets that it ``opened``, whatever it
    waits for. Only then may it fail."""
    over = Event()

    def run() -> None:
        try:
            serve()
        except OSError:
            if not over.is_set():
                raise

    def hung_up() -> bool:
        for one in list(opened):
            with suppress(OSError):  # most are closed
                one.shutdown(socket.SHUT_RDWR)
        return not thread.is_alive()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        wait_for(hung_up)
