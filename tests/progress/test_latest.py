"""The latest changes: the same edits and reports as between two days, newest first, and few whatever was imported."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.baselines import set_baseline
from roadmap.editing.entries import change_entry, remove_entry
from roadmap.editing.milestones import (
    cancel_milestone,
    complete_milestone,
    create_milestone,
    reassign_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import record_progress
from roadmap.models import Milestone, Phase, Roadmap
from roadmap.models.history import Actor
from roadmap.progress.latest import (
    BaselineSet,
    GateMoved,
    LatestChange,
    ManyAtOnce,
    MilestoneChanged,
    latest_changes,
)
from roadmap.vocabulary import Door, PlanDifference
from tests.factories import (
    make_milestone,
    make_office_person,
    make_organisation,
    make_phase,
    make_roadmap,
    make_update,
)

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

FIRST = datetime(2026, 11, 1, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def office() -> Actor:
    with time_machine.travel(FIRST, tick=False):
        return Actor(make_office_person(), Door.API)


@pytest.fixture
def phase() -> Phase:
    with time_machine.travel(FIRST - timedelta(days=90), tick=False):
        return make_phase(make_roadmap())


def on(day: int, act: Callable[[datetime], object]) -> None:
    """Do it at noon of a day of November."""
    instant = FIRST.replace(day=day)
    with time_machine.travel(instant, tick=False):
        act(instant)


def told(roadmap: Roadmap, *, as_of: date = TODAY, most: int = 20) -> list[LatestChange]:
    return latest_changes(roadmap, as_of=as_of, most=most)


def of_milestones(changes: list[LatestChange]) -> list[tuple[int, str, tuple[PlanDifference, ...]]]:
    return [
        (one.day.day, one.difference.shown.code, one.difference.kinds)
        for one in changes
        if isinstance(one, MilestoneChanged)
    ]


def test_edits_and_reports_are_told_newest_first_with_reason_and_author(phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        moved = make_milestone(phase=phase, code="moved")
        done = make_milestone(moved.initiative, phase, code="done")
    on(3, lambda now: reschedule_milestone(moved, by=office, now=now, due_on=date(2027, 1, 10), reason="parts"))
    on(5, lambda now: record_progress(moved, by=office, now=now, percent_complete=20))
    on(9, lambda now: record_progress(moved, by=office, now=now, percent_complete=45, narrative_en="Half."))
    on(12, lambda now: complete_milestone(done, by=office, now=now))
    kind = PlanDifference
    found = told(phase.roadmap)
    assert of_milestones(found)[:4] == [
        (12, "done", (kind.COMPLETED,)),
        (9, "moved", (kind.REPORTED,)),
        (5, "moved", (kind.REPORTED,)),
        (3, "moved", (kind.MOVED,)),
    ]
    _, second, first, shift = (one for one in found[:4] if isinstance(one, MilestoneChanged))
    assert (second.difference.percent_was, second.difference.percent_now) == (Decimal(20), Decimal(45))
    assert first.difference.percent_was is None
    assert second.report
    assert second.report.narrative_en == "Half."
    assert (shift.difference.reason, shift.difference.edits[0].by) == ("parts", office.person)
    assert shift.difference.was
    assert shift.difference.was.due_on == date(2026, 12, 31)


def test_a_day_of_a_milestone_is_one_change_of_its_two_ends(phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        one = make_milestone(phase=phase, code="one")
    on(4, lambda now: reschedule_milestone(one, by=office, now=now, due_on=date(2027, 3, 1), reason="first"))
    on(4, lambda now: reschedule_milestone(one, by=office, now=now, due_on=date(2027, 2, 1), reason="second"))
    on(4, lambda now: record_progress(one, by=office, now=now, percent_complete=10))
    on(6, lambda now: reschedule_milestone(one, by=office, now=now, due_on=date(2027, 5, 1), reason="away"))
    on(6, lambda now: reschedule_milestone(one, by=office, now=now, due_on=date(2027, 2, 1), reason="and back"))
    found = told(phase.roadmap)
    assert of_milestones(found)[0] == (4, "one", (PlanDifference.MOVED, PlanDifference.REPORTED))
    change = found[0]
    assert isinstance(change, MilestoneChanged)
    assert change.difference.slip_days == 32
    assert [edit.reason for edit in change.difference.edits if edit.reason] == ["first", "second"]


def test_gates_and_baselines_are_among_them(phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        make_milestone(phase=phase)
    on(5, lambda now: change_entry(phase, by=office, gate_on=date(2027, 6, 30), reason="law"))
    on(8, lambda now: set_baseline(phase.roadmap, by=office, now=now, name="second", reason="yearly"))
    baseline, gate, *_ = told(phase.roadmap)
    assert isinstance(baseline, BaselineSet)
    assert isinstance(gate, GateMoved)
    assert (baseline.day, baseline.baseline.name, baseline.edit.by) == (date(2026, 11, 8), "second", office.person)
    assert gate.move.was
    assert gate.move.now
    assert gate.edit.reason == "law"
    assert (gate.move.was.gate_on, gate.move.now.gate_on) == (date(2026, 12, 31), date(2027, 6, 30))


def test_a_baseline_that_was_taken_away_is_not_told(phase: Phase, office: Actor) -> None:
    """As that of the sample, once the sample is removed."""
    on(7, lambda now: set_baseline(phase.roadmap, by=office, now=now, name="first", reason="yearly"))
    on(8, lambda now: remove_entry(phase.roadmap.baselines.get(), by=office, reason="a mistake"))
    assert [one for one in told(phase.roadmap) if isinstance(one, BaselineSet)] == []


def test_many_new_or_removed_milestones_are_one_line_each(phase: Phase, office: Actor) -> None:
    first = make_milestone(phase=phase)

    def create(number: int, now: datetime) -> Milestone:
        return create_milestone(
            by=office, now=now, initiative=first.initiative, phase=phase, code=f"new-{number}", title_zh="新",
            title_en="New", planned_start_on=date(2026, 1, 1), due_on=date(2027, 1, 1),
        )  # fmt: skip

    made: list[Milestone] = []
    on(2, lambda now: made.extend(create(number, now) for number in range(50)))  # more than are looked at
    on(7, lambda now: [remove_entry(one, by=office, reason="entered twice") for one in made[:4]])
    on(8, lambda now: create(100, now))
    assert told(phase.roadmap, most=3) == [
        told(phase.roadmap)[0],
        ManyAtOnce(date(2026, 11, 7), PlanDifference.REMOVED, 4),
        ManyAtOnce(date(2026, 11, 2), PlanDifference.ADDED, 50),
    ]
    assert of_milestones(told(phase.roadmap, most=1)) == [(8, "new-100", (PlanDifference.ADDED,))]


def test_a_past_day_knows_nothing_of_what_came_later(phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        one = make_milestone(phase=phase, code="one")
    on(3, lambda now: reschedule_milestone(one, by=office, now=now, due_on=date(2027, 1, 10), reason="parts"))
    on(9, lambda now: cancel_milestone(one, by=office, now=now, reason="superseded"))
    make_update(one, 30, date(2026, 11, 8))
    shown = of_milestones(told(phase.roadmap, as_of=date(2026, 11, 7)))
    assert shown[0] == (3, "one", (PlanDifference.MOVED,))


def test_another_roadmap_has_its_own(phase: Phase, office: Actor) -> None:
    other = make_milestone(code="elsewhere")
    make_update(other, 10, date(2026, 11, 3))
    assert of_milestones(told(phase.roadmap)) == []
    assert of_milestones(told(other.initiative.roadmap))[0][:2] == (3, "elsewhere")


@pytest.mark.parametrize("number", [1, 6, pytest.param(80, marks=pytest.mark.everything)])
def test_reading_them_costs_the_same_queries_however_much_was_changed(number: int, phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        first = make_milestone(phase=phase)
        rows = [first, *(make_milestone(first.initiative, phase) for _ in range(number - 1))]
    for row in rows:
        on(3, lambda now, row=row: reschedule_milestone(row, by=office, now=now, due_on=date(2027, 1, 10), reason="x"))  # type: ignore[misc]
        make_update(row, 10, date(2026, 11, 2))
    with CaptureQueriesContext(connection) as queries:
        assert len(told(phase.roadmap, most=min(8, 2 * number))) == min(8, 2 * number)
    assert len(queries) == 8


def test_names_are_those_that_were_known_then(phase: Phase, office: Actor) -> None:
    with time_machine.travel(FIRST - timedelta(days=60), tick=False):
        one, unit = make_milestone(phase=phase), make_organisation(name_en="Port office")
    on(3, lambda now: reassign_milestone(one, by=office, now=now, owner=office.person, organisation=unit))
    on(5, lambda now: change_entry(unit, by=office, name_en="Harbour office", reason="renamed"))
    for day, name in ((4, "Port office"), (6, "Harbour office")):
        change = told(phase.roadmap, as_of=date(2026, 11, day))[0]
        assert isinstance(change, MilestoneChanged)
        assert change.difference.now
        assert change.difference.now.organisation
        assert change.difference.kinds == (PlanDifference.REASSIGNED,)
        assert change.difference.now.organisation.name_en == name


def test_a_load_is_told_in_one_line(office: Actor) -> None:
    """What belongs to it isn't told besides: its phases, and the baseline that the command set. People's acts are."""

    def load(now: datetime) -> None:
        phase = make_phase(make_roadmap(code="loaded"))
        for _each in range(3):
            make_milestone(phase=phase)
        for name, door in (("loaded", Door.COMMAND), ("agreed", Door.API)):
            set_baseline(phase.roadmap, by=Actor(office.person, door), now=now, name=name, reason="r")

    on(3, load)
    found = told(Roadmap.objects.get(code="loaded"))
    assert [(one.total, one.kind) for one in found if isinstance(one, ManyAtOnce)] == [(3, PlanDifference.ADDED)]
    assert [one.baseline.name for one in found if isinstance(one, BaselineSet)] == ["agreed"]
    assert len(found) == 2
