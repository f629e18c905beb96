"""The tick of the digests: subscriptions whose issue is due → outbox rows, the cursor moved in the same transaction."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from roadmap.digests.period import Cursor, Look, look_at
from roadmap.digests.subscriptions import schedule_of
from roadmap.models import DigestSubscription, Leave, OutboxMessage
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.suppressing import suppressed_addresses
from roadmap.outbox.withdraw import digests_given_up, waiting_digests, withdraw_superseded
from roadmap.vocabulary import MessageKind

# An issue that is this late comes out of turn, so that its reader's quiet hours are kept
STILL_ON_TIME = timedelta(hours=1)


def plan_due_digests(*, now: datetime, limit: int = 500) -> int:
    """Plan the issue of up to ``limit`` subscriptions that are due by ``now``; returns how many were.

    Who is on leave, and wants none meanwhile, gets the next one after it. Periods missed meanwhile fold into one issue,
    and so does an issue that still waits to be sent. A window ends when its issue is due, however late the tick, so
    that readers with the same schedule share it. Safe to run twice, late, or beside itself; the number of queries
    doesn't depend on how many subscriptions there are.
    """
    with transaction.atomic():
        subscriptions = _subscriptions_due(now, limit)
        if not subscriptions:
            return 0
        looks = {one.pk: look_of(one, now) for one in subscriptions}
        unreached = suppressed_addresses()
        away = {leave.person_id for leave in Leave.objects.under_way(at=now) if leave.digests_pause}
        due = [one for one in subscriptions if looks[one.pk].period and _is_reachable(one, unreached, away)]
        earlier = _by_subscription(waiting_digests(due))
        given_up = _by_subscription(digests_given_up(due))
        issues = {one.pk: issue_of(one, looks[one.pk], earlier[one.pk], given_up[one.pk]) for one in due}
        withdraw_superseded([row for rows in earlier.values() for row in rows])
        rows = insert_once(list(issues.values()), deliver_after=now)
        for subscription in subscriptions:
            issue = issues.get(subscription.pk)
            # a period that had its issue already (its day was changed since) has no second; the next one covers it
            if issue is not None:
                is_new = rows[issue.key].facts == issue.facts
                subscription.covered_until = datetime.fromisoformat(issue.facts["until" if is_new else "from"])
            subscription.next_issue_at, subscription.is_first_wanted = looks[subscription.pk].next_at, False
        DigestSubscription.objects.bulk_update(subscriptions, ["covered_until", "next_issue_at", "is_first_wanted"])
    return len(subscriptions)


def are_digests_due(*, now: datetime) -> bool:
    """Whether the planner has any subscription to look at. One query."""
    return DigestSubscription.objects.filter(is_active=True, next_issue_at__lte=now).exists()


def _subscriptions_due(now: datetime, limit: int) -> list[DigestSubscription]:
    due = DigestSubscription.objects.filter(is_active=True, next_issue_at__lte=now).order_by("next_issue_at", "pk")
    return list(due.select_related("person").select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])


def _by_subscription(rows: Sequence[OutboxMessage]) -> defaultdict[int, list[OutboxMessage]]:
    found: defaultdict[int, list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        found[row.facts["subscription"]].append(row)
    return found


def look_of(subscription: DigestSubscription, now: datetime) -> Look:
    """What is found when the subscription, which waits for an issue, is looked at."""
    assert subscription.next_issue_at is not None  # noqa: S101  # that's why it is looked at
    cursor = Cursor(
        covered_until=subscription.covered_until,
        planned_for=subscription.next_issue_at,
        is_first_wanted=subscription.is_first_wanted,
        paused_until=subscription.paused_until,
    )
    return look_at(schedule_of(subscription), cursor, now=now)


def issue_of(
    subscription: DigestSubscription,
    look: Look,
    unsent: Sequence[OutboxMessage] = (),
    given_up: Sequence[OutboxMessage] = (),
) -> NewMessage:
    """The issue that is due: named by its period, its window from where the last one that was sent ended.

    It names up to when earlier ones were that were ``given_up`` and that it covers, so that its reader is told.
    """
    starts = [subscription.covered_until, *(datetime.fromisoformat(row.facts["from"]) for row in unsent)]
    missed = [row.facts["until"] for row in given_up if datetime.fromisoformat(row.facts["until"]) > min(starts)]
    return NewMessage(
        key=f"digest/s{subscription.pk}/{look.period}",
        kind=MessageKind.DIGEST,
        recipient=subscription.person,
        facts={
            "subscription": subscription.pk,
            "period": look.period,
            "from": min(starts).isoformat(),
            "until": look.until.isoformat(),
            **({"given_up_until": max(missed, key=datetime.fromisoformat)} if missed else {}),
        },
        awaited_until=None if subscription.is_first_wanted else look.until + STILL_ON_TIME,
    )


def _is_reachable(subscription: DigestSubscription, unreached: Collection[str], away: Collection[int]) -> bool:
    person = subscription.person
    return person.pk not in away and person.is_active and bool(person.email) and person.email.lower() not in unreached
