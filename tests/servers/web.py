"""The web server as it is started in earnest, and requests that leave at the same moment."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx

from tests.servers.waiting import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent


def served(environment: Mapping[str, str], socket_number: int) -> subprocess.Popen[bytes]:
    """The server on the open socket of that number; it ends with its ``with`` block."""

    class Ended(subprocess.Popen[bytes]):
        def __exit__(self, *error: object) -> None:
            self.terminate()
            self.wait(PATIENCE)

    command = [sys.executable, "-m", "gunicorn", "-c", "python:tracker.serving", "tracker.wsgi"]
    return Ended(
        command, env=environment, cwd=ROOT, pass_fds=[socket_number],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def await_answer(address: str) -> None:
    """Returns once the address answers well."""

    def answers() -> bool:
        try:
            return httpx.get(address, timeout=PATIENCE).is_success
        except httpx.TransportError:
            return False

    wait_for(answers)


def at_once(*acts: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers, of requests that leave at the same moment."""
    barrier = Barrier(len(acts))

    def started(act: Callable[[], httpx.Response]) -> httpx.Response:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(started, acts))
