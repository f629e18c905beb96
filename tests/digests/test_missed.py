"""A subscription that nothing would wake in time is found, and its reader gets what was missed in one issue."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from roadmap.digests.missed import heal_missed_digests
from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import change_subscription, pause, subscribe
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, MessageState
from tests.digests.conftest import MONDAY
from tests.numbers import NUMBERS

pytestmark = pytest.mark.on_postgresql


def test_an_active_subscription_without_a_next_issue_gets_what_it_missed(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY - timedelta(days=1))
    DigestSubscription.objects.update(next_issue_at=None)
    late = MONDAY + timedelta(days=9)
    assert (plan_due_digests(now=late), heal_missed_digests(now=late).put_right) == (0, 1)
    assert plan_due_digests(now=late) == 1
    assert OutboxMessage.objects.count() == 1
    assert DigestSubscription.objects.get().next_issue_at == MONDAY + timedelta(days=14)
    assert heal_missed_digests(now=late).put_right == 0


def test_ended_subscriptions_stay_ended(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY)
    DigestSubscription.objects.update(next_issue_at=None, is_active=False)
    assert heal_missed_digests(now=MONDAY).put_right == 0


def test_next_issue_too_far_ahead_is_found_before_the_right_one_is_due(roadmap: Roadmap, reader: Person) -> None:
    subscription = subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY)
    DigestSubscription.objects.update(next_issue_at=MONDAY + timedelta(days=300))
    assert heal_missed_digests(now=MONDAY).put_right == 1
    plan_due_digests(now=MONDAY)
    assert (next_issue_at(), OutboxMessage.objects.count()) == (subscription.next_issue_at, 0)


def test_what_acts_have_set_is_right(roadmap: Roadmap, reader: Person) -> None:
    me = Actor(reader, Door.WEB)
    subscription = subscribe(reader, roadmap, by=me, now=MONDAY, frequency="monthly", month_day=31)
    assert heal_missed_digests(now=MONDAY).put_right == 0
    subscription = change_subscription(subscription, by=me, now=MONDAY, frequency="daily")
    assert heal_missed_digests(now=MONDAY + timedelta(hours=1)).put_right == 0
    pause(subscription, by=me, now=MONDAY, until=MONDAY.date() + timedelta(days=40))
    for days in (0, 20, 39):
        assert heal_missed_digests(now=MONDAY + timedelta(days=days)).put_right == 0
    DigestSubscription.objects.update(next_issue_at=MONDAY + timedelta(days=41))
    assert heal_missed_digests(now=MONDAY).put_right == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_comparing_takes_as_many_queries_for_many_as_for_one(
    roadmap: Roadmap, number: int, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    heal_missed_digests(now=MONDAY)
    readers = Person.objects.bulk_create([Person(username=f"reader-{each}") for each in range(number)])
    DigestSubscription.objects.bulk_create(
        [DigestSubscription(person=one, roadmap=roadmap, covered_until=MONDAY) for one in readers]
    )
    with django_assert_num_queries(4):  # how far it has come, the slice, put right, move on
        assert heal_missed_digests(now=MONDAY).put_right == number


def next_issue_at() -> datetime | None:
    return DigestSubscription.objects.get().next_issue_at


def test_clock_that_was_ahead_once_costs_no_reader_their_digests(
    roadmap: Roadmap, reader: Person, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY - timedelta(hours=1), frequency="daily")
    plan_due_digests(now=MONDAY)
    OutboxMessage.objects.update(state=MessageState.SENT, sent_at=MONDAY)
    plan_due_digests(now=MONDAY + timedelta(days=10))  # by the wrong clock
    found = []
    for hours in range(1, 24 * 12 + 1):
        now = MONDAY + timedelta(hours=hours)
        found.append(heal_missed_digests(now=now).put_right)
        plan_due_digests(now=now)
        OutboxMessage.objects.filter(deliver_after__lte=now, state=MessageState.PENDING).update(
            state=MessageState.SENT, sent_at=now
        )
    assert (found[0], sum(found), len(caplog.records)) == (1, 1, 1)
    windows = [
        (row.facts["from"], row.facts["until"])
        for row in OutboxMessage.objects.filter(state=MessageState.SENT).order_by("sent_at")
    ]
    days = [(MONDAY + timedelta(days=number)).isoformat() for number in range(-1, 13)]
    assert windows == list(pairwise(days))


def test_what_was_planned_by_a_clock_that_is_ahead_is_right(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY - timedelta(days=1))
    assert plan_due_digests(now=MONDAY + timedelta(seconds=1)) == 1
    assert heal_missed_digests(now=MONDAY - timedelta(seconds=1)).put_right == 0
