"""Sends what webhooks are to be told: claimed like mail, signed, tried again with back-off, each try logged.

At least once: a receiver knows a repetition by its number. Whoever fails for days is switched off.
"""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import F

from roadmap.models import Webhook, WebhookAttempt, WebhookDelivery
from roadmap.models.history import SYSTEM, note_changes
from roadmap.models.webhook import TOLD_CHARACTERS
from roadmap.outbox import claim, marks
from roadmap.outbox.moment import Clock, instant
from roadmap.outbox.outside import (
    SECONDS_IN_ALL,
    Answer,
    NotOutside,
    NotReached,
    Resolve,
    post_outside,
    resolve_by_system,
)
from roadmap.outbox.signing import signed_headers
from roadmap.vocabulary import MessageState

log = logging.getLogger(__name__)

CLAIMED_TOGETHER = 20
LEASE = timedelta(seconds=CLAIMED_TOGETHER * SECONDS_IN_ALL * 1.5)
STRETCH_SECONDS = 30.0
KEPT_FOR = timedelta(days=30)


def deliver_webhooks(*, clock: Clock, limit: int = 200, resolve: Resolve = resolve_by_system) -> int:
    """Send up to ``limit`` waiting deliveries, for ``STRETCH_SECONDS`` at most; returns how many were tried."""
    tried, began = 0, monotonic()
    while tried < limit:
        queue = WebhookDelivery.objects.select_related("webhook")
        rows = claim.claim(queue, now=clock(), lease=LEASE, limit=min(CLAIMED_TOGETHER, limit - tried))
        if not rows:
            break
        while rows:
            if monotonic() - began > STRETCH_SECONDS:  # slow receivers; whoever comes next goes on
                claim.give_back(rows)
                return tried
            row = rows.pop(0)
            tried += 1
            try:
                _deliver(row, clock=clock, resolve=resolve)
            except Exception as error:  # one bad delivery must not hold up the others; its error is kept in its row
                log.exception("Webhook delivery %s could not be made", row.pk)
                claim.note_deferred(row, error=f"{type(error).__name__}: {error}", now=clock())
    return tried


def release_dead_webhooks(*, clock: Clock) -> int:
    """Give back the deliveries of workers that died or overslept; returns how many."""
    return claim.release_expired(WebhookDelivery, now=clock(), grace=timedelta(0))


def send_delivery_again(delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Let it be sent once more, under the same number; False while it waits or is being sent."""
    done = (MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN)
    return bool(
        WebhookDelivery.objects.filter(pk=delivery.pk, state__in=done).update(
            state=MessageState.PENDING, attempts=0, deliver_after=now, sent_at=None, repeats=F("repeats") + 1
        )
    )


def forget_old_deliveries(*, now: datetime) -> int:
    """Remove what was told or given up long ago; returns how many rows went."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR)
    return old.exclude(state__in=(MessageState.PENDING, MessageState.SENDING)).delete()[0]


def _deliver(row: WebhookDelivery, *, clock: Clock, resolve: Resolve) -> None:
    """One claimed delivery: send it, log it, write down the outcome."""
    webhook = Webhook.objects.select_related("person").filter(pk=row.webhook_id).first()
    if webhook is None or not webhook.is_active or not webhook.person.is_active:
        claim.note_withdrawn(row)
        return
    body, now, began = row.body.encode(), instant(clock()), monotonic()
    headers = {
        **signed_headers(webhook, number=row.number, body=body, now=now),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "roadmap-tracker-webhooks/1",
    }
    answer, error, is_final = None, "", False
    try:
        answer = post_outside(webhook.url, body, headers, resolve=resolve)
    except NotOutside as refusal:
        error, is_final = str(refusal), True
    except NotReached as silence:
        error = str(silence)
    if answer is not None and not 200 <= answer.status < 300:
        error = f"HTTP {answer.status}"
    _log(row, answer, error=error, now=now, seconds=monotonic() - began)
    if not error:
        marks.note_sent([row], now=clock())
    elif is_final:
        claim.note_failed(row, error=error)
    else:
        claim.note_deferred(row, error=error, now=clock())
    _note_health(webhook, has_failed=bool(error), now=now)


def _log(row: WebhookDelivery, answer: Answer | None, *, error: str, now: datetime, seconds: float) -> None:
    WebhookAttempt.objects.create(
        delivery=row,
        tried_at=now,
        milliseconds=round(seconds * 1000),
        status=answer.status if answer else None,
        answer=answer.beginning[:TOLD_CHARACTERS] if answer else "",
        error=error[:300],
    )


def _note_health(webhook: Webhook, *, has_failed: bool, now: datetime) -> None:
    """Keep since when it fails; switch it off when that has gone on for days."""
    rows = Webhook.objects.filter(pk=webhook.pk)
    if not has_failed:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    with transaction.atomic():
        rows.filter(failing_since=None).update(failing_since=now)
        failing = rows.filter(is_active=True, failing_since__lte=now - Webhook.PATIENCE)
        if failing.update(is_active=False, disabled_at=now):
            note_changes(rows, by=SYSTEM)
            log.warning("Webhook %s fails for %s and was switched off", webhook.pk, Webhook.PATIENCE)
