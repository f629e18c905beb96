"""Whoever claims or sends passes over what another has in hand, and waits for nobody. Only PostgreSQL locks rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from roadmap.models import OutboxMessage
from roadmap.outbox import claim, marks
from roadmap.outbox.moment import database_clock
from roadmap.outbox.patience import claim_lease, reply_lease
from roadmap.outbox.withdraw import pulled_back
from roadmap.vocabulary import MessageState
from tests.outbox.conftest import NOW, make_message

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgresql,
]
SECONDS = 20


@contextmanager
def in_other_hands(row: OutboxMessage) -> Iterator[None]:
    """Within it, a planner's transaction has the row; whoever waits for it waits too long."""
    is_locked, may_end = Event(), Event()
    nobody_waited: list[bool] = []

    def plan() -> None:
        with transaction.atomic():
            pulled_back(OutboxMessage.objects.filter(pk=row.pk))
            is_locked.set()
            nobody_waited.append(may_end.wait(SECONDS))
        connection.close()

    planner = Thread(target=plan)
    planner.start()
    assert is_locked.wait(SECONDS)
    yield
    may_end.set()
    planner.join(SECONDS)
    assert nobody_waited == [True]


@pytest.fixture
def messages() -> list[OutboxMessage]:
    """Two that are due by the database's clock."""
    made = [make_message(), make_message()]
    OutboxMessage.objects.update(deliver_after=NOW.replace(year=2020))
    return made


def all_claimed() -> list[OutboxMessage]:
    return claim.claim(OutboxMessage.objects.all(), now=database_clock(), lease=claim_lease(), limit=10)


@pytest.mark.both_databases("roadmap.outbox.claim")
def test_claim_passes_over_a_mail_that_another_has_in_hand(messages: list[OutboxMessage]) -> None:
    taken, other = messages
    with in_other_hands(taken):
        assert all_claimed() == [other]
    assert all_claimed() == [taken]


@pytest.mark.both_databases("roadmap.outbox.marks")
def test_mark_passes_over_a_mail_that_a_planner_is_taking_back(messages: list[OutboxMessage]) -> None:
    taken_back, other = messages
    rows = all_claimed()
    with in_other_hands(taken_back):
        with transaction.atomic():
            go = marks.note_committing(rows, now=database_clock(), lease=reply_lease())
        claim.give_back([row for row in rows if row not in go])
        assert claim.renew(rows, now=database_clock(), lease=claim_lease()) == rows  # it finds out at its mark
    assert [row.pk for row in go] == [other.pk]
    taken_back.refresh_from_db()
    other.refresh_from_db()
    assert (taken_back.state, taken_back.committing_at) == (MessageState.PENDING, None)
    assert other.state == MessageState.SENDING
    assert other.committing_at is not None
