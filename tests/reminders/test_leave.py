"""While somebody is on leave, their deputy is reminded in their place; after it all is as before."""

from datetime import date, timedelta
from typing import Any

import pytest

from roadmap.digests.planner import plan_due_digests
from roadmap.editing.leave import change_leave, end_leave, enter_leave
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import DigestSubscription, Leave, Milestone, OutboxMessage, Person, ReminderOccurrence
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Audience, Door, MessageState, PersonKind, Role
from tests import factories as make
from tests.reminders.conftest import T14, T30, T90, Scene
from tests.servers.smtp import Sink

pytestmark = pytest.mark.on_postgresql

MINUTE = timedelta(minutes=1)
DECEMBER = {"from_on": date(2026, 11, 20), "until_on": date(2026, 12, 10)}


@pytest.fixture
def deputy(scene: Scene) -> Person:
    return make.make_person(username="deputy", full_name="Deng", language="en")


def mails() -> list[tuple[str, str]]:
    """Whose, and in which state, oldest first."""
    return list(OutboxMessage.objects.order_by("pk").values_list("recipient__username", "state"))


def sent_all() -> None:
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=T90)


def test_reminders_go_to_the_deputy_during_leave_and_not_before_or_after(scene: Scene, deputy: Person) -> None:
    enter_leave(scene.owner, by=SYSTEM, now=T90 - MINUTE, deputy=deputy, **DECEMBER)
    for now in (T90, T30, T14):
        plan_due_reminders(now=now)
        sent_all()
    assert [who for who, _state in mails()] == ["owner", "deputy", "owner"]
    told = ReminderOccurrence.objects.order_by("pk").values_list("recipient__username", "instead_of__username")
    assert [one for one in told if one[0] == "deputy"] == [("deputy", "owner")]


def test_what_was_told_before_and_meanwhile_is_told_to_nobody_twice(scene: Scene, deputy: Person) -> None:
    plan_due_reminders(now=T30)
    sent_all()
    leave = enter_leave(scene.owner, by=SYSTEM, now=T30, deputy=deputy, **DECEMBER)
    Milestone.objects.update(remind_at=T30)
    plan_due_reminders(now=T30 + MINUTE)
    assert [who for who, _state in mails()] == ["owner"]
    change_leave(leave, by=SYSTEM, now=T30, until_on=date(2026, 12, 18))
    plan_due_reminders(now=T14)
    sent_all()
    end_leave(leave, by=SYSTEM, now=T14)
    Milestone.objects.update(remind_at=T14)
    plan_due_reminders(now=T14 + MINUTE)
    assert [who for who, _state in mails()] == ["owner", "deputy"]


def test_mail_that_waits_is_reconsidered_when_leave_is_entered_and_taken_back(scene: Scene, deputy: Person) -> None:
    plan_due_reminders(now=T30)
    leave = enter_leave(scene.owner, by=SYSTEM, now=T30, deputy=deputy, **DECEMBER)
    plan_due_reminders(now=T30)
    assert mails() == [("owner", MessageState.WITHDRAWN), ("deputy", MessageState.PENDING)]
    end_leave(leave, by=SYSTEM, now=T30)
    plan_due_reminders(now=T30)
    assert mails()[1:] == [("deputy", MessageState.WITHDRAWN), ("owner", MessageState.PENDING)]
    assert not Leave.objects.exists()
    assert Leave.history.count() == 2


def test_mail_that_waited_until_leave_began_goes_to_the_deputy(scene: Scene, deputy: Person, smtp_sink: Sink) -> None:
    Person.objects.filter(pk=scene.owner.pk).update(full_name="Lin Lan", language="en")
    plan_due_reminders(now=T30)
    Leave.objects.create(person=scene.owner, deputy=deputy, **DECEMBER)  # as if entered long before
    deliver_pending(clock=lambda: T30)
    plan_due_reminders(now=T30)
    deliver_pending(clock=lambda: T30)
    (mail,) = smtp_sink.messages
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert smtp_sink.recipients == [["deputy@example.org"]]
    assert "In place of Lin Lan, who is on leave." in text
    assert "You get this because you stand in for somebody who is on leave." in text
    assert "Please report its progress; nobody has reported on it yet." in text


@pytest.mark.parametrize("is_circle", [True, False])
def test_a_deputy_on_leave_is_stood_in_for_without_going_in_circles(
    is_circle: bool, scene: Scene, deputy: Person
) -> None:
    third = make.make_person(username="third")
    Leave.objects.create(person=scene.owner, deputy=deputy, **DECEMBER)
    Leave.objects.create(person=deputy, deputy=scene.owner if is_circle else third, **DECEMBER)
    plan_due_reminders(now=T30)
    assert [who for who, _state in mails()] == ["owner" if is_circle else "third"]


