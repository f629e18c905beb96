"""The command and the task: what they say, that they cost nothing while nothing changes, and double nothing."""

import subprocess
import sys
from datetime import date
from io import StringIO
from itertools import count

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.models import Forecast, Milestone, Roadmap
from roadmap.tasks import forecast
from roadmap.vocabulary import MilestoneStatus
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = "2026-09-07T04:00:00Z"


@pytest.fixture
def milestone() -> Milestone:
    """The only one of a roadmap, overdue since July; its gate is on 31 December."""
    initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
    phase = make.make_phase(initiative.roadmap, gate_on=date(2026, 12, 31))
    start, due = date(2026, 3, 2), date(2026, 7, 31)
    return make.make_milestone(initiative, phase, code="only", planned_start_on=start, due_on=due)


def said(*arguments: str, language: str, monkeypatch: pytest.MonkeyPatch, now: str = NOW) -> list[str]:
    monkeypatch.setenv("LC_ALL", language)
    told = StringIO()
    with time_machine.travel(now, tick=False):
        call_command("forecast", *arguments, stdout=told)
    return told.getvalue().splitlines()


@pytest.mark.parametrize(
    ("language", "first", "verdict", "history"),
    [
        ("en_GB.UTF-8", "Forecast of 7 September 2026", " to be complete by 31 December 2026; P80 = ", "Only 0 "),
        ("zh_CN.UTF-8", "2026年9月7日的预测", "2026年12月31日", "0"),
    ],
)
def test_the_command_says_it_in_both_languages(
    milestone: Milestone, language: str, first: str, verdict: str, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _title, made, gate, rests = said(language=language, monkeypatch=monkeypatch)
    assert made.startswith(first)
    assert verdict in gate
    assert f"“{milestone.title_en if language.startswith('en') else milestone.title_zh}”" in gate
    assert history in rests
    assert Forecast.objects.count() == 1


def test_the_command_judges_and_knows_its_roadmaps(milestone: Milestone, monkeypatch: pytest.MonkeyPatch) -> None:
    said(language="C", monkeypatch=monkeypatch)
    only = ["--judge", "--roadmap", milestone.initiative.roadmap.code]
    assert said(*only, language="C", monkeypatch=monkeypatch)[1:] == [
        "No milestone that was forecast has been done since: nothing can be said of past forecasts yet."
    ]
    Milestone.objects.update(status=MilestoneStatus.DONE, completed_on=date(2026, 10, 9))
    _title, number, by, brier, off, few = said(*only, language="C", monkeypatch=monkeypatch, now="2026-11-01T04:00:00Z")
    assert number == "Forecasts that can be judged: 1; milestones done since: 1"
    assert by.startswith("done by P50: ")
    assert brier == "Brier score of the chances: 0.00 (0 is perfect, tossing a coin gives 0.25)"
    assert off.endswith("the due dates were off by 32.0")
    assert few == "These are too few to say how far forecasts can be trusted."
    with pytest.raises(CommandError, match="“nowhere”"):
        said("--roadmap", "nowhere", language="C", monkeypatch=monkeypatch)


def test_the_task_asks_little_while_nothing_changes(milestone: Milestone) -> None:
    with time_machine.travel(NOW, tick=False):
        forecast()
        with CaptureQueriesContext(connection) as queries:
            forecast()
    assert len(queries) == 3
    assert Forecast.objects.count() == 1


def test_two_at_once_keep_one(milestone: Milestone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one writes while the first is still at its trials."""
    from roadmap.forecast import answer

    true, turns = answer.forecast_roadmap, count()

    def slow(roadmap: Roadmap, *, today: date) -> object:
        made = true(roadmap, today=today)
        if not next(turns):
            forecast()
        return made

    monkeypatch.setattr(answer, "forecast_roadmap", slow)
    with time_machine.travel(NOW, tick=False):
        forecast()
    assert (next(turns), Forecast.objects.count()) == (2, 1)


def test_who_forecasts_nothing_does_without_the_big_libraries() -> None:
    """They take a second and 20 MB of each process."""
    loads = "import roadmap.tasks, roadmap.forecast.words, roadmap.forecast.past, sys; sys.exit('numpy' in sys.modules)"
    begins = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tests.settings'); django.setup(); "
    assert subprocess.run([sys.executable, "-c", begins + loads], check=False).returncode == 0
