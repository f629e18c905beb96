"""Reporting: updates append, and only those who may report do."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from roadmap.editing.evidence import attach_evidence, remove_evidence
from roadmap.editing.progress import record_progress
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Evidence, Milestone
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, MilestoneStatus, Role
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def test_updates_append_and_none_is_overwritten():
    milestone = make.make_milestone()
    for percent in (10, 30, Decimal("40.5")):
        record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=percent)
    kept = milestone.progress_updates.order_by("id")
    assert [(one.percent_complete, one.reported_on, one.door) for one in kept] == [
        (10, TODAY, Door.SYSTEM),
        (30, TODAY, Door.SYSTEM),
        (Decimal("40.5"), TODAY, Door.SYSTEM),
    ]


def test_the_first_progress_sets_a_planned_milestone_to_work():
    milestone = make.make_milestone()
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=0)
    assert Milestone.objects.get().status == MilestoneStatus.PLANNED
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=1)
    assert (Milestone.objects.get().status, Milestone.objects.get().version) == (MilestoneStatus.ACTIVE, 2)


@pytest.mark.parametrize(
    ("report", "field"),
    [
        ({"percent_complete": -1}, "percent_complete"),
        ({"percent_complete": Decimal("100.01")}, "percent_complete"),
        ({"percent_complete": Decimal("NaN")}, "percent_complete"),
        ({"percent_complete": True}, "percent_complete"),
        ({"percent_complete": "50"}, "percent_complete"),
        ({"percent_complete": 5, "reported_on": date(2026, 11, 24)}, "reported_on"),
        ({"percent_complete": 5, "confidence": "blue"}, "confidence"),
    ],
)
def test_a_wrong_report_names_its_field_and_is_not_kept(report, field):
    milestone = make.make_milestone()
    with pytest.raises(InvalidChange) as caught:
        record_progress(milestone, by=SYSTEM, now=NOW, **report)
    assert list(caught.value.fields) == [field]
    assert milestone.progress_updates.count() == 0


def test_a_cancelled_milestone_takes_no_report():
    milestone = make.make_milestone(status=MilestoneStatus.CANCELLED, cancelled_on=TODAY)
    with pytest.raises(InvalidChange) as caught:
        record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=5)
    assert list(caught.value.fields) == ["milestone"]


def test_owner_and_contributors_of_the_subtree_report_others_do_not():
    top = make.make_organisation()
    below, beside = make.make_organisation(top), make.make_organisation()
    owner = make.make_person(role=Role.OBSERVER)
    milestone = make.make_milestone(organisation=below, owner=owner)
    for person in (owner, make.make_person(organisation=top), make.make_person(organisation=below)):
        assert record_progress(milestone, by=Actor(person, Door.API), now=NOW, percent_complete=5).reported_by == person
    outsiders = [
        make.make_person(organisation=beside),
        make.make_person(),
        make.make_person(organisation=top, role=Role.AUDITOR),
        make.make_person(organisation=top, is_active=False),
    ]
    for person in outsiders:
        with pytest.raises(NotAllowed):
            record_progress(milestone, by=Actor(person, Door.API), now=NOW, percent_complete=5)


@pytest.mark.parametrize("kind", ["link", "note", "file"])
def test_evidence_needs_what_its_kind_names(kind):
    with pytest.raises(InvalidChange) as caught:
        attach_evidence(make.make_milestone(), by=SYSTEM, now=NOW, kind=kind, title="Proof")
    assert list(caught.value.fields) == [{"link": "url"}.get(kind, kind)]


def test_evidence_is_attached_and_its_removal_stays_in_the_history():
    milestone = make.make_milestone()
    evidence = attach_evidence(milestone, by=SYSTEM, now=NOW, kind="note", title="Proof", note="Seen on site.")
    remove_evidence(evidence, by=SYSTEM, now=NOW, reason="wrong milestone")
    assert milestone.evidence.count() == 0
    kept = Evidence.history.order_by("history_id")
    assert [(row.history_type, row.history_change_reason) for row in kept] == [("+", ""), ("-", "wrong milestone")]


def test_evidence_belongs_to_an_update_of_the_same_milestone():
    update = record_progress(make.make_milestone(), by=SYSTEM, now=NOW, percent_complete=5)
    with pytest.raises(InvalidChange) as caught:
        attach_evidence(
            make.make_milestone(), by=SYSTEM, now=NOW, kind="note", title="Proof", note="…", progress_update=update
        )
    assert list(caught.value.fields) == ["progress_update"]
