"""One child's life: revived with growing pauses, its log kept small."""

import sys
import time
from pathlib import Path

from embedded import children
from embedded.children import Child
from tests.servers.waiting import PATIENCE, wait_for


def test_child_that_keeps_dying_waits_longer_each_time(tmp_path: Path) -> None:
    child = Child("short", [sys.executable, "-c", "raise SystemExit(3)"], {}, tmp_path / "short.log")
    now, pauses = 0.0, []
    for _ in range(3):
        child.start()
        assert child.process is not None
        child.process.wait(PATIENCE)
        child.started_at = now
        assert child.revive(now).startswith("short ended (3); starting it again in ")
        pauses.append(child.pause)
        assert child.revive(now) == ""
        now = child.due_at
    assert pauses == [1.0, 2.0, 4.0]


def test_child_that_lived_long_is_started_again_soon(tmp_path: Path) -> None:
    child = Child("long", [sys.executable, "-c", ""], {}, tmp_path / "long.log", pause=30.0)
    child.start()
    assert child.process is not None
    child.process.wait(PATIENCE)
    child.revive(child.started_at + children.STEADY_AFTER + 1)
    assert child.pause == children.FIRST_PAUSE


def test_child_that_will_not_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    child = Child("deaf", [sys.executable, "-c", deaf], {}, tmp_path / "deaf.log")
    child.start()
    assert child.process is not None
    wait_for(lambda: "up" in (tmp_path / "deaf.log").read_text())
    child.ask_to_end()
    child.await_end(until=time.monotonic() + 0.2)
    assert child.process.returncode == -9


def test_child_log_is_kept_small(tmp_path: Path) -> None:
    child = Child("loud", [], {}, tmp_path / "loud.log")
    child.log.write_bytes(b"x" * (children.LARGEST_LOG + 1))
    child.trim_log()
    assert (child.log.stat().st_size, child.log.with_suffix(".log.1").stat().st_size) == (0, children.LARGEST_LOG + 1)
