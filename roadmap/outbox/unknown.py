"""Mails of unknown outcome: handed over by somebody who died, or was cut off, before the server's answer.

Once the grace is over, the receipt source is asked: what it holds was sent, what it doesn't goes again, with the same
bytes. Without a receipt source, what must be told goes again and is counted; a digest doesn't, the next one covers it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from roadmap.models import DigestSubscription, OutboxMessage
from roadmap.outbox.moment import Moment
from roadmap.outbox.receipts import JournalUnreadable, arrived, is_configured
from roadmap.outbox.withdraw import withdrawn_key
from roadmap.vocabulary import MessageKind, MessageState

log = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(minutes=5)


def settle_unknown(*, now: Moment, limit: int = 200) -> int:
    """Decide on up to ``limit`` mails whose grace is over; returns how many were decided on."""
    due = OutboxMessage.objects.filter(state=MessageState.UNSURE, deliver_after__lte=now)
    rows = list(due.order_by("deliver_after", "pk").defer("rendered")[:limit])
    if not rows:
        return 0
    try:
        received = _received(rows)
    except JournalUnreadable as trouble:
        log.error("%d mails of unknown outcome stay so for now: %s", len(rows), trouble)
        _write(rows, deliver_after=now + ASK_AGAIN_AFTER)
        return 0
    absent = [row for row in rows if row.pk not in received]
    given_up = [] if is_configured() else [row for row in absent if row.kind == MessageKind.DIGEST]
    again = [row for row in absent if row not in given_up]
    _write(
        [row for row in rows if row.pk in received],
        state=MessageState.SENT,
        sent_at=F("committing_at"),
        attempts=F("attempts") + 1,
        last_error="",
    )
    _write(again, state=MessageState.PENDING, repeats=F("repeats") + 1, committing_at=None)
    for row in given_up:
        _leave_to_the_next(row)
    log.warning(
        "Of %d mails of unknown outcome %d had arrived, %d go again, %d are left to the next digest",
        *(len(rows), len(received), len(again), len(given_up)),
    )
    return len(rows)


def _received(rows: Sequence[OutboxMessage]) -> set[int]:
    """The numbers of the mails that the receipt source holds; none where there is no such source."""
    if not is_configured():
        return set()
    since = min(row.committing_at for row in rows if row.committing_at is not None)
    found = arrived({row.message_id for row in rows}, since=since)
    return {row.pk for row in rows if row.message_id in found}


def _leave_to_the_next(row: OutboxMessage) -> None:
    """The digest is given up, and its window handed back to its subscription; its key steps aside as a withdrawn one's
    does."""
    start = datetime.fromisoformat(row.facts["from"])
    with transaction.atomic():
        if not _write([row], state=MessageState.GIVEN_UP, key=withdrawn_key(row), rendered=None):
            return
        DigestSubscription.objects.filter(covered_until__gt=start, pk=row.facts["subscription"]).update(
            covered_until=start
        )


def _write(rows: Sequence[OutboxMessage], **fields: object) -> int:
    """Change those that nobody has decided on meanwhile; returns how many."""
    unsure = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows], state=MessageState.UNSURE)
    return unsure.update(**fields, fence=F("fence") + 1) if rows else 0
