"""Acts on reminder rules: what they accept, what they leave in the history, and that the planner looks anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.models.history import SYSTEM, Actor
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.rules import change_rule, create_rule, remove_rule
from roadmap.vocabulary import Door, MessageState
from tests.factories import make_milestone, make_office_person, make_person, make_phase
from tests.reminders.conftest import BEFORE, T90, Scene

pytestmark = pytest.mark.on_postgresql

NAMES = {"name_zh": "规则", "name_en": "Rule"}


def test_new_rule_is_looked_at_at_once(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    elsewhere = make_milestone(remind_at=None)
    rule = create_rule(
        by=SYSTEM, now=T90, reason="More notice", roadmap=scene.roadmap, code="long", offsets=[1, 91], **NAMES
    )
    assert rule.offsets == [91, 1]
    assert Milestone.objects.get(pk=scene.milestone.pk).remind_at == T90
    assert Milestone.objects.get(pk=elsewhere.pk).remind_at is None
    plan_due_reminders(now=T90)
    assert sorted(ReminderOccurrence.objects.values_list("rule__code", "occurrence")) == [
        ("first", "due=2026-12-31/T-90"),
        ("long", "due=2026-12-31/T-91"),
    ]
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"offsets": [1, 1]}, {"offsets"}),
        ({"offsets": [366]}, {"offsets"}),
        ({"offsets": [-1]}, {"offsets"}),
        ({"offsets": ["7"]}, {"offsets"}),
        ({"offsets": [True]}, {"offsets"}),
        ({"offsets": "7"}, {"offsets"}),
        ({"offsets": list(range(21))}, {"offsets"}),
        ({"offsets": [], "repeat_every_days": None}, {"offsets"}),
        ({"repeat_every_days": 0}, {"repeat_every_days"}),
        ({"audiences": ["everybody"]}, {"audiences"}),
        ({"name_zh": ""}, {"name_zh"}),
        ({"colour": "red"}, {"colour"}),
    ],
)
def test_rules_refuse_what_they_cannot_follow(scene: Scene, fields: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(InvalidChange) as refusal:
        create_rule(by=SYSTEM, now=BEFORE, **{"roadmap": scene.roadmap, "code": "new", **NAMES, **fields})
    assert set(refusal.value.fields) == wrong
    with pytest.raises(InvalidChange):
        change_rule(scene.rule, by=SYSTEM, now=BEFORE, **fields)
    assert ReminderRule.objects.get().offsets == [90, 30, 14, 7, 1, 0]


def test_rules_refuse_a_scope_of_another_roadmap(scene: Scene) -> None:
    foreign = make_phase(make_milestone().initiative.roadmap)
    with pytest.raises(InvalidChange) as refusal:
        change_rule(scene.rule, by=SYSTEM, now=BEFORE, phase=foreign)
    assert set(refusal.value.fields) == {"phase"}


@pytest.mark.both_databases("roadmap.reminders.rules")
def test_changed_rule_tells_what_is_new_and_nothing_again(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    change_rule(scene.rule, by=SYSTEM, now=T90, offsets=[100, 90, 60])
    plan_due_reminders(now=T90)
    told = OutboxMessage.objects.get()
    assert list(ReminderOccurrence.objects.values_list("occurrence", "message")) == [("due=2026-12-31/T-90", told.pk)]
    assert Milestone.objects.get(pk=scene.milestone.pk).remind_at == T90 + timedelta(days=30)


def test_rule_changes_have_author_reason_and_door(scene: Scene) -> None:
    office = make_office_person()
    change_rule(scene.rule, by=Actor(office, Door.ADMIN), now=BEFORE, reason="Too early", offsets=[30])
    row = scene.rule.history.latest()
    assert (row.history_user, row.history_change_reason, row.door, row.offsets) == (office, "Too early", "admin", [30])


def test_removed_rule_is_silent_and_stays_in_the_history(scene: Scene) -> None:
    remove_rule(scene.rule, by=SYSTEM, now=T90, reason="Replaced")
    plan_due_reminders(now=T90)
    assert OutboxMessage.objects.count() == 0
    assert ReminderRule.history.latest().history_type == "-"


@pytest.mark.parametrize("way", ["removed", "switched off"])
def test_unsent_reminders_of_a_rule_that_ended_are_withdrawn(scene: Scene, way: str) -> None:
    plan_due_reminders(now=T90)
    OutboxMessage.objects.update(rendered=b"made already")
    if way == "removed":
        remove_rule(scene.rule, by=SYSTEM, now=T90)
    else:
        change_rule(scene.rule, by=SYSTEM, now=T90, is_active=False)
    plan_due_reminders(now=T90)
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    assert not ReminderOccurrence.objects.exists()


def test_rules_are_the_programme_offices(scene: Scene) -> None:
    contributor = Actor(make_person(), Door.API)
    with pytest.raises(NotAllowed):
        create_rule(by=contributor, now=BEFORE, roadmap=scene.roadmap, code="mine", **NAMES)
    with pytest.raises(NotAllowed):
        change_rule(scene.rule, by=contributor, now=BEFORE, offsets=[1])
    with pytest.raises(NotAllowed):
        remove_rule(scene.rule, by=contributor, now=BEFORE)


def test_looking_anew_is_one_statement_for_any_number_of_milestones(scene: Scene) -> None:
    for _ in range(9):
        make_milestone(scene.milestone.initiative)
    with CaptureQueriesContext(connection) as queries:
        create_rule(by=SYSTEM, now=T90, roadmap=scene.roadmap, code="new", **NAMES)
    assert len([query for query in queries if query["sql"].startswith('UPDATE "roadmap_milestone"')]) == 1
    assert Milestone.objects.filter(remind_at__lte=T90).count() == 10
