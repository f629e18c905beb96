"""Finds deliveries that nobody would look at in time: their next look lies further ahead than any rule of ours puts it.

A clock was ahead when it was written. Reckoned by the database's clock, as all that deliveries wait for.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.models import OutboxMessage, WebhookDelivery
from roadmap.outbox import claim, patience, unknown, webhooks
from roadmap.outbox.rounds import SLICE, Compared, compare_slice
from roadmap.outbox.welcome import calendars, welcome_from
from roadmap.vocabulary import MessageKind, MessageState

log = logging.getLogger(__name__)

NAME = "deliveries"


def heal_missed_deliveries(*, now: datetime, limit: int = SLICE) -> Compared:
    """Compare the next up to ``limit`` waiting mails of the round under way, and all else, and put right what is wrong.

    What waits is looked at by the next sweep, which asks once more when it is welcome. The number of queries depends
    neither on how many there are nor on how many are wrong, but for one a working calendar.
    """
    waiting = OutboxMessage.objects.filter(state=MessageState.PENDING, deliver_after__gt=_latest_try(now))
    rows = waiting.select_related("recipient").defer("rendered")
    mails = compare_slice(NAME, rows, put_right=lambda some: _put_right(some, now), now=now, limit=limit)
    others = _put_right_webhooks(now) + _put_right_leases(now) + _put_right_unknown(now)
    wrong = mails.put_right + others
    if wrong:
        log.error("%d deliveries waited for an instant too far ahead; they are looked at again", wrong)
    return Compared(wrong, mails.ends_round)


def _latest_try(now: datetime) -> datetime:
    """The latest instant to which trouble puts a delivery off."""
    return now + claim.LONGEST_WAIT * (1 + claim.SPREAD) + CLOCKS_MAY_DIFFER


def _put_right(some: Sequence[OutboxMessage], now: datetime) -> int:
    calendar_of = calendars()
    wrong = [
        row.pk
        for row in some
        if not _tells_of_days_ahead(row, now)
        and row.deliver_after > welcome_from(row, at=_latest_try(now), calendar_of=calendar_of)
    ]
    return OutboxMessage.objects.filter(pk__in=wrong, state=MessageState.PENDING).update(deliver_after=now)


def _tells_of_days_ahead(row: OutboxMessage, now: datetime) -> bool:
    """A digest that the wrong clock planned: the next one takes its place."""
    return row.kind == MessageKind.DIGEST and datetime.fromisoformat(row.facts["until"]) > now


def _put_right_webhooks(now: datetime) -> int:
    ahead = WebhookDelivery.objects.filter(state=MessageState.PENDING, deliver_after__gt=_latest_try(now))
    return ahead.update(deliver_after=now)


def _put_right_leases(now: datetime) -> int:
    """Claims that would end too late: whoever holds one may still be at work, so it ends as one taken now."""
    leases: dict[type[OutboxMessage | WebhookDelivery], timedelta] = {
        OutboxMessage: max(patience.claim_lease(), patience.reply_lease()),
        WebhookDelivery: webhooks.LEASE,
    }
    return sum(
        model._default_manager.filter(
            state=MessageState.SENDING, leased_until__gt=now + lease + CLOCKS_MAY_DIFFER
        ).update(leased_until=now + lease)
        for model, lease in leases.items()
    )


def _put_right_unknown(now: datetime) -> int:
    longest = max(patience.grace(), unknown.ASK_AGAIN_AFTER) + CLOCKS_MAY_DIFFER
    ahead = OutboxMessage.objects.filter(state=MessageState.UNSURE, deliver_after__gt=now + longest)
    return ahead.update(deliver_after=now)