def test_a_deputy_who_cannot_be_reached_leaves_it_with_the_person(scene: Scene, deputy: Person) -> None:
    Leave.objects.create(person=scene.owner, deputy=deputy, **DECEMBER)
    Person.objects.filter(pk=deputy.pk).update(is_active=False)
    plan_due_reminders(now=T30)
    assert [who for who, _state in mails()] == ["owner"]


def test_what_is_passed_up_goes_to_the_leads_deputy_and_not_to_who_knows_it_already(
    scene: Scene, deputy: Person
) -> None:
    type(scene.rule).objects.update(escalate_after_days=2)
    make.make_office_person(username="office")
    Leave.objects.create(person=scene.owner, deputy=scene.lead, **DECEMBER)
    Leave.objects.create(
        person=scene.lead, deputy=deputy, from_on=date(2026, 12, 2), until_on=date(2026, 12, 10)
    )  # knows it, as the owner's deputy
    plan_due_reminders(now=T30)
    OutboxMessage.objects.update(state=MessageState.SENT, sent_at=T30)
    plan_due_reminders(now=T30 + timedelta(days=3))
    assert [who for who, _state in mails()] == ["lead", "office"]


def test_a_deputy_who_is_meant_anyway_is_told_once(scene: Scene) -> None:
    type(scene.rule).objects.update(audiences=[Audience.OWNER, Audience.LEAD])
    Leave.objects.create(person=scene.owner, deputy=scene.lead, **DECEMBER)
    plan_due_reminders(now=T30)
    assert [who for who, _state in mails()] == ["lead"]


@pytest.mark.parametrize(("pauses", "issues"), [(True, 0), (False, 1)])
def test_digests_pause_or_go_on_as_chosen_and_the_next_covers_the_leave(
    pauses: bool, issues: int, scene: Scene, deputy: Person
) -> None:
    start, back = T30 - timedelta(days=8), T30 + timedelta(days=13)
    DigestSubscription.objects.create(
        person=scene.owner, roadmap=scene.roadmap, weekday=2, covered_until=start, next_issue_at=T30
    )
    Leave.objects.create(person=scene.owner, deputy=deputy, digests_pause=pauses, **DECEMBER)
    plan_due_digests(now=T30)
    assert OutboxMessage.objects.count() == issues
    sent_all()
    plan_due_digests(now=back)
    last = OutboxMessage.objects.latest("pk")
    assert (last.facts["from"] == start.isoformat()) is pauses


def test_leave_is_arranged_by_oneself_the_lead_and_the_office_only(scene: Scene, deputy: Person) -> None:
    unit = make.make_organisation()
    person = make.make_person(organisation=make.make_organisation(unit))
    allowed = (person, make.make_person(role=Role.LEAD, organisation=unit), make.make_office_person())
    refused = (
        make.make_person(organisation=unit),
        make.make_person(role=Role.LEAD, organisation=make.make_organisation()),
        make.make_person(role=Role.AUDITOR, organisation=unit),
    )
    for one in allowed:
        leave = enter_leave(person, by=Actor(one, Door.ADMIN), now=T30, deputy=deputy, **DECEMBER)
        end_leave(leave, by=Actor(one, Door.ADMIN), now=T30)
    leave = enter_leave(person, by=SYSTEM, now=T30, deputy=deputy, **DECEMBER)
    for one in refused:
        with pytest.raises(NotAllowed):
            enter_leave(person, by=Actor(one, Door.ADMIN), now=T30, deputy=deputy, from_on="2027-01-01")
        with pytest.raises(NotAllowed):
            change_leave(leave, by=Actor(one, Door.ADMIN), now=T30, until_on=date(2026, 12, 9))
        with pytest.raises(NotAllowed):
            end_leave(leave, by=Actor(one, Door.ADMIN), now=T30)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"until_on": date(2026, 11, 19)}, "__all__"),
        ({"from_on": date(2026, 12, 20), "until_on": date(2027, 1, 20)}, "from_on"),
        ({"deputy": "owner"}, "deputy"),
        ({"deputy": "service"}, "deputy"),
        ({"deputy": "closed"}, "deputy"),
        ({"from_on": date(1900, 1, 1)}, "from_on"),
    ],
)
def test_leave_that_makes_no_sense_is_refused_at_its_field(
    wrong: dict[str, Any], field: str, scene: Scene, deputy: Person
) -> None:
    people = {
        "owner": scene.owner,
        "service": make.make_person(kind=PersonKind.SERVICE, email=""),
        "closed": make.make_person(is_active=False),
    }
    Leave.objects.create(person=scene.owner, deputy=deputy, from_on=date(2027, 1, 1), until_on=date(2027, 1, 9))
    given = {"deputy": deputy, **DECEMBER, **wrong}
    given = {name: people.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
    with pytest.raises(InvalidChange) as refused:
        enter_leave(scene.owner, by=SYSTEM, now=T30, **given)
    assert set(refused.value.fields) == {field}
    assert Leave.objects.count() == 1
