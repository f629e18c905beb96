"""What must be read though its reader's address refuses mail: it goes to the lead, and says why."""

from datetime import timedelta

import pytest

from roadmap.models import Milestone, OutboxMessage, Person, SuppressedAddress
from roadmap.models.history import SYSTEM
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.suppressing import lift
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import MessageState
from tests.reminders.conftest import T14, T30, T90, Scene
from tests.servers.smtp import Sink

NO_SUCH_USER = {"owner@example.org": "550 5.1.1 no such user"}


@pytest.fixture
def refused(scene: Scene, smtp_sink: Sink) -> Scene:
    """The owner's reminder was refused for good, and the planner has looked again."""
    Person.objects.update(language="en")
    Person.objects.filter(pk=scene.owner.pk).update(full_name="Lin Lan")
    smtp_sink.refuse_addresses = dict(NO_SUCH_USER)
    plan_due_reminders(now=T90)
    deliver_pending(clock=lambda: T90)
    plan_due_reminders(now=T90 + timedelta(minutes=1))
    return scene


def mails() -> list[tuple[str, str]]:
    """Whose, and in which state, oldest first."""
    return list(OutboxMessage.objects.order_by("pk").values_list("recipient__username", "state"))


def test_refused_reminder_reaches_the_lead_who_reads_why(refused: Scene, smtp_sink: Sink) -> None:
    assert mails() == [("owner", MessageState.FAILED), ("lead", MessageState.PENDING)]
    deliver_pending(clock=lambda: T90 + timedelta(minutes=1))
    (mail,) = smtp_sink.messages
    body = mail.get_body(("plain",))
    assert body is not None
    assert smtp_sink.recipients == [["lead@example.org"]]
    assert (
        "Mail to Lin Lan is being returned at present, so you get this instead; please pass it on."
        in body.get_content()
    )


def test_reminder_is_rerouted_once(refused: Scene) -> None:
    Milestone.objects.update(remind_at=T90)
    for minutes in (2, 3):
        plan_due_reminders(now=T90 + timedelta(minutes=minutes))
    assert mails() == [("owner", MessageState.FAILED), ("lead", MessageState.PENDING)]


def test_later_reminders_go_to_the_lead_until_the_address_is_lifted(refused: Scene) -> None:
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=T90)
    plan_due_reminders(now=T30)
    assert mails()[2:] == [("lead", MessageState.PENDING)]
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=T30)
    lift(SuppressedAddress.objects.get(), by=SYSTEM, now=T30)
    plan_due_reminders(now=T14)
    assert mails()[3:] == [("owner", MessageState.PENDING)]


def test_new_address_is_written_to_at_once(refused: Scene) -> None:
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=T90)
    Person.objects.filter(pk=refused.owner.pk).update(email="new@example.org")
    plan_due_reminders(now=T30)
    assert mails()[2:] == [("owner", MessageState.PENDING)]
