"""Claiming deliveries of any kind, and writing down what became of them. Nothing here talks to another server.

What is written of every group that goes out, so many times a second, is in ``marks.py``.

A claim is a conditional UPDATE on the state seen. Every later write is conditional on the fence claimed with, so that
a worker that overslept its lease can't undo what another did meanwhile. ``now`` is the database's time at the doors.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zlib import crc32

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from roadmap.models.delivery import Delivery
from roadmap.outbox.moment import Moment
from roadmap.vocabulary import MessageState

D = TypeVar("D", bound=Delivery)

# What is wrong with a delivery itself, and is the same the next time: an address that is none, facts that are gone
HOPELESS = (ValueError, TypeError, LookupError, AttributeError, ObjectDoesNotExist)

MOST_ATTEMPTS = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
SPREAD = 0.25  # of a wait, at most, on top of it
UNREACHED_WAIT = timedelta(seconds=30)  # others have their turn first; how often it is tried, the breaker says


def claim(queue: QuerySet[D], *, now: Moment, lease: timedelta, limit: int) -> list[D]:
    """Up to ``limit`` of the waiting deliveries in ``queue``, the longest due first, held until ``now + lease``.

    Two statements however many; what another worker is claiming at the same time is left to it.
    """
    model = queue.model
    with transaction.atomic():
        waiting = queue.filter(state=MessageState.PENDING, deliver_after__lte=now).order_by("deliver_after", "pk")
        rows = list(waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])
        if not rows:
            return []
        model._default_manager.filter(pk__in=[row.pk for row in rows], state=MessageState.PENDING).update(
            state=MessageState.SENDING, leased_until=now + lease, fence=F("fence") + 1, committing_at=None
        )
    for row in rows:
        row.state, row.fence, row.committing_at = MessageState.SENDING, row.fence + 1, None
    return rows


def renew(rows: Sequence[D], *, now: Moment, lease: timedelta) -> list[D]:
    """Hold ``rows`` until ``now + lease``; gives those whose claim still stood."""
    if not rows:
        return []
    with transaction.atomic():
        kept = _not_locked(_held(rows)).update(leased_until=now + lease)
    return list(rows) if kept == len(rows) else still_held(rows)


def give_back(rows: Sequence[Delivery]) -> None:
    """End the claims on ``rows``, of which nothing was handed over; they are waiting again.

    What somebody has locked is being taken back just now, and needs no more.
    """
    if not rows:
        return
    with transaction.atomic():
        _not_locked(_held(rows).filter(committing_at=None)).update(
            state=MessageState.PENDING, leased_until=None, fence=F("fence") + 1
        )


def put_off(rows: Sequence[Delivery], *, until: datetime) -> None:
    """End the claims on ``rows``, of which nothing was handed over; they are due again at ``until``."""
    _held(rows).filter(committing_at=None).update(
        state=MessageState.PENDING, deliver_after=until, leased_until=None, fence=F("fence") + 1
    )


def unmark(rows: Sequence[Delivery], *, now: Moment) -> None:
    """They were marked as being handed over, and weren't: they wait again."""
    if rows:
        _held(rows).update(
            state=MessageState.PENDING, deliver_after=now, leased_until=None, committing_at=None, fence=F("fence") + 1
        )


def note_failed(row: Delivery, *, error: str) -> bool:
    """It won't be tried again by itself; a person may send it again. False when the claim was lost meanwhile."""
    return _write(row, state=MessageState.FAILED, attempts=row.attempts + 1, last_error=error)


def note_deferred(row: Delivery, *, error: str, now: Moment) -> bool:
    """Refused for now: try again later, or give up after ``MOST_ATTEMPTS``. False when the claim was lost meanwhile."""
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return note_failed(row, error=error)
    return _write(
        row,
        state=MessageState.PENDING,
        attempts=attempts,
        deliver_after=now + waiting_time(row.pk, attempts),
        last_error=error,
        committing_at=None,
    )


