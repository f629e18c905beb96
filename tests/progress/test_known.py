"""What was known of a roadmap at a past instant: not what was told later, not even about an earlier day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.baselines import set_baseline
from roadmap.editing.deliverables import change_deliverable
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.models import Baseline, Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.models.history import SYSTEM
from roadmap.progress.facts import MilestoneLine
from roadmap.progress.known import lines_known_at
from tests.factories import (
    make_deliverable,
    make_initiative,
    make_milestone,
    make_organisation,
    make_phase,
    make_pillar,
    make_roadmap,
    make_update,
)
from tests.progress.by_rule import roadmap_progress

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
THEN = NOW - 7 * DAY
THAT_DAY, TODAY = date(2026, 11, 16), date(2026, 11, 23)


@pytest.fixture
def roadmap() -> Roadmap:
    return make_roadmap()


def entered_before(*rows: Milestone | Deliverable | Baseline) -> None:
    for row in rows:
        row.history.update(history_date=THEN - 30 * DAY)


def changed_since(row: Milestone | Deliverable) -> None:
    row.history.filter(history_date__gt=THEN).update(history_date=NOW - DAY)


def a_milestone(roadmap: Roadmap, **fields: object) -> Milestone:
    pillar = roadmap.pillars.first() or make_pillar(roadmap)
    initiative = roadmap.initiatives.first() or make_initiative(pillar)
    milestone = make_milestone(initiative, roadmap.phases.first() or make_phase(roadmap), **fields)
    entered_before(milestone)
    return milestone


def report(milestone: Milestone, percent: int, on: date, *, recorded_at: datetime) -> None:
    made = make_update(milestone, percent, on)
    ProgressUpdate.objects.filter(pk=made.pk).update(recorded_at=recorded_at)


def known(roadmap: Roadmap) -> dict[int, MilestoneLine]:
    present = roadmap_progress(roadmap, as_of=TODAY).lines
    return lines_known_at(roadmap, instant=THEN, today=THAT_DAY, present=present)


def test_what_did_not_change_is_as_it_was_on_that_day(roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap, due_on=date(2026, 11, 20))
    report(milestone, 40, date(2026, 11, 1), recorded_at=THEN - DAY)
    line = known(roadmap)[milestone.pk]
    assert line == roadmap_progress(roadmap, as_of=THAT_DAY).lines[0]
    assert (line.figures.is_late, line.figures.days_left) == (False, 4)


def test_report_taken_in_later_was_not_known_even_if_it_speaks_of_an_earlier_day(roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap)
    report(milestone, 20, date(2026, 10, 1), recorded_at=THEN - DAY)
    report(milestone, 70, date(2026, 11, 10), recorded_at=THEN + DAY)
    silent = a_milestone(roadmap)
    report(silent, 10, date(2026, 11, 12), recorded_at=THEN + DAY)
    lines = known(roadmap)
    assert [lines[one.pk].figures.earned_percent for one in (milestone, silent)] == [20, 0]
    assert lines[silent.pk].latest_update is None


def test_dates_and_states_are_those_of_then_with_their_frame_at_hand(roadmap: Roadmap) -> None:
    unit = make_organisation()
    moved = a_milestone(roadmap, due_on=date(2026, 11, 10), organisation=unit)
    done = a_milestone(roadmap, due_on=date(2026, 11, 30))
    reschedule_milestone(moved, by=SYSTEM, now=NOW, due_on=date(2027, 6, 1), reason="later")
    complete_milestone(done, by=SYSTEM, now=NOW, completed_on=date(2026, 11, 10))
    for milestone in (moved, done):
        changed_since(milestone)
    lines = known(roadmap)
    assert (lines[moved.pk].milestone.due_on, lines[moved.pk].figures.is_late) == (date(2026, 11, 10), True)
    assert (lines[done.pk].figures.is_done, lines[done.pk].figures.is_open) == (False, True)
    with CaptureQueriesContext(connection) as queries:
        assert lines[moved.pk].milestone.initiative.pillar == roadmap.pillars.first()
        assert lines[moved.pk].milestone.organisation == unit
    assert len(queries) == 1  # the pillar of this test itself


def test_milestone_entered_later_was_not_there(roadmap: Roadmap) -> None:
    old, new = a_milestone(roadmap), a_milestone(roadmap)
    new.history.update(history_date=NOW - DAY)
    assert set(known(roadmap)) == {old.pk}


def test_deliverables_are_as_they_were_ticked_then(roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap)
    items = [make_deliverable(milestone, done_on=day) for day in (date(2026, 11, 1), None)]
    entered_before(*items)
    change_deliverable(items[1], by=SYSTEM, now=NOW, done_on=date(2026, 11, 15))
    changed_since(items[1])
    added = make_deliverable(milestone, weight=8)
    added.history.update(history_date=NOW - DAY)
    assert known(roadmap)[milestone.pk].figures.earned_percent == 50


def test_baseline_entered_later_was_not_in_force(roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap, planned_start_on=date(2026, 11, 7), due_on=date(2026, 11, 26))
    entered_before(set_baseline(roadmap, by=SYSTEM, now=THEN, name="First", approved_on=date(2026, 11, 1)))
    reschedule_milestone(milestone, by=SYSTEM, now=NOW, due_on=date(2027, 6, 1), reason="later")
    second = set_baseline(roadmap, by=SYSTEM, now=NOW, name="Second", approved_on=date(2026, 11, 2), reason="moved")
    second.history.update(history_date=NOW - DAY)
    changed_since(milestone)
    assert known(roadmap)[milestone.pk].figures.planned_percent == 50


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(roadmap: Roadmap, number: int) -> None:
    for _ in range(number):
        milestone = a_milestone(roadmap)
        item = make_deliverable(milestone)
        entered_before(item)
        change_deliverable(item, by=SYSTEM, now=NOW, done_on=date(2026, 11, 15))
        complete_milestone(milestone, by=SYSTEM, now=NOW)
        report(milestone, 10, date(2026, 11, 12), recorded_at=THEN + DAY)
        changed_since(item)
        changed_since(milestone)
    present = roadmap_progress(roadmap, as_of=TODAY).lines
    with CaptureQueriesContext(connection) as queries:
        lines_known_at(roadmap, instant=THEN, today=THAT_DAY, present=present)
    assert len(queries) == 10
