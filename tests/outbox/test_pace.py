"""No more mails go in a minute than the mail server takes, however many workers there are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from roadmap.outbox import pace
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.moment import database_clock
from tests.outbox.conftest import NOW, Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = pytest.mark.on_postgresql


@pytest.mark.both_databases("roadmap.outbox.pace")
@pytest.mark.django_db
def test_so_many_go_in_a_minute_and_the_rest_in_the_next(
    clock: Clock, words: Words, smtp_sink: Sink, settings: Settings
) -> None:
    settings.MAILS_PER_MINUTE = 3
    for _ in range(5):
        make_message()
    sent = []
    for seconds in (0, 59, 61):
        clock.now = NOW + timedelta(seconds=seconds)
        sent.append(deliver_pending(clock=clock))
    assert sent == [3, 0, 2]
    clock.now = NOW + timedelta(seconds=100)
    make_message()
    make_message()
    assert deliver_pending(clock=clock) == 1  # what was taken and not needed was left to others


@pytest.mark.django_db
def test_a_clock_that_was_ahead_stops_nothing(clock: Clock, words: Words, smtp_sink: Sink, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 1
    assert pace.take(1, now=NOW + timedelta(days=9)).mails == 1
    make_message()
    assert deliver_pending(clock=clock) == 1


@pytest.mark.django_db
def test_what_is_left_when_the_minute_is_over_is_not_given_in_the_next(settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 10
    before = pace.take(8, now=NOW)
    later = NOW + timedelta(minutes=1)
    assert pace.take(10, now=later).mails == 10
    pace.leave(before, unused=5)
    assert pace.take(10, now=later).mails == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_minute(settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 10

    def take(_number: int) -> int:
        try:
            return pace.take(4, now=database_clock()).mails
        finally:
            connection.close()

    pace.take(0, now=database_clock())
    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(take, range(4))) == [0, 2, 4, 4]