def note_unmade(row: Delivery, *, error: Exception, now: Moment) -> bool:
    """It could not even be made: it failed where that is hopeless, else it is tried again as what was refused for now.

    False when the claim was lost meanwhile.
    """
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, HOPELESS):
        return note_failed(row, error=told)
    return note_deferred(row, error=told, now=now)


def note_unreached(row: Delivery, *, error: str, now: Moment, **also: object) -> bool:
    """Nobody could be reached: nothing was handed over, so no attempt is used up (an outage may last days).

    ``also`` is written with it. False when the claim was lost.
    """
    put_off = now + UNREACHED_WAIT
    return _write(row, state=MessageState.PENDING, deliver_after=put_off, last_error=error, committing_at=None, **also)


def note_unsure(row: Delivery, *, error: str, now: Moment, grace: timedelta) -> bool:
    """It was handed over, and no answer came: it may have arrived. What follows is decided after ``grace``.

    False when the claim was lost meanwhile.
    """
    return _write(row, state=MessageState.UNSURE, deliver_after=now + grace, last_error=error)


def note_withdrawn(row: Delivery, **also: object) -> bool:
    """What it was about is no longer so: it isn't sent. ``also`` is written with it. False when the claim was lost."""
    return _write(row, state=MessageState.WITHDRAWN, **also)


def release_expired(model: type[Delivery], *, now: Moment, grace: timedelta) -> int:
    """Give back what workers held who died or overslept: their lease is over. Returns how many.

    What a worker was handing over just then has an unknown outcome, to be decided on after ``grace``; all else
    certainly wasn't sent, and waits again.
    """
    over = Q(leased_until__lte=now) | Q(leased_until=None)  # nobody claims without a lease: such a row is nobody's
    expired = model._default_manager.filter(over, state=MessageState.SENDING)
    unsure = expired.filter(committing_at__isnull=False).update(
        state=MessageState.UNSURE, deliver_after=now + grace, leased_until=None, fence=F("fence") + 1
    )
    waiting = expired.filter(committing_at=None).update(
        state=MessageState.PENDING, leased_until=None, fence=F("fence") + 1
    )
    return unsure + waiting


def waiting_time(pk: int, attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: doubling, capped, spread."""
    wait: timedelta = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    # spread by the row's own number, so that what failed together doesn't return together
    return wait * (1 + SPREAD * (crc32(f"{pk}/{attempts}".encode()) % 1000) / 1000)


def write_held(row: Delivery, **fields: object) -> bool:
    """Keep ``fields`` of a row while it is held; False when the claim was lost meanwhile."""
    return _held([row]).update(**fields) == 1


def _write(row: Delivery, **fields: object) -> bool:
    return write_held(row, leased_until=None, **fields)


def _held(rows: Sequence[D]) -> QuerySet[D]:
    """The stored rows, as far as they are still held under the fence claimed with."""
    held: QuerySet[D] = type(rows[0])._default_manager.filter(_pairs(rows), state=MessageState.SENDING)
    return held


def _not_locked(held: QuerySet[D]) -> QuerySet[D]:
    """Within a transaction: those of ``held`` that nobody else has locked, so that outcomes which wait to be written
    down don't wait for the long transactions of planners. Where rows have no locks, and without a transaction: all."""
    if not (connection.in_atomic_block and connection.features.has_select_for_update_skip_locked):
        return held
    return held.filter(pk__in=held.select_for_update(no_key=True, skip_locked=True).order_by("pk").values("pk"))


def still_held(rows: Sequence[D], **also: object) -> list[D]:
    """Those of ``rows`` whose claim still stands, and of which ``also`` is so."""
    held = set(_held(rows).filter(**also).values_list("pk", "fence"))
    return [row for row in rows if (row.pk, row.fence) in held]


def by_fence(rows: Iterable[Delivery]) -> dict[int, list[int]]:
    """The numbers of ``rows`` by the fence claimed with; few entries, as rows claimed together mostly have the same."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.fence].append(row.pk)
    return found


def _pairs(rows: Iterable[Delivery]) -> Q:
    found = Q()
    for fence, numbers in by_fence(rows).items():
        found |= Q(fence=fence, pk__in=numbers)
    return found
