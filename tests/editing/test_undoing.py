"""Undoing one's own last change of a milestone: what comes back, what is kept, and when it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    reassign_milestone,
    reschedule_milestone,
)
from roadmap.editing.progress import record_progress
from roadmap.editing.undoing import undo_last_change, undoable_by
from roadmap.editing.verification import verify_completion
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, Person
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, Role
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # histories are dated by the clock
FIELDS = ("title_en", "due_on", "status", "completed_on", "cancelled_on", "verify_by", "owner_id", "tags", "weight")

Act = Callable[[Milestone, dict[str, Any]], object]
ACTS: dict[str, Act] = {
    "change": lambda one, common: change_milestone(one, title_en="Other", weight=3, tags=["port"], **common),
    "reschedule": lambda one, common: reschedule_milestone(one, due_on=date(2040, 1, 1), **common),
    "reassign": lambda one, common: reassign_milestone(one, owner=None, organisation=one.organisation, **common),
    "complete": lambda one, common: complete_milestone(one, **common),
    "cancel": lambda one, common: cancel_milestone(one, **common),
}


@pytest.fixture
def lead(db: None) -> Person:
    return make.make_person(role=Role.LEAD, organisation=make.make_organisation(), is_staff=True)


@pytest.fixture
def milestone(lead: Person) -> Milestone:
    """With a change by somebody else in its record."""
    made = make.make_milestone(organisation=lead.organisation, owner=make.make_person())
    return change_milestone(made, by=SYSTEM, now=NOW, title_en="Pilot")


def state(milestone: Milestone) -> list[Any]:
    milestone.refresh_from_db()
    return [getattr(milestone, name) for name in FIELDS]


def acted(code: str, milestone: Milestone, person: Person) -> int:
    """The act is done; the id of its record."""
    ACTS[code](milestone, {"by": Actor(person, Door.ADMIN), "now": NOW, "reason": "why"})
    return int(milestone.history.first().history_id)


@pytest.mark.parametrize("code", ACTS)
def test_what_an_act_changed_comes_back_as_a_new_change_of_the_record(
    code: str, milestone: Milestone, lead: Person
) -> None:
    before = state(milestone)
    record = acted(code, milestone, lead)
    assert state(milestone) != before
    undo_last_change(milestone, by=Actor(lead, Door.ADMIN), now=NOW, record=record)
    assert (state(milestone), milestone.version) == (before, 4)
    newest = milestone.history.first()
    assert (newest.history_user, newest.history_change_reason, milestone.history.count()) == (lead, "@undone", 4)


def test_what_is_no_longer_the_last_or_not_ones_own_is_refused(milestone: Milestone, lead: Person) -> None:
    """A report that came since doesn't matter."""
    other = make.make_office_person()
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)  # it is in work from now on
    record = acted("reschedule", milestone, lead)
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=20)
    assert undoable_by(lead, milestone, now=NOW) is not None
    assert undoable_by(other, milestone, now=NOW) is None
    assert undoable_by(lead, milestone, now=NOW + timedelta(days=1, hours=1)) is None
    with pytest.raises(InvalidChange):
        undo_last_change(milestone, by=Actor(lead, Door.ADMIN), now=NOW, record=record - 1)
    change_milestone(milestone, by=Actor(other, Door.API), now=NOW, weight=9)
    with pytest.raises(InvalidChange):
        undo_last_change(milestone, by=Actor(lead, Door.ADMIN), now=NOW, record=record)
    with pytest.raises(NotAllowed):
        undo_last_change(milestone, by=Actor(make.make_person(), Door.ADMIN), now=NOW, record=record)
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.weight) == (date(2040, 1, 1), 9)


def test_neither_a_creation_nor_a_verification_is_undone(milestone: Milestone, lead: Person) -> None:
    office = make.make_office_person()
    make.make_evidence(milestone)
    complete_milestone(milestone, by=Actor(lead, Door.ADMIN), now=NOW)
    verify_completion(milestone, by=Actor(office, Door.ADMIN), now=NOW)
    milestone.refresh_from_db()
    assert undoable_by(office, milestone, now=NOW) is None
    assert undoable_by(lead, milestone, now=NOW) is None


def test_it_is_offered_shown_and_done_in_the_administration(milestone: Milestone, lead: Person) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(lead)
    form, undo = (
        reverse("admin:roadmap_milestone_change", args=[milestone.pk]),
        f"/admin/roadmap/milestone/{milestone.pk}/undo/",
    )
    button = reverse("admin:roadmap_milestone_undo", args=[milestone.pk])
    assert button not in client.get(form).content.decode()
    before = state(milestone)
    record = acted("change", milestone, lead)
    assert button in client.get(form).content.decode()
    shown = client.get(undo)
    assert shown.context["consequences"] == [
        "title (English): Other → Pilot",
        "weight: 3 → 1",
        "tags: port → –",
    ]
    assert f'name="record" value="{record}"' in shown.content.decode()
    assert client.post(undo, {"record": record}).url == form
    assert state(milestone) == before
    again = client.post(undo, {"record": record})
    assert "It can&#x27;t be undone" in again.content.decode()
    assert state(milestone) == before
