"""A milestone's reminders, ahead and told: as planned, without addresses, at the same cost for any number."""

from datetime import date, timedelta

import pytest

from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Audience, Role
from tests import factories as make
from tests.api.conftest import NOW, caller_for
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db


def make_rule(milestone: Milestone, **fields) -> ReminderRule:
    roadmap = milestone.initiative.roadmap
    return ReminderRule.objects.create(roadmap=roadmap, name_zh="规则", name_en="Rule", **{"code": "due", **fields})


def make_told(milestone: Milestone, number: int = 1) -> None:
    rule = make_rule(milestone)
    person = make.make_person(full_name="李敏", email="min.li@example.org")
    mail = OutboxMessage.objects.create(
        key="reminder/1", kind="reminder", recipient=person, address=person.email, language="en", deliver_after=NOW,
        state="sent", sent_at=NOW, committing_at=NOW,
    )  # fmt: skip
    ReminderOccurrence.objects.bulk_create(
        ReminderOccurrence(
            rule=rule, milestone=milestone, recipient=person, occurrence=f"due=2026-12-31/T-{index}", message=mail,
            planned_at=NOW,
        )
        for index in range(number)
    )  # fmt: skip


def test_reminders_ahead_are_those_that_the_planner_plans_then(office, milestone):
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 12, 31), remind_at=NOW)
    make_rule(milestone, offsets=[30, 7], repeat_every_days=7)
    plan_due_reminders(now=NOW)
    found = office.get(f"milestones/{milestone.pk}/reminders/").json()
    assert [one["occurrence"] for one in found["ahead"]] == [
        *("due=2026-12-31/T-30", "due=2026-12-31/T-7"),
        *(f"due=2026-12-31/overdue-{number}" for number in range(1, 7)),
    ]
    assert found["next_look_at"] == found["ahead"][0]["at"] == "2026-12-01T08:30:00+08:00"
    assert found["results"] == []
    plan_due_reminders(now=NOW + timedelta(days=10))
    later = office.get(f"milestones/{milestone.pk}/reminders/").json()
    assert [(one["occurrence"], one["told_as"], one["state"], one["sent_at"]) for one in later["results"]] == [
        ("due=2026-12-31/T-30", "owner", "pending", None)
    ]
    assert later["results"][0]["recipient"] == {"id": milestone.owner_id, "name": "Owner"}
    assert later["next_look_at"] == found["ahead"][1]["at"]


def test_cancelled_milestone_has_nothing_ahead(office, milestone):
    make_rule(milestone)
    Milestone.objects.filter(pk=milestone.pk).update(status="cancelled", cancelled_on=NOW.date())
    found = office.get(f"milestones/{milestone.pk}/reminders/").json()
    assert (found["ahead"], found["next_look_at"]) == ([], None)


def test_reminders_show_names_and_no_addresses(office, milestone):
    make_told(milestone)
    answer = office.get(f"milestones/{milestone.pk}/reminders/")
    assert answer.json()["results"][0]["recipient"]["name"] == "李敏"
    assert b"example.org" not in answer.content


def test_auditors_see_reminders_of_any_branch(milestone):
    auditor = caller_for(make.make_person(role=Role.AUDITOR, organisation=make.make_organisation()))
    assert auditor.get(f"milestones/{milestone.pk}/reminders/").status_code == 200


def test_what_was_sent_meanwhile_is_no_longer_unchanged(office, milestone):
    make_told(milestone)
    tag = office.get(f"milestones/{milestone.pk}/reminders/").headers["ETag"]
    assert office.get(f"milestones/{milestone.pk}/reminders/", If_None_Match=tag).status_code == 304
    ReminderOccurrence.objects.update(audience=Audience.LEAD)
    assert office.get(f"milestones/{milestone.pk}/reminders/", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("number", NUMBERS)
def test_reminders_cost_the_same_for_any_number(office, milestone, number, django_assert_num_queries):
    make_told(milestone, number)
    with django_assert_num_queries(7):  # token, milestone, page, rules, reports, evidence, days off
        found = office.get(f"milestones/{milestone.pk}/reminders/?page_size=200").json()
    assert len(found["results"]) == min(number, 200)
