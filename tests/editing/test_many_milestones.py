"""Acts on many milestones at once: the rules of the act for one, all or nothing, in a fixed number of queries."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.many_milestones import Change, ManyRefused, Step, change_many
from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    finish,
    give_up,
    move_dates,
    open_again,
    reassign_milestone,
    reopen_milestone,
    reschedule_milestone,
    set_fields,
)
from roadmap.errors import InvalidChange, NotAllowed, StaleEdit
from roadmap.models import Milestone, OutboxMessage, Webhook, WebhookDelivery
from roadmap.models.history import SYSTEM, Actor, told_fields
from roadmap.vocabulary import Door, HookEvent, MilestoneStatus, Role
from roadmap.workdays import WorkCalendar
from tests import factories as make
from tests.admin.rows import make_message, make_occurrence, make_rule

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
FEW, MANY = 6, 18
CALENDAR = WorkCalendar()


def fill(number: int, **fields: object) -> list[Milestone]:
    unit, owner = make.make_organisation(), make.make_person()
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)
    common = {"organisation": unit, "owner": owner, "planned_start_on": date(2026, 1, 1), "due_on": date(2026, 12, 31)}
    return [make.make_milestone(initiative, phase, **{**common, **fields}) for _each in range(number)]


DONE = {"status": MilestoneStatus.DONE, "completed_on": date(2026, 11, 1)}
Way = tuple[dict[str, object], Step, Callable[[Milestone], object]]
WAYS: dict[str, Way] = {
    "reschedule": (
        {},
        partial(move_dates, due_on=date(2027, 1, 31), planned_start_on=date(2026, 2, 1)),
        lambda one: reschedule_milestone(
            one, due_on=date(2027, 1, 31), planned_start_on=date(2026, 2, 1), by=SYSTEM, now=NOW, reason="why"
        ),
    ),
    "reassign": (
        {},
        lambda one: set_fields(one, {"owner": None, "organisation": None}),
        lambda one: reassign_milestone(one, owner=None, organisation=None, by=SYSTEM, now=NOW, reason="why"),
    ),
    "tag": (
        {},
        lambda one: set_fields(one, {"tags": ["a", "b"]}),
        lambda one: change_milestone(one, tags=["a", "b"], by=SYSTEM, now=NOW, reason="why"),
    ),
    "complete": (
        {},
        lambda one: finish(one, now=NOW, calendar_of=lambda _code: CALENDAR),
        lambda one: complete_milestone(one, by=SYSTEM, now=NOW, reason="why"),
    ),
    "cancel": ({}, partial(give_up, now=NOW), lambda one: cancel_milestone(one, by=SYSTEM, now=NOW, reason="why")),
    "reopen": (DONE, open_again, lambda one: reopen_milestone(one, by=SYSTEM, now=NOW, reason="why")),
}


def as_told(milestone: Milestone) -> dict[str, object]:
    """All but what names it, with its newest record."""
    row = Milestone.objects.get(pk=milestone.pk)
    own = {
        f.attname: getattr(row, f.attname) for f in told_fields(Milestone) if not f.attname.startswith(("code", "ti"))
    }
    record = row.history.latest("history_id")
    kept = (record.history_type, record.history_change_reason, record.door, record.history_user_id, record.due_on)
    return {**own, "version": row.version, "remind_at": row.remind_at, "record": kept, "records": row.history.count()}


@pytest.mark.both_databases("roadmap.editing.many_milestones")
@pytest.mark.parametrize("name", WAYS)
def test_one_among_many_is_left_as_by_the_act_for_one(name: str) -> None:
    fields, step, alone = WAYS[name]
    first, second, third = fill(3, **fields)
    change_many([Change(first, step), Change(second, step)], by=SYSTEM, now=NOW, reason="why")
    alone(third)
    assert as_told(first) == as_told(second) == as_told(third)


@pytest.mark.parametrize("number", [FEW, MANY])
@pytest.mark.parametrize("name", WAYS)
def test_queries_do_not_grow_with_the_milestones(name: str, number: int) -> None:
    fields, step, _alone = WAYS[name]
    rows = fill(number, **fields)
    rule = make_rule(rows[0].initiative.roadmap)
    for row in rows:
        make_occurrence(milestone=row, rule=rule, message=make_message(recipient=row.owner))
    with CaptureQueriesContext(connection) as asked:
        change_many([Change(row, step) for row in rows], by=SYSTEM, now=NOW, reason="why")
    assert len(asked) <= 20


def test_what_stands_against_each_is_told_and_nothing_is_written() -> None:
    mine, others, stale, closed = fill(4)
    Milestone.objects.filter(pk=others.pk).update(organisation=make.make_organisation())
    Milestone.objects.filter(pk=closed.pk).update(**DONE)
    lead = make.make_person(role=Role.LEAD, organisation=mine.organisation)
    step = partial(move_dates, due_on=date(2025, 1, 1))
    changes = [Change(mine, step), Change(others, step), Change(stale, step, version=7), Change(closed, step)]
    with pytest.raises(ManyRefused) as refused:
        change_many(changes, by=Actor(lead, Door.API), now=NOW, reason="why")
    assert {at: type(error) for at, error in refused.value.errors.items()} == {
        0: InvalidChange, 1: NotAllowed, 2: StaleEdit, 3: InvalidChange,
    }  # fmt: skip
    assert [set(fields) for fields in refused.value.items.values()] == [
        {"due_on"},
        {"__all__"},
        {"__all__"},
        {"due_on"},
    ]
    assert set(Milestone.objects.values_list("version", "due_on")) == {(1, date(2026, 12, 31))}


def test_nobody_is_given_to_whose_account_is_closed_nor_out_of_reach() -> None:
    (one,) = fill(1)
    lead = make.make_person(role=Role.LEAD, organisation=one.organisation)
    gone = make.make_person(is_active=False)
    for fields, error in (({"owner": gone}, InvalidChange), ({"organisation": make.make_organisation()}, NotAllowed)):
        with pytest.raises(ManyRefused) as refused:
            change_many([Change(one, lambda row: set_fields(row, fields))], by=Actor(lead, Door.API), now=NOW)  # noqa: B023
        assert [type(found) for found in refused.value.errors.values()] == [error]


def test_rule_that_only_the_database_knows_is_told_too() -> None:
    (one,) = fill(1)
    with pytest.raises(InvalidChange):
        change_many([Change(one, lambda row: set_fields(row, {"weight": -1}))], by=SYSTEM, now=NOW)


def test_waiting_mail_about_them_is_withdrawn_and_listeners_are_told() -> None:
    rows = fill(2)
    rule = make_rule(rows[0].initiative.roadmap)
    for row in rows:
        make_occurrence(milestone=row, rule=rule, message=make_message(recipient=row.owner))
    Webhook.objects.create(
        person=make.make_office_person(), url="https://example.org/", events=" ".join(HookEvent.values)
    )
    changes = [Change(row, partial(finish, now=NOW)) for row in rows]
    change_many(changes, by=SYSTEM, now=NOW, also=HookEvent.MILESTONE_COMPLETED)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert sorted(WebhookDelivery.objects.values_list("event", flat=True)) == sorted(
        2 * [HookEvent.MILESTONE_CHANGED, HookEvent.MILESTONE_COMPLETED]
    )
