"""Answering reminders: who may, what is kept of it, and that it is silent exactly as long as asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roadmap.editing.answers import (
    acknowledge_reminder,
    latest_snooze,
    snooze_reminders,
    take_back_acknowledgement,
    unsnooze,
)
from roadmap.editing.milestones import cancel_milestone, complete_milestone, reschedule_milestone
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Acknowledgement, Milestone, Organisation, OutboxMessage, Person, ReminderOccurrence, Snooze
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, MessageKind, MessageState, Role
from tests import factories as make

NOW = datetime(2026, 12, 1, 1, tzinfo=UTC)  # nine in the morning in Shanghai
DUE = date(2026, 12, 31)


@pytest.fixture
def unit(db: None) -> Organisation:
    return make.make_organisation(lead=make.make_person(username="unit-lead", role=Role.OBSERVER))


@pytest.fixture
def milestone(unit: Organisation) -> Milestone:
    return make.make_milestone(due_on=DUE, organisation=unit, owner=make.make_person(username="owner"))


def by(person: Person | None) -> Actor:
    return Actor(person=person, door=Door.MAIL)


def owner_of(milestone: Milestone) -> Actor:
    return by(milestone.owner)


@pytest.mark.parametrize(
    ("due_on", "latest"),
    [
        (date(2027, 6, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2026, 12, 5), date(2026, 12, 5)),
        (date(2026, 12, 2), date(2026, 12, 2)),
        (date(2026, 12, 1), date(2026, 12, 8)),
        (date(2026, 3, 1), date(2026, 12, 8)),
    ],
)
def test_snooze_never_sleeps_through_the_due_date(due_on: date, latest: date) -> None:
    assert latest_snooze(due_on=due_on, today=date(2026, 12, 1)) == latest


def test_acknowledging_is_attributed_kept_in_history_and_shown_to_the_planner(milestone: Milestone) -> None:
    acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW)
    kept = Acknowledgement.objects.get()
    assert (kept.milestone, kept.person, kept.due_on, kept.at, kept.door) == (
        milestone,
        milestone.owner,
        DUE,
        NOW,
        Door.MAIL,
    )
    record = kept.history.get()
    assert (record.history_user, record.door, record.history_type) == (milestone.owner, Door.MAIL, "+")
    assert Milestone.objects.get().remind_at == NOW


def test_acknowledging_twice_at_once_is_one_act_and_later_renews_it(milestone: Milestone) -> None:
    for seconds in (0, 0, 59):
        acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW + timedelta(seconds=seconds))
    kept = Acknowledgement.objects.get()
    assert (kept.at, kept.history.count()) == (NOW, 1)
    acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW + timedelta(days=1))
    kept.refresh_from_db()
    assert (kept.at, kept.history.count()) == (NOW + timedelta(days=1), 2)


def test_acknowledging_starts_anew_with_the_due_date(milestone: Milestone) -> None:
    acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW)
    reschedule_milestone(milestone, by=SYSTEM, now=NOW, due_on=date(2027, 1, 15), reason="Later")
    acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW)
    assert sorted(Acknowledgement.objects.values_list("due_on", flat=True)) == [DUE, date(2027, 1, 15)]


def test_acknowledgement_taken_back_leaves_its_history(milestone: Milestone) -> None:
    acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW)
    assert take_back_acknowledgement(milestone, by=owner_of(milestone), now=NOW) is True
    assert take_back_acknowledgement(milestone, by=owner_of(milestone), now=NOW) is False
    assert Acknowledgement.objects.count() == 0
    kinds = Acknowledgement.history.values_list("history_type", "door", "history_user__username")
    assert list(kinds.order_by("history_id")) == [("+", "mail", "owner"), ("-", "mail", "owner")]


def test_those_who_are_meant_may_answer_and_nobody_else(milestone: Milestone, unit: Organisation) -> None:
    above = make.make_person(username="above", role=Role.OBSERVER)
    unit.parent = make.make_organisation(lead=above, code="top")
    unit.path = f"top/{unit.code}/"
    unit.save()
    below = make.make_organisation(unit, lead=make.make_person(username="below"))
    elsewhere = make.make_organisation()
    people = {
        "owner": milestone.owner,
        "unit's lead": unit.lead,
        "lead above": above,
        "lead below": below.lead,
        "office": make.make_office_person(),
        "contributor": make.make_person(organisation=unit),
        "contributor elsewhere": make.make_person(organisation=elsewhere),
        "observer": make.make_person(organisation=unit, role=Role.OBSERVER),
        "closed account": make.make_office_person(is_active=False),
        "nobody": None,
    }
    may = {}
    for name, person in people.items():
        try:
            acknowledge_reminder(milestone, by=by(person), now=NOW)
            may[name] = True
        except NotAllowed:
            may[name] = False
    assert {name for name, allowed in may.items() if allowed} == {
        "owner",
        "unit's lead",
        "lead above",
        "office",
        "contributor",
    }


def test_whoever_was_reminded_may_snooze_though_not_acknowledge(milestone: Milestone) -> None:
    watcher = make.make_person(role=Role.OBSERVER)
    with pytest.raises(NotAllowed):
        snooze_reminders(milestone, by=by(watcher), now=NOW, until=date(2026, 12, 2))
    waiting_reminder(milestone, watcher)
    snooze_reminders(milestone, by=by(watcher), now=NOW, until=date(2026, 12, 2))
    with pytest.raises(NotAllowed):
        acknowledge_reminder(milestone, by=by(watcher), now=NOW)
    assert Snooze.objects.get().person == watcher


@pytest.mark.parametrize("close", ["done", "cancelled"])
def test_closed_milestones_take_no_answers(milestone: Milestone, close: str) -> None:
    if close == "done":
        complete_milestone(milestone, by=SYSTEM, now=NOW)
    else:
        cancel_milestone(milestone, by=SYSTEM, now=NOW, reason="Given up")
    with pytest.raises(InvalidChange) as acknowledging:
        acknowledge_reminder(milestone, by=owner_of(milestone), now=NOW)
    with pytest.raises(InvalidChange) as snoozing:
        snooze_reminders(milestone, by=owner_of(milestone), now=NOW, until=date(2026, 12, 2))
    assert [list(error.value.fields) for error in (acknowledging, snoozing)] == [["milestone"], ["milestone"]]


@pytest.mark.parametrize("until", [date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 1), date(9999, 12, 31)])
def test_snooze_outside_its_limits_is_refused_by_name(milestone: Milestone, until: date) -> None:
    with pytest.raises(InvalidChange) as refusal:
        snooze_reminders(milestone, by=owner_of(milestone), now=NOW, until=until)
    assert list(refusal.value.fields) == ["until"]
    assert Snooze.objects.count() == 0


def waiting_reminder(milestone: Milestone, person: Person | None) -> OutboxMessage:
    rule = milestone.initiative.roadmap.reminder_rules.get_or_create(code="r", name_zh="规则", name_en="Rule")[0]
    mail = OutboxMessage.objects.create(
        key=f"reminder/{milestone.pk}/{person and person.pk}",
        kind=MessageKind.REMINDER,
        recipient=person,
        address="a@example.org",
        language="en",
        deliver_after=NOW,
    )
    ReminderOccurrence.objects.create(
        rule=rule, milestone=milestone, recipient=person, occurrence=f"due={DUE}/T-30", message=mail
    )
    return mail


def test_snooze_withdraws_what_waits_for_this_person_only(milestone: Milestone, unit: Organisation) -> None:
    mine, others = waiting_reminder(milestone, milestone.owner), waiting_reminder(milestone, unit.lead)
    snooze_reminders(milestone, by=owner_of(milestone), now=NOW, until=date(2026, 12, 4), reason="On leave")
    states = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert states == {mine.pk: MessageState.WITHDRAWN, others.pk: MessageState.PENDING}
    assert list(ReminderOccurrence.objects.values_list("recipient", flat=True)) == [unit.lead_id]
    assert Milestone.objects.get().remind_at == NOW


def test_later_snooze_takes_the_place_of_the_earlier_one_and_unsnooze_ends_it(milestone: Milestone) -> None:
    actor = owner_of(milestone)
    snooze_reminders(milestone, by=actor, now=NOW, until=date(2026, 12, 4))
    snooze_reminders(milestone, by=actor, now=NOW, until=date(2026, 12, 2), reason="Sooner")
    kept = Snooze.objects.get()
    assert (kept.until, kept.reason, kept.due_on, kept.created_at) == (date(2026, 12, 2), "Sooner", DUE, NOW)
    assert [unsnooze(milestone, by=actor, now=NOW), unsnooze(milestone, by=actor, now=NOW)] == [True, False]
    assert list(Snooze.history.order_by("history_id").values_list("history_type", flat=True)) == ["+", "~", "-"]
