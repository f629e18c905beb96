"""Beat ticks on whatever the clock is set to, and from its start on: Celery's own service, into a queue in memory."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from celery.beat import Service

from tracker.celery import app
from tracker.timetable import TIMETABLE

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
EACH_MINUTE = sorted(str(entry["task"]) for entry in TIMETABLE.values() if entry["schedule"] in (10.0, 60.0))


class Beat:
    """A beat as the program's settings make it; ``at`` is what its steady clock shows."""

    def __init__(self, mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1000.0
        monkeypatch.setattr("tracker.celery.steady_seconds", lambda: self.at)
        self.app = Celery(set_as_current=False, broker=f"memory://{mark.name}")
        self.app.conf.update({name: app.conf[name] for name in ("beat_schedule", "task_default_queue")})
        self.scheduler = Service(self.app, scheduler_cls=app.conf.beat_scheduler, schedule_filename=str(mark)).scheduler

    def sent(self) -> list[str]:
        """What is due now, sent and taken from the queue."""
        while self.scheduler.tick() == 0:
            pass
        found = []
        with self.app.connection_for_read() as connection:
            while message := connection.default_channel.basic_get("tracker", no_ack=True):
                found.append(message.headers["task"])
        return sorted(found)


@pytest.mark.parametrize("jump", [timedelta(days=-10), timedelta(hours=-1), timedelta(minutes=-5), timedelta(days=10)])
def test_beat_ticks_within_a_minute_of_any_jump_of_the_clock(
    jump: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        beat = Beat(tmp_path / "alive", monkeypatch)
        assert beat.sent() == sorted(str(entry["task"]) for entry in TIMETABLE.values())
        assert beat.sent() == []
        beat.at += 60
        clock.shift(jump)
        assert beat.sent() == EACH_MINUTE


def test_beat_started_again_after_the_clock_went_back_ticks_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        everything = Beat(tmp_path / "alive", monkeypatch).sent()
        clock.shift(timedelta(days=-10))
        assert Beat(tmp_path / "alive", monkeypatch).sent() == everything
