"""What differs in a roadmap between two instants: compared at both ends, told with reason and author."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.baselines import set_baseline
from roadmap.editing.entries import change_entry, remove_entry
from roadmap.editing.evidence import attach_evidence
from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    create_milestone,
    reassign_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import record_progress
from roadmap.editing.verification import verify_completion
from roadmap.models import Milestone, Roadmap
from roadmap.models.history import Actor
from roadmap.progress.differences import PlanDifferences, differences_between, is_newly_overdue, kinds_between
from roadmap.progress.replay import end_of
from roadmap.vocabulary import Door, EvidenceKind, MilestoneStatus, PlanDifference, Role
from tests.factories import (
    make_initiative,
    make_milestone,
    make_office_person,
    make_organisation,
    make_person,
    make_phase,
    make_pillar,
    make_roadmap,
)

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

START = datetime(2026, 11, 16, 1, tzinfo=UTC)
BETWEEN = datetime(2026, 11, 20, 1, tzinfo=UTC)
END = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def office() -> Actor:
    with time_machine.travel(START - timedelta(days=9), tick=False):
        return Actor(make_office_person(), Door.API)


@pytest.fixture
def roadmap() -> Roadmap:
    with time_machine.travel(START - timedelta(days=9), tick=False):
        roadmap = make_roadmap()
        make_phase(roadmap)
        make_initiative(make_pillar(roadmap))
    return roadmap


def a_milestone(roadmap: Roadmap, **fields: object) -> Milestone:
    with time_machine.travel(START - timedelta(days=8), tick=False):
        return make_milestone(roadmap.initiatives.order_by("pk")[0], roadmap.phases.get(), **fields)


def told_after(roadmap: Roadmap, *acts: Callable[[], object]) -> PlanDifferences:
    with time_machine.travel(BETWEEN, tick=True):
        for act in acts:
            act()
    return differences_between(roadmap, start=START, end=END)


def test_every_kind_of_edit_is_told_in_its_own_words(roadmap: Roadmap, office: Actor) -> None:
    frame = {"initiative": roadmap.initiatives.order_by("pk")[0], "phase": roadmap.phases.get()}
    with time_machine.travel(START - timedelta(days=8), tick=False):
        unit, other = make_organisation(), make_initiative(make_pillar(roadmap))
        verifier = Actor(make_person(role=Role.VERIFIER, organisation=unit), Door.ADMIN)
    moved, weighed, paid, given, put, worded, reported, done, dropped, again, gone, same = (
        a_milestone(roadmap, organisation=unit) for _ in range(12)
    )
    with time_machine.travel(START - timedelta(days=2), tick=True):
        cancel_milestone(again, by=office, now=START - timedelta(days=2), reason="no budget")
    by = {"by": office, "now": BETWEEN}
    found = told_after(
        roadmap,
        lambda: create_milestone(
            **by,
            **frame,
            code="new",
            title_zh="新",
            title_en="New",
            planned_start_on=date(2026, 1, 1),
            due_on=date(2030, 1, 1),
        ),
        lambda: reschedule_milestone(moved, **by, due_on=date(2027, 1, 10), reason="supplier late"),
        lambda: change_milestone(weighed, **by, weight=Decimal(3)),
        lambda: change_milestone(paid, **by, budget=Decimal(100), currency="CNY"),
        lambda: reassign_milestone(given, **by, owner=office.person, organisation=unit),
        lambda: change_milestone(put, **by, initiative=other),
        lambda: change_milestone(worded, **by, title_en="Other words"),
        lambda: record_progress(reported, **by, percent_complete=30),
        lambda: complete_milestone(done, **by),
        lambda: attach_evidence(done, **by, kind=EvidenceKind.NOTE, title="Seen", note="Seen."),
        lambda: verify_completion(done, by=verifier, now=BETWEEN),
        lambda: cancel_milestone(dropped, **by, reason="superseded"),
        lambda: reopen_milestone(again, **by, reason="budget found"),
        lambda: remove_entry(gone, by=office, reason="entered twice"),
        lambda: reschedule_milestone(same, **by, due_on=date(2027, 5, 5), reason="oops"),
        lambda: reschedule_milestone(same, **by, due_on=same.due_on, reason="taken back"),
    )
    kind = PlanDifference
    removed = found.of(kind.REMOVED)[0].shown.pk  # the row itself has no key any more
    assert {one.shown.pk: one.kinds for one in found.milestones} == {
        Milestone.objects.get(code="new").pk: (kind.ADDED,),
        moved.pk: (kind.MOVED,),
        weighed.pk: (kind.REWEIGHTED,),
        paid.pk: (kind.BUDGETED,),
        given.pk: (kind.REASSIGNED,),
        put.pk: (kind.REPLACED,),
        worded.pk: (kind.REWORDED,),
        reported.pk: (kind.REPORTED,),
        done.pk: (kind.COMPLETED, kind.CONFIRMED),
        dropped.pk: (kind.CANCELLED,),
        again.pk: (kind.REOPENED,),
        removed: (kind.REMOVED,),
    }
    assert list(found.counts) == list(PlanDifference)
    assert [one.shown.due_on for one in found.milestones] == sorted(one.shown.due_on for one in found.milestones)


def test_difference_tells_both_ends_with_reason_author_and_door(roadmap: Roadmap, office: Actor) -> None:
    milestone = a_milestone(roadmap)
    found = told_after(
        roadmap,
        lambda: reschedule_milestone(milestone, by=office, now=BETWEEN, due_on=date(2027, 1, 5), reason="first"),
        lambda: reschedule_milestone(milestone, by=office, now=BETWEEN, due_on=date(2027, 1, 10), reason="second"),
        lambda: record_progress(milestone, by=office, now=BETWEEN, percent_complete=30),
    )
    [one] = found.milestones
    assert one.was is not None
    assert one.now is not None
    assert (one.was.due_on, one.now.due_on, one.slip_days) == (date(2026, 12, 31), date(2027, 1, 10), 10)
    assert (one.percent_was, one.percent_now) == (None, 30)
    assert one.reason == "second"
    assert [(edit.by, edit.door, edit.reason) for edit in one.edits] == [
        (office.person, Door.API, "first"),
        (office.person, Door.API, "second"),
        (office.person, Door.API, ""),  # progress set it to work
    ]


def test_what_lies_outside_or_in_another_roadmap_is_not_told(roadmap: Roadmap, office: Actor) -> None:
    milestone = a_milestone(roadmap)
    with time_machine.travel(END + timedelta(days=1), tick=True):
        change_milestone(milestone, by=office, now=END, weight=Decimal(5))
    with time_machine.travel(BETWEEN, tick=True):
        make_milestone()
    assert differences_between(roadmap, start=START, end=END) == PlanDifferences(START, END, (), (), ())


def test_gates_and_baselines_are_told_too(roadmap: Roadmap, office: Actor) -> None:
    a_milestone(roadmap)
    phase = roadmap.phases.get()
    found = told_after(
        roadmap,
        lambda: change_entry(phase, by=office, gate_on=date(2027, 6, 30)),
        lambda: set_baseline(roadmap, by=office, now=BETWEEN, name="First"),
    )
    [gate] = found.gates
    assert (gate.was and gate.was.gate_on, gate.now and gate.now.gate_on) == (date(2026, 12, 31), date(2027, 6, 30))
    assert [(one.name, one.approved_by) for one in found.baselines] == [("First", office.person)]


def test_day_ends_where_the_roadmap_is() -> None:
    end = end_of(date(2026, 11, 23), zone="Asia/Shanghai")
    assert end == datetime(2026, 11, 23, 15, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(roadmap: Roadmap, office: Actor, number: int) -> None:
    with time_machine.travel(START - timedelta(days=8), tick=False):
        units = [make_organisation() for _ in range(number)]
    milestones = [a_milestone(roadmap, organisation=unit, owner=office.person) for unit in units]
    with time_machine.travel(BETWEEN, tick=True):
        change_entry(roadmap.phases.get(), by=office, gate_on=date(2027, 6, 30))
        set_baseline(roadmap, by=office, now=BETWEEN, name="First")
        for milestone in milestones:
            change_milestone(milestone, by=office, now=BETWEEN, weight=Decimal(5))
            record_progress(milestone, by=office, now=BETWEEN, percent_complete=30)
    with CaptureQueriesContext(connection) as queries:
        found = differences_between(roadmap, start=START, end=END)
        for one in found.milestones:
            str(
                (one.shown.initiative.pillar, one.shown.phase, one.shown.organisation, one.shown.owner, one.edits[0].by)
            )
    assert (len(found.milestones), len(queries)) == (number, 18)


A = date(2026, 11, 16)
B = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"due_on": date(2026, 11, 18)}, {"due_on": date(2026, 11, 18)}, True),
        ({"due_on": date(2026, 11, 10)}, {"due_on": date(2026, 11, 10)}, False),  # was overdue, and was known to be
        (None, {"due_on": date(2026, 11, 10)}, False),  # was overdue all along; it was entered in between
        (None, {"due_on": date(2026, 11, 18)}, True),
        ({"due_on": date(2026, 12, 31)}, {"due_on": date(2026, 11, 10)}, True),  # moved to before the window
        ({"due_on": date(2026, 11, 18)}, {"due_on": date(2026, 11, 18), "completed_on": date(2026, 11, 22)}, False),
    ],
)
def test_newly_overdue_is_what_became_so_in_between(was, now, expected):
    before, after = (row and Milestone(planned_start_on=date(2026, 1, 1), **row) for row in (was, now))
    assert is_newly_overdue(before, after, first=A, last=B) == expected


def test_what_came_and_was_cancelled_in_between_is_told_once():
    gone = Milestone(status=MilestoneStatus.CANCELLED, cancelled_on=date(2026, 11, 20))
    assert kinds_between(None, gone, was_reported_on=False) == (PlanDifference.CANCELLED,)
    assert kinds_between(None, Milestone(), was_reported_on=False) == (PlanDifference.ADDED,)
