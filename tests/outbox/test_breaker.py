"""Trouble that is everybody's opens the breaker; one mail at a time finds out whether it is over."""

from datetime import timedelta

import pytest
from django.test import override_settings

from roadmap.models import OutboxMessage
from roadmap.outbox.breaker import MAIL, STRIKES, Admission, admission, gate, note_outage, note_success, note_trouble
from roadmap.outbox.deliver import deliver_pending
from tests.outbox.conftest import Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
MINUTE = timedelta(minutes=1)


def may(clock: Clock) -> Admission:
    return admission(MAIL, now=clock(), probe_for=10 * MINUTE)


@pytest.mark.both_databases("roadmap.outbox.breaker")
def test_troubles_of_different_mails_in_a_row_open_it(clock: Clock) -> None:
    assert [note_trouble(MAIL, numbers=[7], now=clock()) for _ in range(5)] == [False] * 5
    assert [note_trouble(MAIL, numbers=[number], now=clock()) for number in (8, 9)] == [False, True]
    assert may(clock) is Admission.NOTHING


def test_success_in_between_forgets_troubles(clock: Clock) -> None:
    for number in range(STRIKES - 1):
        note_trouble(MAIL, numbers=[number], now=clock())
    note_success(MAIL)
    assert note_trouble(MAIL, numbers=[99], now=clock()) is False


def test_one_at_a_time_tries_again_after_pauses_that_grow(clock: Clock) -> None:
    note_outage(MAIL, now=clock())
    pauses = []
    for _ in range(8):
        began = clock()
        while (admitted := may(clock)) is Admission.NOTHING:
            clock.move(seconds=10)
        assert (admitted, may(clock)) == (Admission.ONE, Admission.NOTHING)
        pauses.append((clock() - began).total_seconds())
        note_outage(MAIL, now=clock())
    assert pauses == [30, 50, 50, 50, 50, 50, 50, 50]
    note_success(MAIL)
    assert may(clock) is Admission.ALL


def test_outage_of_days_uses_up_no_attempts_and_then_everything_goes(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    for _ in range(20):
        make_message()
    with override_settings(EMAIL_PORT=1):  # nobody listens there
        for _ in range(100):
            deliver_pending(clock=clock)
            clock.move(hours=1)
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert deliver_pending(clock=clock) == 20
    assert gate(MAIL).closed_until is None


def test_refusals_of_everything_for_days_fail_nothing(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    for _ in range(6):
        make_message()
    smtp_sink.refuse_with = "451 greylisted"
    for _ in range(100):
        deliver_pending(clock=clock)
        clock.move(hours=1)
    assert max(OutboxMessage.objects.values_list("attempts", flat=True)) <= 1
    smtp_sink.refuse_with = ""
    clock.move(hours=3)
    assert deliver_pending(clock=clock) == 6


def test_a_probe_that_finds_nothing_to_try_keeps_nobody_waiting(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    note_outage(MAIL, now=clock())
    clock.move(minutes=1)
    assert deliver_pending(clock=clock) == 0
    make_message()
    assert deliver_pending(clock=clock) == 1


def test_a_probe_whose_mail_is_withdrawn_leaves_the_try_to_the_next_mail(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    idle = make_message()
    idle.recipient.is_active = False
    idle.recipient.save()
    make_message()
    note_outage(MAIL, now=clock())
    clock.move(minutes=1)
    assert deliver_pending(clock=clock) == 1
    assert sorted(OutboxMessage.objects.values_list("state", flat=True)) == ["sent", "withdrawn"]


@pytest.mark.parametrize("number", [1, 20])
def test_mail_goes_within_a_minute_of_the_servers_return_however_long_it_was_away(
    clock: Clock, words: Words, smtp_sink: Sink, number: int
) -> None:
    for _ in range(number):
        make_message()
    with override_settings(EMAIL_PORT=1):  # nobody listens there
        for _ in range(30):
            deliver_pending(clock=clock)
            clock.move(minutes=1)
    clock.move(seconds=-59)  # the server is back right after a try
    sent = []
    while sum(sent) < number and len(sent) < 20:
        sent.append(deliver_pending(clock=clock))
        clock.move(seconds=10)
    assert (sum(sent), len(sent) <= 6) == (number, True)
