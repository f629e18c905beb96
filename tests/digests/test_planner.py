"""The digests' tick and the acts on subscriptions: windows tile time, each issue comes once."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.editing.entries import change_entry
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox import claim, marks
from roadmap.outbox.patience import claim_lease
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.truth import may_go
from roadmap.vocabulary import Door, Frequency, MessageState
from tests.digests.conftest import MONDAY
from tests.factories import (
    make_initiative,
    make_office_person,
    make_person,
    make_phase,
    make_pillar,
    make_roadmap,
)
from tests.numbers import NUMBERS

pytestmark = pytest.mark.on_postgresql

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def living_issues() -> list[tuple[str, datetime, datetime]]:
    """Period and window of the issues that wait or were sent."""
    rows = OutboxMessage.objects.exclude(state=MessageState.WITHDRAWN).order_by("pk")
    read = datetime.fromisoformat
    return [(row.facts["period"], read(row.facts["from"]), read(row.facts["until"])) for row in rows]


def mark_all_sent(now: datetime) -> None:
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=now)


def test_first_issue_comes_at_the_next_time_and_covers_a_whole_period(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.WEEKLY)
    assert plan_due_digests(now=MONDAY - timedelta(seconds=1)) == 0
    assert plan_due_digests(now=MONDAY) == 1
    assert living_issues() == [("weekly/2026-W48", MONDAY - WEEK, MONDAY)]
    assert DigestSubscription.objects.get().next_issue_at == MONDAY + WEEK


def test_first_issue_comes_at_once_when_asked_for_and_only_once(roadmap: Roadmap, reader: Person) -> None:
    now = MONDAY + timedelta(hours=5)
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=now, first_issue_now=True)
    plan_due_digests(now=now)
    mark_all_sent(now)
    plan_due_digests(now=MONDAY + WEEK)
    assert living_issues() == [("first", now - WEEK, now), ("weekly/2026-W49", now, MONDAY + WEEK)]
    assert list(OutboxMessage.objects.order_by("pk").values_list("key", flat=True)) == [
        f"digest/s{subscription.pk}/first",
        f"digest/s{subscription.pk}/weekly/2026-W49",
    ]


@pytest.mark.both_databases("roadmap.digests.planner")
def test_issues_are_planned_once_and_tile_time(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    for number in range(5):
        late = timedelta(seconds=7 * number)
        plan_due_digests(now=MONDAY + number * DAY + late)
        plan_due_digests(now=MONDAY + number * DAY + late)
        mark_all_sent(MONDAY)
    issues = living_issues()
    assert [period for period, _, _ in issues] == [f"daily/2026-11-{day}" for day in (23, 24, 25, 26, 27)]
    assert [(start, end) for _, start, end in issues] == [
        (MONDAY + (number - 1) * DAY, MONDAY + number * DAY) for number in range(5)
    ]


def test_missed_periods_fold_into_one_issue(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    late = MONDAY + 4 * DAY + timedelta(hours=3)
    assert plan_due_digests(now=late) == 1
    assert plan_due_digests(now=late) == 0
    assert living_issues() == [("daily/2026-11-27", MONDAY - DAY, MONDAY + 4 * DAY)]


def test_unsent_issue_folds_into_the_next(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    for number in range(3):
        plan_due_digests(now=MONDAY + number * DAY)
    assert living_issues() == [("daily/2026-11-25", MONDAY - DAY, MONDAY + 2 * DAY)]


def test_issue_that_a_worker_holds_folds_into_the_next_unless_it_is_being_handed_over(
    roadmap: Roadmap, reader: Person
) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    for number in range(3):
        at = MONDAY + number * DAY
        plan_due_digests(now=at)
        held = claim.claim(OutboxMessage.objects.all(), now=at, lease=claim_lease(), limit=10)
    marks.note_committing(held, now=at, lease=claim_lease())
    plan_due_digests(now=MONDAY + 3 * DAY)
    assert living_issues() == [
        ("daily/2026-11-25", MONDAY - DAY, MONDAY + 2 * DAY),
        ("daily/2026-11-26", MONDAY + 2 * DAY, MONDAY + 3 * DAY),
    ]


def test_second_issue_of_a_period_is_left_to_the_next(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY)
    plan_due_digests(now=MONDAY)
    mark_all_sent(MONDAY)
    change_subscription(subscription, by=SYSTEM, now=MONDAY, weekday=3)
    wednesday = MONDAY + 2 * DAY
    assert plan_due_digests(now=wednesday) == 1
    assert plan_due_digests(now=wednesday + WEEK) == 1
    assert living_issues() == [
        ("weekly/2026-W48", MONDAY - WEEK, MONDAY),
        ("weekly/2026-W49", MONDAY, wednesday + WEEK),
    ]


def test_unsent_issue_is_told_later_where_no_new_one_takes_it_over(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.WEEKLY)
    plan_due_digests(now=MONDAY)
    mark_all_sent(MONDAY)
    change_subscription(subscription, by=SYSTEM, now=MONDAY, frequency=Frequency.DAILY)
    plan_due_digests(now=MONDAY + DAY)  # stays unsent
    change_subscription(subscription, by=SYSTEM, now=MONDAY + DAY, frequency=Frequency.WEEKLY, weekday=3)
    plan_due_digests(now=MONDAY + 2 * DAY)  # the week has had its issue
    plan_due_digests(now=MONDAY + 9 * DAY)
    assert living_issues() == [
        ("weekly/2026-W48", MONDAY - WEEK, MONDAY),
        ("weekly/2026-W49", MONDAY, MONDAY + 9 * DAY),
    ]


def test_ended_subscription_that_begins_anew_tells_what_waited_when_it_ended(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    plan_due_digests(now=MONDAY)
    unsubscribe(subscription, by=SYSTEM, now=MONDAY)
    change_subscription(subscription, by=SYSTEM, now=MONDAY)
    plan_due_digests(now=MONDAY + DAY)
    assert living_issues() == [("daily/2026-11-24", MONDAY - DAY, MONDAY + DAY)]


@pytest.mark.both_databases("roadmap.digests.subscriptions")
def test_paused_subscription_is_silent_and_then_covers_the_pause(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    plan_due_digests(now=MONDAY)
    pause(subscription, by=SYSTEM, now=MONDAY, until=date(2026, 12, 1))
    assert living_issues() == []
    assert plan_due_digests(now=MONDAY + 7 * DAY) == 0
    plan_due_digests(now=MONDAY + 8 * DAY)
    assert living_issues() == [("daily/2026-12-01", MONDAY - DAY, MONDAY + 8 * DAY)]  # with what waited when it began
    with pytest.raises(InvalidChange):
        pause(subscription, by=SYSTEM, now=MONDAY, until=date(2026, 11, 23))


def test_ended_subscription_withdraws_what_waits_and_sends_no_more(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY, first_issue_now=True)
    plan_due_digests(now=MONDAY)
    unsubscribe(subscription, by=SYSTEM, now=MONDAY, reason="By request")
    assert living_issues() == []
    assert plan_due_digests(now=MONDAY + WEEK) == 0
    assert subscription.history.latest().history_change_reason == "By request"


def test_issue_that_was_on_its_way_when_its_reader_had_enough_goes_no_more(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    plan_due_digests(now=MONDAY)
    held = claim.claim(OutboxMessage.objects.all(), now=MONDAY, lease=claim_lease(), limit=1)
    assert may_go(held[0], BatchMemory(now=MONDAY))
    marks.note_committing(held, now=MONDAY, lease=claim_lease())
    pause(subscription, by=SYSTEM, now=MONDAY, until=date(2026, 12, 1))
    assert living_issues() == [("daily/2026-11-23", MONDAY - DAY, MONDAY)]  # too late to take it back
    claim.unmark(held, now=MONDAY)  # its final dot was never sent
    (again,) = claim.claim(OutboxMessage.objects.all(), now=MONDAY, lease=claim_lease(), limit=1)
    assert not may_go(again, BatchMemory(now=MONDAY))
    assert may_go(again, BatchMemory(now=MONDAY + 8 * DAY))
    assert DigestSubscription.objects.get().covered_until == MONDAY - DAY  # the next one tells of it
    unsubscribe(subscription, by=SYSTEM, now=MONDAY)
    assert not may_go(again, BatchMemory(now=MONDAY + 8 * DAY))
    DigestSubscription.objects.all().delete()
    assert not may_go(again, BatchMemory(now=MONDAY + 8 * DAY))


def test_reader_who_cannot_be_reached_loses_nothing(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    Person.objects.update(email="")
    assert plan_due_digests(now=MONDAY) == 1
    assert living_issues() == []
    Person.objects.filter(pk=reader.pk).update(email="reader@example.org")
    plan_due_digests(now=MONDAY + DAY)
    assert living_issues() == [("daily/2026-11-24", MONDAY - DAY, MONDAY + DAY)]


def test_times_are_the_readers(roadmap: Roadmap) -> None:
    reader = make_person(time_zone="America/Santiago", language="en")
    subscription = subscribe(reader, roadmap, by=SYSTEM, now=MONDAY, frequency=Frequency.DAILY, send_at=time(7, 0))
    assert subscription.next_issue_at == datetime.fromisoformat("2026-11-23T07:00:00-03:00")


def test_times_are_the_subscriptions_own_where_it_has_some(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(
        reader, roadmap, by=SYSTEM, now=MONDAY, frequency=Frequency.DAILY, time_zone="Europe/Berlin"
    )
    assert subscription.next_issue_at == datetime.fromisoformat("2026-11-23T08:30:00+01:00")


@pytest.mark.parametrize(
    ("frequency", "zone", "planned"),
    [
        (  # later that day: the day has had its issue, so that the next one is tomorrow's
            Frequency.DAILY,
            "America/Santiago",
            ("daily/2026-11-24", MONDAY, datetime.fromisoformat("2026-11-24T08:30:00-03:00")),
        ),
        (  # earlier: tomorrow's issue is due 30 minutes sooner than it was
            Frequency.DAILY,
            "Asia/Tokyo",
            ("daily/2026-11-24", MONDAY, datetime.fromisoformat("2026-11-24T08:30:00+09:00")),
        ),
        (
            Frequency.WEEKLY,
            "Australia/Lord_Howe",
            ("weekly/2026-W49", MONDAY, datetime.fromisoformat("2026-11-30T08:30:00+11:00")),
        ),
    ],
)
def test_reader_who_moves_gets_the_next_issue_by_the_new_clock(
    roadmap: Roadmap, reader: Person, frequency: str, zone: str, planned: tuple[str, datetime, datetime]
) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=frequency)
    plan_due_digests(now=MONDAY)
    mark_all_sent(MONDAY)
    moved = MONDAY + timedelta(hours=2)
    with time_machine.travel(moved, tick=False):
        change_entry(reader, by=SYSTEM, time_zone=zone)
        DigestSubscription.objects.ask_planner_to_look(at=moved)  # the database's clock can't be moved
    tick, end = moved, planned[2]
    while tick < end:  # looks each half hour, as a beat does each minute
        plan_due_digests(now=tick)
        assert len(living_issues()) == 1
        tick += timedelta(minutes=30)
    plan_due_digests(now=end)
    assert living_issues()[1:] == [planned]


def test_reader_whose_name_changes_is_looked_at_and_told_nothing_new(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY)
    DigestSubscription.objects.ask_planner_to_look(at=MONDAY - timedelta(hours=2))
    assert plan_due_digests(now=MONDAY - timedelta(hours=1)) == 1
    assert living_issues() == []
    assert DigestSubscription.objects.get().next_issue_at == MONDAY


def test_look_asked_for_puts_off_nothing_that_is_due_and_wakes_nobody_who_ended(
    roadmap: Roadmap, reader: Person
) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY)
    ended = subscribe(make_person(), roadmap, by=SYSTEM, now=MONDAY - DAY)
    unsubscribe(ended, by=SYSTEM, now=MONDAY - DAY)
    DigestSubscription.objects.ask_planner_to_look(at=MONDAY + timedelta(hours=1))
    assert plan_due_digests(now=MONDAY + timedelta(hours=1)) == 1
    assert living_issues() == [("weekly/2026-W48", MONDAY - WEEK, MONDAY)]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"time_zone": "Asia/Peking"}, {"time_zone"}),
        ({"language": "de"}, {"language"}),
        ({"weekday": 8}, {"__all__"}),
        ({"month_day": 0}, {"__all__"}),
        ({"frequency": "hourly"}, {"frequency"}),
        ({"is_active": False}, {"is_active"}),
        ({"colour": "red"}, {"colour"}),
    ],
)
def test_subscriptions_refuse_what_they_cannot_follow(
    roadmap: Roadmap, reader: Person, fields: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(InvalidChange) as refusal:
        subscribe(reader, roadmap, by=SYSTEM, now=MONDAY, **fields)
    assert wrong <= set(refusal.value.fields)
    assert not DigestSubscription.objects.exists()


def test_subscriptions_refuse_a_filter_of_another_roadmap(roadmap: Roadmap, reader: Person) -> None:
    pillar = make_pillar(make_roadmap())
    filters = {"phase": make_phase(pillar.roadmap), "pillar": pillar, "initiative": make_initiative(pillar)}
    with pytest.raises(InvalidChange) as refusal:
        subscribe(reader, roadmap, by=SYSTEM, now=MONDAY, **filters)
    assert set(refusal.value.fields) == set(filters)


def test_subscriptions_are_ones_own_or_the_offices(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY)
    with pytest.raises(NotAllowed):
        unsubscribe(subscription, by=Actor(make_person(), Door.WEB), now=MONDAY)
    change_subscription(subscription, by=Actor(make_office_person(), Door.ADMIN), now=MONDAY, weekday=2)


@pytest.mark.parametrize("number", NUMBERS)
def test_query_count_does_not_grow_with_subscriptions(
    roadmap: Roadmap, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":  # Django cuts statements for SQLite servers of long ago
        monkeypatch.setattr(connection.features, "max_query_params", 32_766)
    people = Person.objects.bulk_create(
        [Person(username=f"reader-{each}", email=f"reader-{each}@example.org") for each in range(number)]
    )
    DigestSubscription.objects.bulk_create(
        [
            DigestSubscription(person=person, roadmap=roadmap, covered_until=MONDAY - WEEK, next_issue_at=MONDAY)
            for person in people
        ]
    )
    for tick, queries_needed in ((MONDAY, 8), (MONDAY + WEEK, 9)):  # the second takes over what still waits
        with CaptureQueriesContext(connection) as queries:
            assert plan_due_digests(now=tick) == number
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == queries_needed
    assert len(living_issues()) == number


@override_settings(QUIET_HOURS=(time(20), time(12)))
@pytest.mark.parametrize(
    ("first_issue_now", "late", "goes"),
    [
        (False, timedelta(minutes=5), MONDAY + timedelta(minutes=5)),  # its reader chose that time
        (False, timedelta(hours=2), MONDAY + timedelta(hours=3, minutes=30)),  # after downtime: noon in Shanghai
        (True, timedelta(0), MONDAY + timedelta(hours=3, minutes=30)),  # nobody chose that time
    ],
)
def test_digest_comes_at_its_time_and_out_of_turn_only_outside_of_quiet_hours(
    first_issue_now: bool, late: timedelta, goes: datetime, roadmap: Roadmap, reader: Person
) -> None:
    asked_at = MONDAY if first_issue_now else MONDAY - DAY
    subscribe(reader, roadmap, by=SYSTEM, now=asked_at, frequency=Frequency.DAILY, first_issue_now=first_issue_now)
    plan_due_digests(now=MONDAY + late)
    assert OutboxMessage.objects.get().deliver_after == goes
