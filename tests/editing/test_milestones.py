"""The acts on milestones: what they write, whom they refuse, what they leave in the history."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    create_milestone,
    reassign_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.errors import InvalidChange, NotAllowed, RoadmapError, StaleEdit
from roadmap.models import Milestone
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, MilestoneStatus, Role
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TODAY = date(2026, 11, 23)


@pytest.fixture
def office() -> Actor:
    return Actor(make.make_office_person(), Door.ADMIN)


def new_fields() -> dict[str, object]:
    roadmap = make.make_roadmap()
    return {
        "initiative": make.make_initiative(make.make_pillar(roadmap)),
        "phase": make.make_phase(roadmap),
        "code": "scanner-pilot",
        "title_zh": "试点",
        "title_en": "Pilot",
        "planned_start_on": date(2026, 1, 1),
        "due_on": date(2026, 12, 31),
    }


def last_change(milestone: Milestone) -> tuple[object, ...]:
    row = milestone.history.latest()
    return (row.history_type, row.history_user, row.door, row.history_change_reason)


def test_create_writes_the_milestone_its_deliverables_and_their_history(office):
    milestone = create_milestone(
        by=office,
        now=NOW,
        reason="plan of 2026",
        deliverables=[{"title_zh": "报告", "title_en": "Report"}, {"title_zh": "设备", "title_en": "Device"}],
        **new_fields(),
    )
    assert last_change(milestone) == ("+", office.person, Door.ADMIN, "plan of 2026")
    assert [(one.title_en, one.position) for one in milestone.deliverables.all()] == [("Report", 1), ("Device", 2)]
    assert (milestone.version, milestone.remind_at) == (1, NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_on": date(2025, 12, 31)}, "due_on"),
        ({"title_zh": "", "title_en": ""}, "__all__"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),  # "never" of other programs; the reminders' reckoning would fail
        ({"planned_start_on": date(26, 1, 1)}, "planned_start_on"),
        ({"weight": -1}, "__all__"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"code": "not a slug"}, "code"),
        ({"status": "sleeping"}, "status"),
    ],
)
def test_create_names_the_field_that_is_wrong_and_writes_nothing(office, change, field):
    with pytest.raises(InvalidChange) as caught:
        create_milestone(by=office, now=NOW, **{**new_fields(), **change})
    assert field in caught.value.fields
    assert Milestone.objects.count() == 0


def test_create_says_what_is_wrong_with_the_weight(office):
    with pytest.raises(InvalidChange) as caught:
        create_milestone(by=office, now=NOW, **{**new_fields(), "weight": -1})
    assert caught.value.fields == {"__all__": "权重不能为负数。"}


def test_create_refuses_a_phase_of_another_roadmap(office):
    with pytest.raises(InvalidChange) as caught:
        create_milestone(by=office, now=NOW, **{**new_fields(), "phase": make.make_phase(make.make_roadmap())})
    assert list(caught.value.fields) == ["phase"]


def test_a_wrong_deliverable_takes_the_whole_milestone_back(office):
    with pytest.raises(InvalidChange):
        create_milestone(by=office, now=NOW, deliverables=[{"title_zh": "", "title_en": ""}], **new_fields())
    assert Milestone.objects.count() == 0


def test_reschedule_moves_the_dates_says_why_and_asks_the_planner_to_look(office):
    milestone = make.make_milestone(version=4)
    moved = reschedule_milestone(
        milestone, by=office, now=NOW, due_on=date(2027, 2, 1), reason="supplier late", expected_version=4
    )
    assert (moved.due_on, moved.version, moved.remind_at) == (date(2027, 2, 1), 5, NOW)
    assert last_change(moved) == ("~", office.person, Door.ADMIN, "supplier late")


@pytest.mark.parametrize("act", [reschedule_milestone, reopen_milestone, cancel_milestone])
def test_grave_acts_need_a_reason(office, act):
    milestone = make.make_milestone()
    more = {"due_on": date(2027, 1, 1)} if act is reschedule_milestone else {}
    with pytest.raises(InvalidChange) as caught:
        act(milestone, by=office, now=NOW, reason="  ", **more)
    assert list(caught.value.fields) == ["reason"]


@pytest.mark.both_databases("roadmap.editing.locking")
def test_complete_reopen_and_cancel_keep_status_and_days_together(office):
    milestone = make.make_milestone()
    done = complete_milestone(milestone, by=office, now=NOW)
    assert (done.status, done.completed_on) == (MilestoneStatus.DONE, TODAY)
    with pytest.raises(InvalidChange):
        complete_milestone(done, by=office, now=NOW)
    with pytest.raises(InvalidChange):
        reschedule_milestone(done, by=office, now=NOW, due_on=date(2027, 1, 1), reason="late")
    reopened = reopen_milestone(done, by=office, now=NOW, reason="found wanting")
    assert (reopened.status, reopened.completed_on) == (MilestoneStatus.ACTIVE, None)
    cancelled = cancel_milestone(reopened, by=office, now=NOW, reason="merged into another")
    assert (cancelled.status, cancelled.cancelled_on) == (MilestoneStatus.CANCELLED, TODAY)
    assert [row.history_type for row in milestone.history.all()] == ["~", "~", "~", "+"]


def test_complete_takes_no_day_ahead(office):
    with pytest.raises(InvalidChange) as caught:
        complete_milestone(make.make_milestone(), by=office, now=NOW, completed_on=date(2026, 11, 24))
    assert list(caught.value.fields) == ["completed_on"]


def test_complete_today_is_the_roadmaps_day_not_the_servers(office):
    late_evening = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on the 23rd in Shanghai
    assert complete_milestone(make.make_milestone(), by=office, now=late_evening).completed_on == TODAY


def test_a_stale_edit_is_refused_and_nothing_is_overwritten(office):
    milestone = make.make_milestone(title_en="First", version=1)
    change_milestone(milestone, by=office, now=NOW, expected_version=1, title_en="Second")
    with pytest.raises(StaleEdit) as caught:
        change_milestone(milestone, by=office, now=NOW, expected_version=1, title_en="Third")
    assert caught.value.current_version == 2
    assert Milestone.objects.get().title_en == "Second"


@pytest.mark.parametrize("field", [{"status": "done"}, {"completed_on": TODAY}, {"cancelled_on": TODAY}])
def test_change_refuses_what_has_an_act_of_its_own(office, field):
    with pytest.raises(InvalidChange) as caught:
        change_milestone(make.make_milestone(), by=office, now=NOW, **field)
    assert list(caught.value.fields) == list(field)


def test_change_lets_an_open_milestone_move_between_planned_and_active(office):
    assert change_milestone(make.make_milestone(), by=office, now=NOW, status="active").status == "active"


def test_reassign_changes_owner_and_organisation_together(office):
    person, unit = make.make_person(), make.make_organisation()
    milestone = reassign_milestone(make.make_milestone(), by=office, now=NOW, owner=person, organisation=unit)
    assert (milestone.owner, milestone.organisation) == (person, unit)


def as_lead(organisation):
    return Actor(make.make_person(role=Role.LEAD, organisation=organisation), Door.API)


def test_a_lead_edits_within_the_subtree_only():
    top = make.make_organisation()
    below, beside = make.make_organisation(top), make.make_organisation()
    mine, foreign = make.make_milestone(organisation=below), make.make_milestone(organisation=beside)
    assert change_milestone(mine, by=as_lead(top), now=NOW, title_en="New").title_en == "New"
    with pytest.raises(NotAllowed):
        change_milestone(foreign, by=as_lead(top), now=NOW, title_en="New")
    with pytest.raises(NotAllowed):  # nor can it be pushed out of one's own reach
        change_milestone(mine, by=as_lead(top), now=NOW, organisation=beside)
    with pytest.raises(NotAllowed):
        reassign_milestone(mine, by=as_lead(top), now=NOW, owner=None, organisation=beside)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.VERIFIER, Role.AUDITOR, Role.OBSERVER])
def test_other_roles_do_not_edit(role):
    unit = make.make_organisation()
    actor = Actor(make.make_person(role=role, organisation=unit), Door.API)
    with pytest.raises(NotAllowed):
        complete_milestone(make.make_milestone(organisation=unit), by=actor, now=NOW)


def test_the_system_itself_may(office):
    assert complete_milestone(make.make_milestone(), by=SYSTEM, now=NOW).status == "done"


def test_a_failed_act_inside_a_larger_transaction_leaves_the_rest_usable(office):
    milestone = make.make_milestone()
    with transaction.atomic():
        with pytest.raises(RoadmapError):
            cancel_milestone(milestone, by=office, now=NOW, reason="")
        assert Milestone.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, (None, "")),
        ({"budget": Decimal("1200000.50")}, (Decimal("1200000.50"), "CNY")),
        ({"budget": Decimal(0), "currency": "HKD"}, (Decimal(0), "HKD")),
    ],
)
def test_a_budget_has_its_currency_and_the_usual_one_where_none_is_given(office, given, kept):
    milestone = create_milestone(by=office, now=NOW, **new_fields(), **given)
    assert (milestone.budget, milestone.currency) == kept


@pytest.mark.parametrize(
    ("before", "fields", "wrong"),
    [
        ({}, {"currency": "CNY"}, {"currency"}),
        ({"budget": Decimal(5)}, {"budget": None}, {"currency"}),
        ({"budget": Decimal(5)}, {"budget": Decimal(-1)}, {"budget"}),
        ({}, {"budget": Decimal(5), "currency": "cny"}, {"currency"}),
    ],
)
def test_neither_amount_nor_currency_goes_alone(office, before, fields, wrong):
    milestone = create_milestone(by=office, now=NOW, **new_fields(), **before)
    with pytest.raises(InvalidChange) as refused:
        change_milestone(milestone, by=office, now=NOW, **fields)
    assert set(refused.value.fields) == wrong
    assert change_milestone(milestone, by=office, now=NOW, budget=None, currency="").budget is None
