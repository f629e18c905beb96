"""The tick of the digests: subscriptions whose issue is due → outbox rows, the cursor moved in the same transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from roadmap.digests.period import latest_issue, next_issue, period_key
from roadmap.digests.subscriptions import schedule_of
from roadmap.models import DigestSubscription, OutboxMessage
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.withdraw import waiting_digests, withdraw_superseded
from roadmap.vocabulary import MessageKind


def plan_due_digests(*, now: datetime, limit: int = 500) -> int:
    """Plan the issue of up to ``limit`` subscriptions that are due by ``now``; returns how many were.

    Periods missed meanwhile fold into one issue, and so does an issue that still waits to be sent. Safe to run twice,
    late, or beside itself.
    """
    with transaction.atomic():
        subscriptions = _subscriptions_due(now, limit)
        if not subscriptions:
            return 0
        earlier = _unsent_issues(subscriptions)
        issues = {one.pk: _issue(one, earlier[one.pk], now) for one in subscriptions if _is_reachable(one)}
        withdraw_superseded([row for rows in earlier.values() for row in rows])
        rows = insert_once(list(issues.values()), deliver_after=now)
        for subscription in subscriptions:
            issue = issues.get(subscription.pk)
            # a period that had its issue already (its day was changed since) has no second; the next one covers it
            if issue is not None:
                is_new = rows[issue.key].facts == issue.facts
                subscription.covered_until = now if is_new else datetime.fromisoformat(issue.facts["from"])
            subscription.next_issue_at = next_issue(schedule_of(subscription), after=now).at
        DigestSubscription.objects.bulk_update(subscriptions, ["covered_until", "next_issue_at"])
    return len(subscriptions)


def _subscriptions_due(now: datetime, limit: int) -> list[DigestSubscription]:
    due = DigestSubscription.objects.filter(is_active=True, next_issue_at__lte=now).order_by("next_issue_at", "pk")
    return list(due.select_related("person").select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])


def _unsent_issues(subscriptions: Sequence[DigestSubscription]) -> defaultdict[int, list[OutboxMessage]]:
    """The issues that still wait, by subscription, except those of readers who get no new one now."""
    found: defaultdict[int, list[OutboxMessage]] = defaultdict(list)
    for row in waiting_digests([one for one in subscriptions if _is_reachable(one)]):
        found[row.facts["subscription"]].append(row)
    return found


def _issue(subscription: DigestSubscription, unsent: Sequence[OutboxMessage], now: datetime) -> NewMessage:
    """The issue that is due: named by its period, its window from where the last one that was sent ended."""
    latest = latest_issue(schedule_of(subscription), at=now)
    assert subscription.next_issue_at is not None  # noqa: S101  # that's why it is due
    # asked for outside of the schedule: the first issue, which comes once
    period = "first" if subscription.next_issue_at > latest.at else period_key(subscription.frequency, latest.day)
    starts = [subscription.covered_until, *(datetime.fromisoformat(row.facts["from"]) for row in unsent)]
    return NewMessage(
        key=f"digest/s{subscription.pk}/{period}",
        kind=MessageKind.DIGEST,
        recipient=subscription.person,
        facts={
            "subscription": subscription.pk,
            "period": period,
            "from": min(starts).isoformat(),
            "until": now.isoformat(),
        },
    )


def _is_reachable(subscription: DigestSubscription) -> bool:
    return subscription.person.is_active and bool(subscription.person.email)
