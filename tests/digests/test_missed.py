"""A subscription that nothing would wake is found, and its reader gets what was missed in one issue."""

from datetime import timedelta

from roadmap.digests.missed import heal_missed_digests
from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import subscribe
from roadmap.models import DigestSubscription, OutboxMessage, Person, Roadmap
from roadmap.models.history import Actor
from roadmap.vocabulary import Door
from tests.digests.conftest import MONDAY


def test_an_active_subscription_without_a_next_issue_gets_what_it_missed(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY - timedelta(days=1))
    DigestSubscription.objects.update(next_issue_at=None)
    late = MONDAY + timedelta(days=9)
    assert (plan_due_digests(now=late), heal_missed_digests()) == (0, 1)
    assert plan_due_digests(now=late) == 1
    assert OutboxMessage.objects.count() == 1
    assert DigestSubscription.objects.get().next_issue_at == MONDAY + timedelta(days=14)
    assert heal_missed_digests() == 0


def test_ended_subscriptions_stay_ended(roadmap: Roadmap, reader: Person) -> None:
    subscribe(reader, roadmap, by=Actor(reader, Door.WEB), now=MONDAY)
    DigestSubscription.objects.update(next_issue_at=None, is_active=False)
    assert heal_missed_digests() == 0
