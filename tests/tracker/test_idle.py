"""What the program asks the database while nothing happens: the ticks of half an hour, with a roadmap in it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap import tasks
from roadmap.chain import seal
from roadmap.outbox import idle, task_runs
from tests.web.rows import fill, make_frame
from tracker.celery import app
from tracker.timetable import TIMETABLE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases("roadmap.chain.seal")]
MINUTES, MINUTES_A_DAY, QUERIES_A_DAY = 30, 24 * 60, 20_000


class Steady:
    """A clock that is moved by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    one = Steady()
    for module in (idle, seal):
        monkeypatch.setattr(module, "steady_seconds", one)
    monkeypatch.setattr(tasks, "ANY_WEBHOOKS", idle.Remembered(idle.are_there_webhooks, seconds=60.0))
    monkeypatch.setattr(tasks, "SELDOM", idle.Seldom(seconds=3600.0))
    monkeypatch.setattr(tasks, "SEALER", seal.RecentSealer())
    monkeypatch.setattr(task_runs, "NOTED", idle.Seldom(seconds=90.0))
    return one


def run(name: str) -> None:
    app.tasks[name].run()
    task_runs.note_done_seldom(name, now=datetime.now(UTC))


def test_idle_day_costs_few_queries(steady: Steady) -> None:
    fill(make_frame(), 6)
    for _each in range(2):  # the second one finds nothing new
        for entry in TIMETABLE.values():
            run(str(entry["task"]))
    steady.now += 24 * 3600
    with CaptureQueriesContext(connection) as asked:
        for second in range(0, MINUTES * 60, 10):
            for entry in TIMETABLE.values():
                if second % float(str(entry["schedule"])) == 0:
                    run(str(entry["task"]))
            steady.now += 10
    assert len(asked) * MINUTES_A_DAY / MINUTES <= QUERIES_A_DAY
