"""Finds subscriptions that nothing would ever wake: active, but without a next issue."""

import logging

from django.db.models import F

from roadmap.models import DigestSubscription

log = logging.getLogger(__name__)


def heal_missed_digests(*, limit: int = 500) -> int:
    """Let the planner look at up to ``limit`` active subscriptions without a next issue; returns how many.

    They count as due since their last window ended, so that what was missed comes in one issue.
    """
    lost = DigestSubscription.objects.filter(is_active=True, next_issue_at=None).order_by("pk")
    numbers = list(lost.values_list("pk", flat=True)[:limit])
    healed = lost.order_by().filter(pk__in=numbers).update(next_issue_at=F("covered_until")) if numbers else 0
    if healed:
        log.error("%d digest subscriptions had no next issue; the planner looks again: %s", healed, numbers[:10])
    return healed
