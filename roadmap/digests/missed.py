"""Finds subscriptions that nothing would wake in time: active, but without a next issue, or with one too far ahead."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q

from roadmap.digests.period import first_issue_from, next_issue
from roadmap.digests.subscriptions import schedule_of
from roadmap.models import DigestSubscription
from roadmap.outbox.rounds import SLICE, Compared, compare_slice

log = logging.getLogger(__name__)

NAME = "digests"


def heal_missed_digests(*, now: datetime, limit: int = SLICE) -> Compared:
    """Compare the next up to ``limit`` active subscriptions of the round under way, and put right what is wrong.

    Those count as due since their last window ended, so that what was missed comes in one issue. The number of queries
    depends neither on how many there are nor on how many are wrong.
    """
    asleep = DigestSubscription.objects.filter(Q(next_issue_at=None) | Q(next_issue_at__gt=now), is_active=True)
    rows = asleep.select_related("person")
    return compare_slice(NAME, rows, put_right=lambda some: _put_right(some, now), now=now, limit=limit)


def _put_right(some: Sequence[DigestSubscription], now: datetime) -> int:
    wrong = [one.pk for one in some if one.next_issue_at is None or one.next_issue_at > _needed_at(one, now)]
    if wrong:
        lost = DigestSubscription.objects.filter(pk__in=wrong, is_active=True)
        lost.update(next_issue_at=F("covered_until"))
        log.error(
            "%d digest subscriptions had no next issue in time; the planner looks again: %s", len(wrong), wrong[:10]
        )
    return len(wrong)


def _needed_at(subscription: DigestSubscription, now: datetime) -> datetime:
    """When its next issue is due by its schedule."""
    schedule = schedule_of(subscription)
    following = next_issue(schedule, after=now).at
    if subscription.paused_until is None:
        return following
    return max(following, first_issue_from(schedule, day=subscription.paused_until).at)
