"""Sends what webhooks are to be told: claimed like mail, signed, tried again with back-off, each try logged.

At least once: a receiver knows a repetition by its number. Whoever fails for days is switched off. A webhook is told
one event at a time, beside the others: threads only wait for answers, the database is the caller's thread's alone.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from roadmap import stopping
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

MOST_AT_ONCE = 32
MOST_FAILING_AT_ONCE = 16  # so that receivers that hang, however many, leave room for those that answer
LONGEST_WAIT = SECONDS_IN_ALL * 1.5  # looking up a name is bounded by the system only
LEASE = timedelta(seconds=LONGEST_WAIT * 2)
STRETCH_SECONDS = 30.0
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Try:
    """A delivery on its way: to which webhook, since when by the clock, and by this machine's seconds."""

    row: WebhookDelivery
    webhook: Webhook
    now: datetime
    began: float


def deliver_webhooks(*, clock: Clock, limit: int = 200, resolve: Resolve = resolve_by_system) -> int:
    """Send up to ``limit`` waiting deliveries, beginning none after ``STRETCH_SECONDS``; returns how many were tried.

    One at a time to each webhook: a slow receiver holds up nothing but its own.
    """
    tried, ends = 0, monotonic() + STRETCH_SECONDS
    going: dict[Future[Answer], Try] = {}
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="webhook")
    try:
        while True:
            room = limit - tried if monotonic() < ends and not stopping.is_asked() else 0
            rows = _next_of_each(list(going.values()), clock=clock, limit=room) if room else []
            for row in rows:
                if (begun := _begin(row, clock=clock)) is not None:
                    body, headers = row.body.encode(), _headers(begun)
                    going[pool.submit(post_outside, begun.webhook.url, body, headers, resolve=resolve)] = begun
            tried += len(rows)
            ended = list(_ended(going))
            for future in ended:
                _end(going.pop(future), future, clock=clock)
            if not (rows or going or ended):  # whoever has just been told may have more to be told
                return tried
    finally:
        pool.shutdown(wait=False)


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
    """Remove what was told or given up before WEBHOOK_LOG_DAYS, with its attempts; returns how many rows went."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - timedelta(days=settings.WEBHOOK_LOG_DAYS))
    return old.exclude(state__in=(MessageState.PENDING, MessageState.SENDING)).delete()[0]


def _next_of_each(going: list[Try], *, clock: Clock, limit: int) -> list[WebhookDelivery]:
    """The longest due delivery of each webhook that nothing is being sent to, claimed; those that answer come first."""
    now = clock()
    due = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=MessageState.PENDING, deliver_after__lte=now)
    busy = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=MessageState.SENDING, leased_until__gt=now)
    waiting = (
        Webhook.objects.filter(Exists(due), ~Exists(busy))
        .exclude(pk__in=[one.webhook.pk for one in going])
        .annotate(due=Subquery(due.order_by("deliver_after", "pk").values("pk")[:1]))
        .order_by("pk")
        .values_list("due", flat=True)
    )
    room = min(MOST_AT_ONCE - len(going), limit)
    answering = list(waiting.filter(failing_since=None)[:room]) if room else []
    failing_room = min(
        room - len(answering), MOST_FAILING_AT_ONCE - sum(one.webhook.failing_since is not None for one in going)
    )
    failing = list(waiting.exclude(failing_since=None)[:failing_room]) if failing_room > 0 else []
    if not answering and not failing:
        return []
    queue = WebhookDelivery.objects.filter(pk__in=answering + failing)
    return claim.claim(queue, now=now, lease=LEASE, limit=room)


def _begin(row: WebhookDelivery, *, clock: Clock) -> Try | None:
    """What is about to be sent; None, and withdrawn, where nobody listens any more."""
    webhook = Webhook.objects.select_related("person").filter(pk=row.webhook_id).first()
    if webhook is None or not webhook.is_active or not webhook.person.is_active:
        claim.note_withdrawn(row)
        return None
    return Try(row=row, webhook=webhook, now=instant(clock()), began=monotonic())


def _headers(begun: Try) -> dict[str, str]:
    row = begun.row
    return {
        **signed_headers(begun.webhook, number=row.number, body=row.body.encode(), now=begun.now),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "roadmap-tracker-webhooks/1",
    }


def _ended(going: dict[Future[Answer], Try]) -> Iterator[Future[Answer]]:
    """Those that have ended within a moment, and those that no longer have any time."""
    if not going:
        return
    done, _others = wait(going, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
    late = {future for future, begun in going.items() if monotonic() - begun.began > LONGEST_WAIT}
    yield from done | late


def _end(begun: Try, future: Future[Answer], *, clock: Clock) -> None:
    """Log what became of it and write down the outcome; one bad delivery must not hold up the others."""
    try:
        _note(begun, future, clock=clock)
    except Exception as error:  # a fault of ours; its error is kept in its row
        log.exception("Webhook delivery %s could not be made", begun.row.pk)
        claim.note_unmade(begun.row, error=error, now=clock())


def _note(begun: Try, future: Future[Answer], *, clock: Clock) -> None:
    row, answer, error, is_final, is_silent = begun.row, None, "", False, False
    try:
        answer = future.result(timeout=0)
    except NotOutside as refusal:
        error, is_final = str(refusal), True
    except NotReached as silence:
        error, is_silent = str(silence), True
    except TimeoutError:
        error, is_silent = f"No answer within {LONGEST_WAIT:g} s", True
    if answer is not None and not 200 <= answer.status < 300:
        error = f"HTTP {answer.status}"
    _log(row, answer, error=error, now=begun.now, seconds=monotonic() - begun.began)
    if not error:
        marks.note_sent([row], now=clock())
    elif is_final:
        claim.note_failed(row, error=error)
    else:
        claim.note_deferred(row, error=error, now=clock())
    if is_silent:
        _let_others_wait(begun.webhook, now=instant(clock()))
    _note_health(begun.webhook, has_failed=bool(error), now=begun.now)


def _let_others_wait(webhook: Webhook, *, now: datetime) -> None:
    """Nobody answers there just now: what else is for it doesn't keep a worker waiting in its turn."""
    soon = now + claim.FIRST_WAIT
    webhook.deliveries.filter(state=MessageState.PENDING, deliver_after__lt=soon).update(deliver_after=soon)


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
