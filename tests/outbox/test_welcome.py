"""Quiet hours bind whenever a mail would go: at first, tried again, after an outage, released by a person."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from roadmap.models import OutboxMessage, Person
from roadmap.models.history import SYSTEM
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.hold import hold, release
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.welcome import welcome_among, welcome_from
from roadmap.vocabulary import MessageState
from roadmap.workdays import WorkCalendar
from tests.factories import make_person
from tests.numbers import NUMBERS
from tests.outbox.conftest import Clock, Words, claimed, make_message
from tests.servers.smtp import Sink

NIGHT = (time(20), time(7, 30))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
@pytest.mark.parametrize(
    ("zone", "at", "fields", "welcome"),
    [
        ("Asia/Shanghai", "2026-11-23T12:00:00", {}, "2026-11-23T23:30:00"),
        ("Asia/Shanghai", "2026-11-23T11:59:59", {}, "2026-11-23T11:59:59"),
        ("Asia/Urumqi", "2026-11-23T13:59:59", {}, "2026-11-23T13:59:59"),  # 19:59 there
        ("America/Santiago", "2026-11-24T00:00:00", {}, "2026-11-24T10:30:00"),
        # Berlin's night of 28 March 2027 lacks an hour, that of 31 October has one more; Lord Howe's half an hour
        ("Europe/Berlin", "2027-03-28T00:30:00", {}, "2027-03-28T05:30:00"),
        ("Europe/Berlin", "2027-10-31T01:30:00", {}, "2027-10-31T06:30:00"),
        ("Australia/Lord_Howe", "2027-04-03T15:00:00", {}, "2027-04-03T21:00:00"),
        ("Africa/Cairo", "2026-04-23T22:30:00", {}, "2026-04-24T04:30:00"),  # its midnight doesn't exist
        # a time that its reader chose, as long as it is nearly kept
        ("Asia/Shanghai", "2026-11-23T13:30:00", {"awaited_until": "2026-11-23T14:00:00"}, "2026-11-23T13:30:00"),
        ("Asia/Shanghai", "2026-11-23T14:00:01", {"awaited_until": "2026-11-23T14:00:00"}, "2026-11-23T23:30:00"),
        # Saturday noon: Monday, where that is soon enough; pressing news goes all the same; 调休 is worked
        ("Asia/Shanghai", "2026-11-21T04:00:00", {"of_use_until": date(2026, 12, 31)}, "2026-11-22T23:30:00"),
        ("Asia/Shanghai", "2026-11-21T04:00:00", {"of_use_until": date(2026, 11, 22)}, "2026-11-21T04:00:00"),
        ("Asia/Shanghai", "2026-11-21T04:00:00", {}, "2026-11-21T04:00:00"),
        ("Asia/Shanghai", "2026-10-10T04:00:00", {"of_use_until": date(2026, 12, 31)}, "2026-10-10T04:00:00"),
    ],
)
def test_mail_is_welcome_by_its_readers_clock(zone: str, at: str, fields: dict[str, Any], welcome: str) -> None:
    row = OutboxMessage(recipient=Person(time_zone=zone), **fields)
    if "awaited_until" in fields:
        row.awaited_until = utc(fields["awaited_until"])
    assert welcome_from(row, at=utc(at), calendar_of=lambda code: WorkCalendar(code=code)) == utc(welcome)


@pytest.mark.django_db
@override_settings(QUIET_HOURS=NIGHT)
def test_mail_tried_again_waits_for_the_morning(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    clock.now = utc("2026-11-23T11:59:50")  # just before 20:00 in Shanghai
    message = make_message(deliver_after=clock.now)
    smtp_sink.refuse_addresses = {message.address: "451 try again later"}
    assert deliver_pending(clock=clock) == 0
    smtp_sink.refuse_addresses = {}
    clock.move(minutes=10)
    assert deliver_pending(clock=clock) == 0
    waiting = OutboxMessage.objects.get()
    assert (waiting.state, waiting.deliver_after, waiting.attempts, waiting.leased_until) == (
        *(MessageState.PENDING, utc("2026-11-23T23:30:00"), 1, None),
    )
    clock.now = utc("2026-11-23T23:30:00")
    assert deliver_pending(clock=clock) == 1


@pytest.mark.django_db
@override_settings(QUIET_HOURS=NIGHT)
def test_after_an_outage_only_those_are_written_to_for_whom_it_is_day(
    clock: Clock, words: Words, smtp_sink: Sink
) -> None:
    clock.now = utc("2026-11-23T11:00:00")
    make_message(deliver_after=clock.now)
    make_message(make_person(username="berlin", time_zone="Europe/Berlin"), deliver_after=clock.now)
    with override_settings(EMAIL_PORT=1):  # nobody listens there
        assert deliver_pending(clock=clock) == 0
    clock.move(hours=2)
    while deliver_pending(clock=clock) == 0:
        clock.move(minutes=1)
    clock.move(minutes=1)
    assert deliver_pending(clock=clock) == 0
    assert smtp_sink.recipients == [["berlin@example.org"]]
    clock.now = utc("2026-11-23T23:30:00")
    assert deliver_pending(clock=clock) == 1


@pytest.mark.django_db
@override_settings(QUIET_HOURS=NIGHT)
def test_hold_released_at_night_wakes_nobody(clock: Clock, words: Words, smtp_sink: Sink) -> None:
    clock.now = utc("2026-11-23T11:00:00")
    make_message(deliver_after=clock.now)
    hold(reason="looking at it", by=SYSTEM, now=clock.now)
    assert deliver_pending(clock=clock) == 0
    clock.move(hours=3)
    release(by=SYSTEM)
    assert deliver_pending(clock=clock) == 0
    clock.now += timedelta(hours=10)
    assert deliver_pending(clock=clock) == 1


@pytest.mark.django_db
@override_settings(QUIET_HOURS=NIGHT)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(("at", "needed"), [("2026-11-23T04:00:00", 0), ("2026-11-23T13:00:00", 1)])
def test_asking_costs_no_query_a_mail(number: int, at: str, needed: int, clock: Clock) -> None:
    clock.now = utc(at)
    for _ in range(number):
        make_message(deliver_after=clock.now)
    rows = claimed(clock, limit=number)
    with CaptureQueriesContext(connection) as queries:
        welcome = welcome_among(rows, BatchMemory(now=clock.now))
    assert (len(welcome), len(queries)) == (0 if needed else number, needed)
