"""When planned mail may go: outside of quiet hours, days off waited out where that isn't too late."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from roadmap.models import OutboxMessage, Person, WorkdayOverride
from roadmap.outbox.insert import NewMessage, bring_forward, insert_once
from roadmap.vocabulary import MessageKind
from tests.factories import make_person
from tests.numbers import NUMBERS

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

NIGHT = (time(20), time(7, 30))
SUNDAY_NIGHT, MONDAY_MORNING = datetime(2026, 11, 22, 15, tzinfo=UTC), datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
FRIDAY_NIGHT, SATURDAY_MORNING = datetime(2026, 11, 20, 15, tzinfo=UTC), datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def mail_to(person: Person, **fields: Any) -> NewMessage:
    return NewMessage(key=f"reminder/{person.pk}", kind=MessageKind.REMINDER, recipient=person, **fields)


def planned(person: Person, at: datetime, **fields: Any) -> datetime:
    """From when on a mail planned at that instant may go."""
    (row,) = insert_once([mail_to(person, **fields)], deliver_after=at).values()
    return row.deliver_after


@pytest.mark.both_databases("roadmap.outbox.insert")
@override_settings(QUIET_HOURS=NIGHT)
def test_mail_planned_at_night_waits_for_the_morning_of_its_reader() -> None:
    assert planned(make_person(), SUNDAY_NIGHT) == MONDAY_MORNING
    assert planned(make_person(time_zone="Europe/Berlin"), SUNDAY_NIGHT) == SUNDAY_NIGHT  # 16:00 there


@override_settings(QUIET_HOURS=NIGHT)
def test_persons_own_hours_go_before_the_sites() -> None:
    assert planned(make_person(quiet_from=time(9), quiet_until=time(9)), SUNDAY_NIGHT) == SUNDAY_NIGHT
    own = make_person(quiet_from=time(22), quiet_until=time(9))
    assert planned(own, SUNDAY_NIGHT) == datetime(2026, 11, 23, 1, tzinfo=UTC)


@override_settings(QUIET_HOURS=None)
def test_without_quiet_hours_mail_goes_at_once() -> None:
    assert planned(make_person(), SUNDAY_NIGHT) == SUNDAY_NIGHT


@override_settings(QUIET_HOURS=NIGHT)
def test_time_that_the_reader_chose_is_kept() -> None:
    assert planned(make_person(), SUNDAY_NIGHT, awaited_until=SUNDAY_NIGHT) == SUNDAY_NIGHT
    assert planned(make_person(), SUNDAY_NIGHT, awaited_until=FRIDAY_NIGHT) == MONDAY_MORNING


@pytest.mark.parametrize(
    ("site", "own", "of_use_until", "goes"),
    [
        (True, None, date(2026, 12, 31), MONDAY_MORNING),
        (True, None, date(2026, 11, 23), MONDAY_MORNING),
        (True, None, date(2026, 11, 22), SATURDAY_MORNING),  # Monday would be too late
        (True, None, date(2026, 11, 1), SATURDAY_MORNING),  # overdue
        (True, None, None, SATURDAY_MORNING),
        (True, False, date(2026, 12, 31), SATURDAY_MORNING),
        (False, None, date(2026, 12, 31), SATURDAY_MORNING),
        (False, True, date(2026, 12, 31), MONDAY_MORNING),
    ],
)
def test_reminder_waits_for_a_working_day_unless_that_is_too_late(
    site: bool, own: bool | None, of_use_until: date | None, goes: datetime
) -> None:
    person = make_person(quiet_on_days_off=own)
    with override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=site):
        assert planned(person, FRIDAY_NIGHT, of_use_until=of_use_until) == goes


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
def test_override_makes_a_saturday_a_working_day() -> None:
    WorkdayOverride.objects.create(day=date(2026, 11, 21), is_working=True, reason="调休")
    assert planned(make_person(), FRIDAY_NIGHT, of_use_until=date(2026, 12, 31)) == SATURDAY_MORNING


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
def test_days_off_are_those_of_the_readers_own_calendar() -> None:
    night, holiday = datetime(2026, 6, 30, 22, tzinfo=UTC), date(2026, 7, 1)  # Hong Kong's day, worked on the mainland
    morning, next_morning = (datetime(2026, month, day, 23, 30, tzinfo=UTC) for month, day in ((6, 30), (7, 1)))
    for calendar, goes in (("CN", morning), ("HK", next_morning)):
        assert planned(make_person(calendar=calendar), night, of_use_until=date(2026, 12, 31)) == goes
    WorkdayOverride.objects.create(calendar="HK", day=holiday, is_working=True)
    assert planned(make_person(calendar="HK"), night, of_use_until=date(2026, 12, 31)) == morning


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
@pytest.mark.parametrize("number", NUMBERS)
def test_query_count_does_not_grow_with_mails(number: int) -> None:
    people = [make_person() for _ in range(number)]
    mails = [mail_to(person, of_use_until=date(2026, 12, 31)) for person in people]
    with CaptureQueriesContext(connection) as queries:
        insert_once(mails, deliver_after=FRIDAY_NIGHT)
    assert len([query for query in queries if query["sql"].lstrip("(").startswith("SELECT")]) == 2


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
def test_mail_put_off_goes_sooner_when_pressing_news_joins_it() -> None:
    person = make_person()
    (row,) = insert_once([mail_to(person, of_use_until=date(2026, 12, 31))], deliver_after=FRIDAY_NIGHT).values()
    bring_forward([(row, mail_to(person, of_use_until=date(2026, 11, 1)))], now=FRIDAY_NIGHT)
    assert OutboxMessage.objects.get().deliver_after == SATURDAY_MORNING


@override_settings(QUIET_HOURS=NIGHT, QUIET_DAYS_OFF=True)
def test_mail_that_waits_for_an_outage_learns_how_pressing_the_news_is_that_joins_it() -> None:
    person = make_person()
    friday_noon = datetime(2026, 11, 20, 4, tzinfo=UTC)
    (row,) = insert_once([mail_to(person, of_use_until=date(2026, 12, 31))], deliver_after=friday_noon).values()
    bring_forward([(row, mail_to(person, of_use_until=date(2026, 11, 1)))], now=FRIDAY_NIGHT)
    stored = OutboxMessage.objects.get()
    assert (stored.deliver_after, stored.of_use_until) == (friday_noon, date(2026, 11, 1))


@override_settings(QUIET_HOURS=None)
def test_mail_that_was_refused_for_now_keeps_its_pause() -> None:
    (row,) = insert_once([mail_to(make_person())], deliver_after=MONDAY_MORNING).values()
    row.attempts = 1
    bring_forward([(row, mail_to(row.recipient))], now=FRIDAY_NIGHT)
    assert OutboxMessage.objects.get().deliver_after == MONDAY_MORNING


def test_quiet_hours_need_both_ends() -> None:
    person = make_person()
    person.quiet_from = time(20)
    with pytest.raises(ValidationError) as refused, translation.override("en"):
        person.validate_constraints()
    assert refused.value.messages == ["Quiet hours need both their beginning and their end, or neither."]
