"""A worker is asked to end while a slow mail server has its mails: no more is begun, none is lost or told twice."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.journeys.test_mail_once import NOT_SENT, side_by_side
from tests.servers.databases import asked
from tests.servers.smtp import Sink
from tests.servers.waiting import PATIENCE, wait_for
from tracker.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent
GRACE_SECONDS = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]["stop_grace_period"]
STATES = "SELECT state, count(*) FROM roadmap_outboxmessage GROUP BY state"
CLAIMED = "SELECT count(*) FROM roadmap_outboxmessage WHERE leased_until IS NOT NULL"
CELERY = ("-m", "celery", "-A", "tracker.celery", "worker", "--concurrency=2", "--without-gossip", "--without-mingle")
DISPATCH = ("manage.py", "dispatch")

pytestmark = [pytest.mark.journey, pytest.mark.on_postgresql]


@pytest.mark.parametrize(
    ("command", "how"),
    [
        (CELERY, signal.SIGTERM),
        (DISPATCH, signal.SIGTERM),
        pytest.param((*CELERY, "--pool=threads"), signal.SIGTERM, marks=pytest.mark.everything),
        pytest.param(DISPATCH, signal.SIGINT, marks=pytest.mark.everything),
    ],
    ids=["worker", "dispatcher", "worker of threads", "dispatcher by Ctrl-C"],
)
def test_asked_to_end_while_sending(
    loaded: dict[str, str], smtp_sink: Sink, command: tuple[str, ...], how: signal.Signals
) -> None:
    side_by_side(loaded, ("plan",))
    waiting = asked(loaded["DATABASE_URL"], NOT_SENT)
    smtp_sink.seconds_a_mail = 4
    environment = {**loaded, "MAIL_CONNECTIONS": "1", "STOP_SECONDS": "20"}
    process = subprocess.Popen([sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        if command != DISPATCH:
            with app.connection_for_write(loaded["REDIS_URL"].replace("unix://", "redis+socket://")) as connection:
                app.send_task("roadmap.sweep", connection=connection)
        wait_for(lambda: len(smtp_sink.held) == 2)
        asked_at = time.monotonic()
        process.send_signal(how)
        assert process.wait(PATIENCE) == 0
        took = time.monotonic() - asked_at
    finally:
        process.kill()
    assert took < float(GRACE_SECONDS.removesuffix("s"))
    assert len(smtp_sink.raw) == len(smtp_sink.held) == 2  # none was begun, none cut off
    assert dict(asked(loaded["DATABASE_URL"], STATES)) == {"sent": 2, "pending": len(waiting) - 2}
    assert asked(loaded["DATABASE_URL"], CLAIMED) == [(0,)]
    smtp_sink.seconds_a_mail = 0
    side_by_side(loaded, ("dispatch", "--once"))
    assert len({mail["Message-ID"] for mail in smtp_sink.messages}) == len(smtp_sink.raw) == len(waiting)
