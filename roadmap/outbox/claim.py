"""Claiming a mail for sending, and writing down what became of it. Nothing here talks to a mail server.

A claim is a conditional UPDATE on the state and fence seen. Every later write is conditional on the fence claimed with,
so that a worker that overslept its lease can't undo what another did meanwhile.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zlib import crc32

from django.db.models import F

from roadmap.models import OutboxMessage
from roadmap.vocabulary import MessageState

Clock = Callable[[], datetime]

# Longer than the slowest server may take in all: ten minutes for its last reply (RFC 5321, 4.5.3.2.6), and each of
# the steps before it just within its own limit
LEASE = timedelta(minutes=20)
MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)


def claimed_messages(*, clock: Clock, limit: int) -> Iterator[OutboxMessage]:
    """Up to ``limit`` waiting mails, oldest first, each claimed for ``LEASE`` just before it is yielded."""
    waiting = OutboxMessage.objects.filter(state=MessageState.PENDING, deliver_after__lte=clock())
    for pk, fence in list(waiting.order_by("deliver_after", "id").values_list("pk", "fence")[:limit]):
        claimed = OutboxMessage.objects.filter(pk=pk, state=MessageState.PENDING, fence=fence).update(
            state=MessageState.SENDING, leased_until=clock() + LEASE, fence=F("fence") + 1
        )
        if claimed:
            yield OutboxMessage.objects.select_related("recipient").get(pk=pk, fence=fence + 1)


def note_rendered(row: OutboxMessage) -> bool:
    """Keep the mail made for ``row``, and to whom it goes; False when the claim was lost meanwhile."""
    made = ("address", "language", "subject", "message_id", "rendered")
    return _write(row, **{name: getattr(row, name) for name in made})


def note_sent(row: OutboxMessage, *, now: datetime) -> bool:
    """The server took the mail; False when the claim was lost meanwhile."""
    return _write(row, state=MessageState.SENT, sent_at=now, attempts=row.attempts + 1, last_error="")


def note_failed(row: OutboxMessage, *, error: str) -> bool:
    """The mail won't be tried again by itself; a person may send it again. False when the claim was lost."""
    return _write(row, state=MessageState.FAILED, attempts=row.attempts + 1, last_error=error)


def note_withdrawn(row: OutboxMessage) -> bool:
    """What the mail was about is no longer so: it isn't sent. False when the claim was lost meanwhile."""
    return _write(row, state=MessageState.WITHDRAWN, key=withdrawn_key(row), rendered=None)


def note_deferred(row: OutboxMessage, *, error: str, now: datetime) -> bool:
    """Try again later, or give up after ``MOST_ATTEMPTS``. False when the claim was lost meanwhile."""
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return note_failed(row, error=error)
    return _write(
        row,
        state=MessageState.PENDING,
        attempts=attempts,
        deliver_after=now + waiting_time(row.pk, attempts),
        last_error=error,
    )


def note_unreached(row: OutboxMessage, *, error: str, now: datetime) -> bool:
    """The server could not be reached: nothing was handed over, so no attempt is used up, and the mail is made anew
    when its time comes (an outage may last days). False when the claim was lost."""
    return _write(row, state=MessageState.PENDING, deliver_after=now + FIRST_WAIT, last_error=error, rendered=None)


def release_expired(*, now: datetime) -> int:
    """Give back the mails whose worker died or overslept: their lease is over. Returns how many."""
    expired = OutboxMessage.objects.filter(state=MessageState.SENDING, leased_until__lte=now)
    return expired.update(state=MessageState.PENDING, leased_until=None, fence=F("fence") + 1)


def withdrawn_key(row: OutboxMessage) -> str:
    """The key that a withdrawn mail steps aside to, so that the same fact, should it come true again, is told."""
    return f"withdrawn/{row.pk}/{row.key}"[:200]


def waiting_time(pk: int, attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: doubling, capped, spread by up to a quarter."""
    wait: timedelta = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    # spread by the mail's own number, so that mails that failed together don't return together
    return wait * (1 + (crc32(f"{pk}/{attempts}".encode()) % 1000) / 4000)


def _write(row: OutboxMessage, **fields: object) -> bool:
    if "state" in fields:
        fields["leased_until"] = None
    held = OutboxMessage.objects.filter(pk=row.pk, fence=row.fence, state=MessageState.SENDING)
    return held.update(**fields) == 1
