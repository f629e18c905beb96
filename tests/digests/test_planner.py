"""The digests' tick and the acts on subscriptions: windows tile time, each issue comes once."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, Frequency, MessageState
from tests.digests.conftest import MONDAY
from tests.factories import make_office_person, make_person, make_phase, make_roadmap

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


def test_issues_are_planned_once_and_tile_time(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    for number in range(5):
        late = timedelta(seconds=7 * number)
        plan_due_digests(now=MONDAY + number * DAY + late)
        plan_due_digests(now=MONDAY + number * DAY + late)
        mark_all_sent(MONDAY)
    issues = living_issues()
    assert [period for period, _, _ in issues] == [f"daily/2026-11-{day}" for day in (23, 24, 25, 26, 27)]
    assert [end for _, _, end in issues[:-1]] == [start for _, start, _ in issues[1:]]


def test_missed_periods_fold_into_one_issue(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    late = MONDAY + 4 * DAY + timedelta(hours=3)
    assert plan_due_digests(now=late) == 1
    assert plan_due_digests(now=late) == 0
    assert living_issues() == [("daily/2026-11-27", MONDAY - DAY, late)]


def test_unsent_issue_folds_into_the_next(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=SYSTEM, now=MONDAY - DAY, frequency=Frequency.DAILY)
    for number in range(3):
        plan_due_digests(now=MONDAY + number * DAY)
    assert living_issues() == [("daily/2026-11-25", MONDAY - DAY, MONDAY + 2 * DAY)]


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


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
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
    with pytest.raises(InvalidChange) as refusal:
        subscribe(reader, roadmap, by=SYSTEM, now=MONDAY, phase=make_phase(make_roadmap()))
    assert set(refusal.value.fields) == {"phase"}


def test_subscriptions_are_ones_own_or_the_offices(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY)
    with pytest.raises(NotAllowed):
        unsubscribe(subscription, by=Actor(make_person(), Door.WEB), now=MONDAY)
    change_subscription(subscription, by=Actor(make_office_person(), Door.ADMIN), now=MONDAY, weekday=2)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_query_count_does_not_grow_with_subscriptions(roadmap: Roadmap, number: int) -> None:
    for _ in range(number):
        subscribe(make_person(), roadmap, by=SYSTEM, now=MONDAY - DAY)
    with CaptureQueriesContext(connection) as queries:
        assert plan_due_digests(now=MONDAY) == number
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 5
