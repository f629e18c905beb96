"""Leases and what is due, by the database's own clock."""

from datetime import timedelta

import pytest

from roadmap.clock import now
from roadmap.models import OutboxMessage
from roadmap.outbox import claim, marks
from roadmap.outbox.deliver import release_dead
from roadmap.outbox.moment import database_clock, instant
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import make_message

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
LEASE = timedelta(minutes=3)


def test_due_and_leased_are_judged_by_the_database() -> None:
    due, _ahead = (make_message(deliver_after=now() + timedelta(hours=by)) for by in (-1, 1))
    rows = claim.claim(OutboxMessage.objects.all(), now=database_clock(), lease=LEASE, limit=10)
    assert [row.pk for row in rows] == [due.pk]
    due.refresh_from_db()
    assert due.leased_until is not None
    assert abs(due.leased_until - now() - LEASE) < timedelta(minutes=1)
    assert release_dead(clock=database_clock) == 0
    OutboxMessage.objects.filter(pk=due.pk).update(leased_until=due.leased_until - timedelta(minutes=4))
    assert release_dead(clock=database_clock) == 1


def test_waits_are_counted_from_the_databases_now() -> None:
    message = make_message(deliver_after=now() - timedelta(hours=1))
    (row,) = claim.claim(OutboxMessage.objects.all(), now=database_clock(), lease=LEASE, limit=1)
    assert claim.note_deferred(row, error="451 later", now=database_clock()) is True
    message.refresh_from_db()
    assert message.state == MessageState.PENDING
    assert timedelta(seconds=30) < message.deliver_after - now() < timedelta(seconds=90)


def test_worker_whose_clock_is_an_hour_ahead_takes_over_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make_message(deliver_after=now() - timedelta(hours=1))
    assert len(claim.claim(OutboxMessage.objects.all(), now=database_clock(), lease=LEASE, limit=1)) == 1
    ahead = now() + timedelta(hours=1)
    monkeypatch.setattr("roadmap.clock.now", lambda: ahead)
    assert release_dead(clock=database_clock) == 0


@pytest.mark.both_databases("roadmap.outbox.moment")
def test_databases_instant_can_be_read() -> None:
    assert abs(instant(database_clock()) - now()) < timedelta(minutes=1)


@pytest.mark.parametrize("number", [1, 6, pytest.param(40, marks=pytest.mark.everything)])
def test_claim_takes_as_many_queries_for_many_as_for_one(number: int, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(number):
        make_message(deliver_after=now() - timedelta(hours=1))
    queue = OutboxMessage.objects.select_related("recipient")
    with django_assert_num_queries(4):  # savepoint, look, take, release
        rows = claim.claim(queue, now=database_clock(), lease=LEASE, limit=50)
    with django_assert_num_queries(1):
        marks.note_committing(rows, now=database_clock(), lease=LEASE)
    with django_assert_num_queries(1):
        assert marks.note_sent(rows, now=database_clock()) == number
