"""Mail that a worker held while its milestone changed is set right before it is sent."""

from datetime import date, timedelta

import pytest

from roadmap.editing.answers import snooze_reminders
from roadmap.editing.milestones import complete_milestone, reopen_milestone, reschedule_milestone
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox import claim, marks
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.patience import reply_lease
from roadmap.outbox.unknown import settle_unknown
from roadmap.outbox.withdraw import forget
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Door, MessageState
from tests.factories import make_milestone, make_person
from tests.outbox.conftest import NOW, Clock, claimed
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


@pytest.fixture
def milestones() -> list[Milestone]:
    """Two milestones of one owner, both due in 7 days, their reminder planned."""
    owner = make_person(username="owner", language="en")
    first = make_milestone(title_en="First", owner=owner, due_on=date(2026, 11, 30), remind_at=NOW)
    second = make_milestone(
        first.initiative, first.phase, title_en="Second", owner=owner, due_on=date(2026, 11, 30), remind_at=NOW
    )
    ReminderRule.objects.create(roadmap=first.initiative.roadmap, code="first", name_zh="规则", name_en="Rule")
    plan_due_reminders(now=NOW)
    return [first, second]


@pytest.mark.both_databases("roadmap.outbox.withdraw")
def test_milestone_closed_while_a_worker_held_the_mail_is_left_out(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    first, second = milestones
    (held,) = claimed(clock, limit=1)
    held.rendered, held.message_id = b"Subject: both\r\n\r\n", "<kept@example.org>"
    claim.write_held(held, rendered=held.rendered, message_id=held.message_id)
    complete_milestone(first, by=SYSTEM, now=clock())  # too late to withdraw: the mail is being sent
    clock.move(minutes=21)  # the worker died
    release_dead(clock=clock)
    assert deliver_pending(clock=clock) == 1
    (mail,) = smtp_sink.messages
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Second" in text.get_content()
    assert "First" not in text.get_content()
    assert mail["Message-ID"] == "<kept@example.org>"
    assert list(ReminderOccurrence.objects.filter(message__isnull=False).values_list("milestone", flat=True)) == [
        second.pk
    ]


def test_mail_about_nothing_open_any_more_is_not_sent_and_can_be_earned_anew(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    for _row in claimed(clock, limit=1):
        done = [complete_milestone(milestone, by=SYSTEM, now=clock()) for milestone in milestones]
    plan_due_reminders(now=clock())
    clock.move(minutes=21)
    release_dead(clock=clock)
    assert deliver_pending(clock=clock) == 0
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    for milestone in done:
        reopen_milestone(milestone, by=SYSTEM, now=clock(), reason="Not accepted")
    plan_due_reminders(now=clock())
    assert deliver_pending(clock=clock) == 0
    clock.move(hours=24)
    plan_due_reminders(now=clock())
    assert deliver_pending(clock=clock) == 1
    assert len(smtp_sink.raw) == 1


def test_due_date_moved_while_a_worker_held_the_mail_is_told_by_its_new_date(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    first, _second = milestones
    for _row in claimed(clock, limit=1):
        reschedule_milestone(first, by=SYSTEM, now=clock(), due_on=date(2026, 12, 7), reason="Later")
    clock.move(minutes=21)
    release_dead(clock=clock)
    deliver_pending(clock=clock)
    plan_due_reminders(now=clock() + timedelta(seconds=1))
    clock.move(minutes=1)
    deliver_pending(clock=clock)
    texts = [body.get_content() for mail in smtp_sink.messages if (body := mail.get_body(("plain",)))]
    assert [("First" in text, "Second" in text) for text in texts] == [(False, True), (True, False)]
    assert "7 December 2026" in texts[1]


def test_milestone_snoozed_while_a_worker_held_the_mail_is_told_when_the_snooze_ends(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    first, _second = milestones
    for _row in claimed(clock, limit=1):
        by = Actor(person=first.owner, door=Door.MAIL)
        snooze_reminders(first, by=by, now=clock(), until=date(2026, 11, 25))
    clock.move(minutes=21)
    release_dead(clock=clock)
    for days in (0, 2):
        clock.move(days=days)
        plan_due_reminders(now=clock())
        deliver_pending(clock=clock)
    texts = [body.get_content() for mail in smtp_sink.messages if (body := mail.get_body(("plain",)))]
    assert [("First" in text, "Second" in text) for text in texts] == [(False, True), (True, False)]


def test_mail_of_unknown_outcome_does_not_go_again_when_its_milestones_were_closed_meanwhile(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    (held,) = claimed(clock, limit=1)
    claim.write_held(held, rendered=b"Subject: both\r\n\r\n", message_id="<kept@example.org>")
    marks.note_committing([held], now=clock(), lease=reply_lease())
    clock.move(minutes=21)
    assert release_dead(clock=clock) == 1
    for milestone in milestones:
        complete_milestone(milestone, by=SYSTEM, now=clock())  # nobody can tell whether it still waits
    clock.move(minutes=21)
    assert settle_unknown(now=clock()) == 1
    assert (deliver_pending(clock=clock), smtp_sink.raw) == (0, [])


@pytest.mark.parametrize(("is_moved", "told"), [(False, [["First", "Second"]]), (True, [["Second"], ["First"]])])
def test_mail_of_unknown_outcome_does_not_tell_again_what_a_later_one_has_told(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink, *, is_moved: bool, told: list[list[str]]
) -> None:
    """Unless the date has been moved meanwhile, and back: of that one the later mail told nothing."""
    (held,) = claimed(clock, limit=1)
    marks.note_committing([held], now=clock(), lease=reply_lease())
    clock.move(minutes=21)
    release_dead(clock=clock)
    clock.move(days=6)  # to the next reminder of both
    if is_moved:
        reschedule_milestone(milestones[0], by=SYSTEM, now=clock(), due_on=date(2027, 12, 7), reason="Later")
    plan_due_reminders(now=clock())
    assert deliver_pending(clock=clock) == 1
    if is_moved:
        reschedule_milestone(milestones[0], by=SYSTEM, now=clock(), due_on=date(2026, 11, 30), reason="After all")
    settle_unknown(now=clock())
    deliver_pending(clock=clock)
    texts = [body.get_content() for mail in smtp_sink.messages if (body := mail.get_body(("plain",)))]
    assert [[title for title in ("First", "Second") if title in text] for text in texts] == told


def test_mail_that_goes_again_has_told_what_was_planned_while_its_outcome_was_unknown(
    clock: Clock, milestones: list[Milestone], smtp_sink: Sink
) -> None:
    """Its words are those of the day on which it goes; the next reminder, which couldn't join it, would repeat them."""
    (held,) = claimed(clock, limit=1)
    marks.note_committing([held], now=clock(), lease=reply_lease())
    clock.move(minutes=21)
    release_dead(clock=clock)
    clock.move(days=6)
    plan_due_reminders(now=clock())
    settle_unknown(now=clock())
    deliver_pending(clock=clock)
    clock.move(days=7)  # the one after it is news again
    plan_due_reminders(now=clock())
    deliver_pending(clock=clock)
    texts = [body.get_content() for mail in smtp_sink.messages if (body := mail.get_body(("plain",)))]
    assert [[title for title in ("First", "Second") if title in text] for text in texts] == [["First", "Second"]] * 2


def test_what_somebody_else_has_forgotten_meanwhile_is_no_failure(milestones: list[Milestone]) -> None:
    """The mail is found by a reminder, and locked; its sender had it before, and took the reminder out."""
    before = ReminderOccurrence.objects.count()
    forget(ReminderOccurrence.objects.none())
    assert ReminderOccurrence.objects.count() == before > 0
