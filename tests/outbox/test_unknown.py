"""Mails handed over by somebody who died before the answer: decided on after the grace, each kind in its own way."""

from datetime import timedelta

import pytest

from roadmap.models import DigestSubscription, OutboxMessage
from roadmap.outbox import claim, marks
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.patience import reply_lease
from roadmap.outbox.unknown import settle_unknown
from roadmap.vocabulary import MessageKind, MessageState
from tests.factories import make_person
from tests.outbox.conftest import NOW, Clock, Words, claimed, make_message
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
MADE = b"Subject: made\r\n\r\nonce\r\n"


def handed_over_and_died(clock: Clock, message: OutboxMessage) -> None:
    """A worker makes the mail, writes that it hands it over, and is never heard of again; its lease ends."""
    (row,) = claimed(clock, limit=1)
    claim.write_held(row, rendered=MADE, message_id="<once@example.org>")
    marks.note_committing([row], now=clock(), lease=reply_lease())
    assert release_dead(clock=clock) == 0
    clock.move(minutes=21)
    assert release_dead(clock=clock) == 1
    message.refresh_from_db()
    assert message.state == MessageState.UNSURE


def test_reminder_goes_again_with_the_same_bytes_and_is_counted(
    clock: Clock, words: Words, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from roadmap.outbox import truth

    monkeypatch.setitem(truth._checks, MessageKind.REMINDER, [])
    message = make_message(kind=MessageKind.REMINDER)
    handed_over_and_died(clock, message)
    assert settle_unknown(now=clock()) == 0  # its grace isn't over
    clock.move(minutes=6)
    assert settle_unknown(now=clock()) == 1
    assert deliver_pending(clock=clock) == 1
    message.refresh_from_db()
    assert (message.state, message.repeats, smtp_sink.raw) == (MessageState.SENT, 1, [MADE])


def test_digest_does_not_go_again_and_its_window_is_left_to_the_next(
    clock: Clock, words: Words, smtp_sink: Sink, subscription: DigestSubscription
) -> None:
    start = NOW - timedelta(days=7)
    facts = {"subscription": subscription.pk, "from": start.isoformat(), "until": NOW.isoformat(), "period": "x"}
    message = make_message(subscription.person, facts=facts)
    handed_over_and_died(clock, message)
    clock.move(minutes=6)
    assert settle_unknown(now=clock()) == 1
    assert deliver_pending(clock=clock) == 0
    message.refresh_from_db()
    subscription.refresh_from_db()
    assert (message.state, subscription.covered_until, smtp_sink.raw) == (MessageState.GIVEN_UP, start, [])


def test_late_answer_still_counts_while_the_outcome_is_unknown(clock: Clock, words: Words) -> None:
    message = make_message()
    (row,) = claimed(clock)
    marks.note_committing([row], now=clock(), lease=reply_lease())
    clock.move(minutes=21)
    release_dead(clock=clock)
    assert marks.note_sent([row], now=clock()) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_worker_that_overslept_may_not_hand_over(clock: Clock) -> None:
    make_message()
    (overslept,) = claimed(clock)
    clock.move(minutes=21)
    release_dead(clock=clock)
    (current,) = claimed(clock)
    assert marks.note_committing([overslept], now=clock(), lease=reply_lease()) == []
    assert marks.note_committing([overslept, current], now=clock(), lease=reply_lease()) == [current]


def test_worker_that_overslept_writes_nothing_over_what_another_holds(clock: Clock) -> None:
    message = make_message()
    (overslept,) = claimed(clock)
    clock.move(minutes=21)
    release_dead(clock=clock)
    (current,) = claimed(clock)
    overslept.subject = "too late"
    marks.keep([overslept], "subject")
    assert claim.renew([overslept], now=clock(), lease=reply_lease()) == []
    assert marks.note_sent([overslept], now=clock()) == 0
    assert claim.note_deferred(overslept, error="too late", now=clock()) is False
    assert claim.note_withdrawn(overslept) is False
    claim.give_back([overslept])
    message.refresh_from_db()
    assert (message.state, message.fence, message.attempts) == (MessageState.SENDING, current.fence, 0)
    assert message.subject == ""
    assert claim.note_failed(current, error="refused") is True


def test_claim_given_back_before_handing_over_waits_again(clock: Clock) -> None:
    first, second = make_message(), make_message()
    one, other = claimed(clock)
    marks.note_committing([other], now=clock(), lease=reply_lease())
    claim.give_back([one, other])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (MessageState.PENDING, MessageState.SENDING)


def test_mail_that_says_something_else_than_a_copy_that_may_have_arrived_has_another_message_id(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    message = make_message(repeats=1, message_id="<first@example.org>")  # an edit has made its words untrue
    assert deliver_pending(clock=clock) == 1
    message.refresh_from_db()
    (mail,) = smtp_sink.messages
    assert mail["Message-ID"] == message.message_id != "<first@example.org>"


@pytest.fixture
def subscription() -> DigestSubscription:
    from tests.factories import make_milestone

    roadmap = make_milestone().initiative.roadmap
    return DigestSubscription.objects.create(person=make_person(), roadmap=roadmap, covered_until=NOW)
