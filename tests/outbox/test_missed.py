"""What a clock that was ahead put off too far is looked at again; what our own rules put off stays."""

from datetime import timedelta

import pytest

from roadmap.models import OutboxMessage
from roadmap.outbox import claim
from roadmap.outbox.breaker import MAIL, Admission, admission, note_outage, note_success
from roadmap.outbox.deliver import release_dead
from roadmap.outbox.missed import heal_missed_deliveries
from roadmap.outbox.patience import claim_lease
from roadmap.vocabulary import MessageState
from tests.factories import make_person
from tests.numbers import NUMBERS
from tests.outbox.conftest import NOW, Clock, claimed, make_message

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
TEN_DAYS = timedelta(days=10)
UNTIL_NOW = {"until": NOW.isoformat()}


def test_mail_put_off_by_a_clock_that_was_ahead_goes_at_the_next_look(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    row = make_message(deliver_after=NOW + TEN_DAYS, facts=UNTIL_NOW)
    make_message(deliver_after=NOW + TEN_DAYS, facts={"until": (NOW + TEN_DAYS).isoformat()})  # left to the next issue
    assert [heal_missed_deliveries(now=NOW).put_right for _ in range(3)] == [1, 0, 0]
    assert [one.pk for one in claimed(clock)] == [row.pk]
    assert len(caplog.records) == 1


def test_mail_put_off_by_our_own_rules_stays_put_off(clock: Clock) -> None:
    tired = make_message()
    tired.attempts = claim.MOST_ATTEMPTS - 2
    (tired,) = claimed(clock)
    claim.note_deferred(tired, error="busy", now=NOW)
    rests = make_person(quiet_from="09:00", quiet_until="08:00")  # only within one hour a day
    make_message(rests, deliver_after=NOW + timedelta(hours=23, minutes=30), facts=UNTIL_NOW)
    assert heal_missed_deliveries(now=NOW).put_right == 0


def test_claim_of_a_clock_that_was_ahead_ends_in_time(clock: Clock) -> None:
    make_message()
    claimed(clock)
    OutboxMessage.objects.update(leased_until=NOW + TEN_DAYS)
    assert [heal_missed_deliveries(now=NOW).put_right for _ in range(2)] == [1, 0]
    clock.move(hours=1)
    release_dead(clock=clock)
    assert OutboxMessage.objects.get().state == MessageState.PENDING


def test_unknown_outcome_of_a_clock_that_was_ahead_is_decided_on(clock: Clock) -> None:
    make_message(state=MessageState.UNSURE, committing_at=NOW, deliver_after=NOW + TEN_DAYS)
    assert [heal_missed_deliveries(now=NOW).put_right for _ in range(2)] == [1, 0]
    assert OutboxMessage.objects.get().deliver_after == NOW


def test_breaker_closed_by_a_clock_that_was_ahead_lets_one_try(clock: Clock) -> None:
    note_outage(MAIL, now=NOW + TEN_DAYS)
    may = [admission(MAIL, now=NOW, probe_for=claim_lease()) for _ in range(2)]
    assert may == [Admission.ONE, Admission.NOTHING]
    note_success(MAIL)
    assert admission(MAIL, now=NOW, probe_for=claim_lease()) is Admission.ALL


@pytest.mark.parametrize("number", NUMBERS)
def test_comparing_takes_as_many_queries_for_many_as_for_one(number: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    heal_missed_deliveries(now=NOW)
    reader = make_person()
    for _ in range(number):
        make_message(reader, deliver_after=NOW + TEN_DAYS, facts=UNTIL_NOW)
    with django_assert_num_queries(8):
        assert heal_missed_deliveries(now=NOW).put_right == number
