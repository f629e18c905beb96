"""The forecast of a roadmap in the database: what it says, costs, keeps, and how it is judged."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.forecast.answer import forecast_roadmap
from roadmap.forecast.keep import make_forecasts
from roadmap.forecast.kept import latest_forecast
from roadmap.forecast.past import judgement_of
from roadmap.models import Dependency, Forecast, Milestone, Roadmap
from roadmap.vocabulary import MilestoneStatus
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
TODAY = date(2026, 9, 7)
NOW = datetime(2026, 9, 7, 4, 0, tzinfo=UTC)


@pytest.fixture
def roadmap() -> Roadmap:
    """Two milestones, one after the other, and a done one; the gate is on 31 December."""
    initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
    phase = make.make_phase(initiative.roadmap, gate_on=date(2026, 12, 31))
    day = date(2026, 7, 1)
    first, second, done = (
        make.make_milestone(initiative, phase, code=code, planned_start_on=start, due_on=due)
        for code, start, due in (
            ("first", day, date(2026, 10, 30)),
            ("second", date(2026, 11, 2), date(2026, 12, 31)),
            ("done", date(2026, 1, 5), date(2026, 6, 30)),
        )
    )
    complete(done, date(2026, 7, 31))
    Dependency.objects.create(predecessor=first, successor=second)
    return initiative.roadmap


def complete(milestone: Milestone, on: date) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(status=MilestoneStatus.DONE, completed_on=on)


def key(code: str) -> int:
    return Milestone.objects.values_list("pk", flat=True).get(code=code)


def test_what_waits_for_the_gate_is_told_with_what_decides_it(roadmap: Roadmap) -> None:
    made = forecast_roadmap(roadmap, today=TODAY)
    (gate,) = made.gates
    assert (gate.open_milestones, gate.path, made.on_record) == (
        2, [key("first"), key("second")], {"owner": 0, "pace": 0, "plan": 1},
    )  # fmt: skip
    assert 0 < gate.chance < 0.6
    assert gate.gate_on < gate.span.p80 < gate.span.p95
    assert gate.drivers[0].criticality == 1.0
    by_key = {one.milestone: one for one in made.milestones}
    assert by_key[key("second")].span.p50 > by_key[key("first")].span.p50
    assert (by_key[key("first")].total_float, by_key[key("second")].total_float) == (0, 0)
    assert sum(driver.share_of_variance for driver in gate.drivers) == pytest.approx(1)


def test_the_owners_word_comes_before_pace_and_plan(roadmap: Roadmap) -> None:
    bases = {}
    for forecast_on, percent in ((None, 0), (None, 40), (date(2026, 11, 20), 40)):
        make.make_update(Milestone.objects.get(code="first"), percent, TODAY, forecast_on=forecast_on)
        made = {one.milestone: one for one in forecast_roadmap(roadmap, today=TODAY).milestones}[key("first")]
        bases[made.basis] = made.span.p50
    assert list(bases) == ["plan", "pace", "owner"]
    assert bases["owner"] > bases["plan"]


@pytest.mark.parametrize("number", [1, 4])
def test_it_costs_the_same_queries_for_any_number(roadmap: Roadmap, number: int) -> None:
    first = Milestone.objects.get(code="first")
    for place in range(number):
        make.make_update(make.make_milestone(first.initiative, first.phase, code=f"more-{place}"), 5, TODAY)
    with CaptureQueriesContext(connection) as queries:
        forecast_roadmap(roadmap, today=TODAY, trials=10)
    assert len(queries) == 6


def test_one_is_kept_a_day_and_made_anew_when_the_plan_changes(roadmap: Roadmap) -> None:
    assert (make_forecasts(now=NOW), make_forecasts(now=NOW)) == (1, 0)
    assert make_forecasts(now=NOW + timedelta(days=1)) == 1
    assert list(Forecast.objects.values_list("day", flat=True)) == [date(2026, 9, 8), TODAY]
    kept = latest_forecast(roadmap, up_to=TODAY)
    assert kept
    assert kept.day == TODAY
    assert latest_forecast(roadmap, up_to=date(2026, 9, 6)) is None
    assert kept == forecast_roadmap(roadmap, today=TODAY)
    assert kept.gates[0].path == [key("first"), key("second")]


def test_kept_ones_are_judged_by_what_came(roadmap: Roadmap) -> None:
    make_forecasts(now=NOW)
    assert judgement_of(roadmap, up_to=date(2026, 12, 31)).number == 0
    complete(Milestone.objects.get(code="first"), date(2026, 10, 30))
    found = judgement_of(roadmap, up_to=date(2026, 12, 31))
    assert (found.number, found.milestones, found.due_date_missed_by, found.owners_missed_by) == (1, 1, 0, None)
    assert found.by_p80 == 1


def test_where_all_is_done_there_is_nothing_to_forecast(roadmap: Roadmap) -> None:
    Milestone.objects.filter(status=MilestoneStatus.PLANNED).update(
        status=MilestoneStatus.CANCELLED, cancelled_on=TODAY
    )
    assert make_forecasts(now=NOW) == 0
