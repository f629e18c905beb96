"""Finds subscriptions that nothing would wake in time: active, but without a next issue, or with one too far ahead.

And those that would be woken for nothing, as they count as covered until a day ahead: a clock was ahead when their last
issue was planned.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q

from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.digests.period import first_issue_from, latest_issue, next_issue
from roadmap.digests.subscriptions import schedule_of
from roadmap.models import DigestSubscription
from roadmap.outbox.rounds import SLICE, Compared, compare_slice

log = logging.getLogger(__name__)

NAME = "digests"


def heal_missed_digests(*, now: datetime, limit: int = SLICE) -> Compared:
    """Compare the next up to ``limit`` active subscriptions of the round under way, and put right what is wrong.

    Those count as due since their last window ended, so that what was missed comes in one issue; where that lies ahead,
    since the last time of their schedule. The number of queries depends neither on how many there are nor on how many
    are wrong.
    """
    asleep = Q(next_issue_at=None) | Q(next_issue_at__gt=now) | Q(covered_until__gt=now + CLOCKS_MAY_DIFFER)
    rows = DigestSubscription.objects.filter(asleep, is_active=True).select_related("person")
    return compare_slice(NAME, rows, put_right=lambda some: _put_right(some, now), now=now, limit=limit)


def _put_right(some: Sequence[DigestSubscription], now: datetime) -> int:
    ahead = [one for one in some if one.covered_until > now + CLOCKS_MAY_DIFFER]
    late = [
        one
        for one in some
        if one.next_issue_at is None  # one that covers later days than now was planned since, by another clock
        or (one.next_issue_at > _needed_at(one, now) and one.covered_until <= now)
    ]
    wrong = sorted({one.pk for one in (*ahead, *late)})
    for one in ahead:
        one.covered_until = latest_issue(schedule_of(one), at=now).at
    if ahead:
        DigestSubscription.objects.bulk_update(ahead, ["covered_until"])
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
