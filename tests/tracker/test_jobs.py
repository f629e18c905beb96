"""The timetable and how jobs travel: to a real server, and away from none at all without hanging."""

import time
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError

from tracker.celery import app
from tracker.timetable import TIMETABLE


def test_timetable_names_only_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    assert {str(entry["task"]) for entry in TIMETABLE.values()} <= set(app.tasks)


def test_jobs_reach_a_real_server_and_expire(valkey_url: str) -> None:
    broker = valkey_url.replace("unix://", "redis+socket://")
    with app.connection_for_write(broker) as connection:
        app.send_task("roadmap.plan_reminders", connection=connection, expires=55)
        message = connection.default_channel.basic_get("tracker", no_ack=True)
    assert message.headers["task"] == "roadmap.plan_reminders"
    assert message.headers["expires"] is not None


def test_waking_gives_up_within_seconds_when_there_is_no_server(tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        app.connection_for_write(f"redis+socket://{tmp_path / 'nobody'}") as connection,
        pytest.raises(OperationalError),
    ):
        app.send_task("roadmap.plan_reminders", connection=connection)
    assert time.monotonic() - began < 5
