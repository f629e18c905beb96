"""Whoever sends doesn't wait for a planner that is taking a mail out of its hands. Only PostgreSQL locks rows."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from roadmap.models import OutboxMessage
from roadmap.outbox import claim
from roadmap.outbox.moment import database_clock
from roadmap.outbox.patience import claim_lease, reply_lease
from roadmap.outbox.withdraw import pulled_back
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import NOW, make_message


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_mark_passes_over_a_mail_that_a_planner_is_taking_back() -> None:
    taken_back, other = make_message(), make_message()
    OutboxMessage.objects.update(deliver_after=NOW.replace(year=2020))
    rows = claim.claim(OutboxMessage.objects.all(), now=database_clock(), lease=claim_lease(), limit=10)
    is_locked, may_end = Event(), Event()
    nobody_waited: list[bool] = []

    def plan() -> None:
        with transaction.atomic():
            pulled_back(OutboxMessage.objects.filter(pk=taken_back.pk))
            is_locked.set()
            nobody_waited.append(may_end.wait(20))
        connection.close()

    planner = Thread(target=plan)
    planner.start()
    assert is_locked.wait(20)
    with transaction.atomic():
        go = claim.note_committing(rows, now=database_clock(), lease=reply_lease())
    claim.give_back([row for row in rows if row not in go])
    assert claim.renew(rows, now=database_clock(), lease=claim_lease()) == rows  # it finds out at its mark
    may_end.set()
    planner.join(30)
    assert nobody_waited == [True]
    assert [row.pk for row in go] == [other.pk]
    taken_back.refresh_from_db()
    other.refresh_from_db()
    assert (taken_back.state, taken_back.committing_at) == (MessageState.PENDING, None)
    assert other.state == MessageState.SENDING
    assert other.committing_at is not None
