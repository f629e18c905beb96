"""Keys under which a request may be sent again: claim one, keep the answer, give it back, forget old ones.

The claim is committed by itself, the answer in the transaction of what it answers for: when its worker dies between
the two, neither effect nor answer is there, and once the lease is over the request is done anew.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.errors import RoadmapError
from roadmap.models import Person, RepeatableRequest

LEASE = timedelta(minutes=1)
DONE = 200


class KeyReused(RoadmapError):
    """The key was used for another request."""


class KeyInFlight(RoadmapError):
    """The same request is being done right now."""


class SentTwice(RoadmapError):
    """What was sent under the key is done already."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was given the first time."""

    status: int
    headers: dict[str, str]
    body: bytes


def claim_key(person: Person, key: str, *, fingerprint: str, now: datetime) -> RepeatableRequest | KeptAnswer:
    """The claim to do the request, or the answer where it was done before. Raises KeyReused, KeyInFlight.

    ``fingerprint`` is a digest of all that the request asks for. Must not run inside a transaction.
    """
    holder = secrets.token_hex(16)
    fresh = RepeatableRequest(
        person=person,
        key=key,
        fingerprint=fingerprint,
        holder=holder,
        leased_until=now + LEASE,
        created_at=now,
    )
    RepeatableRequest.objects.bulk_create([fresh], ignore_conflicts=True)
    row = RepeatableRequest.objects.filter(person=person, key=key).first()
    if row is None:  # given up or swept between the two lines
        raise KeyInFlight(_("The same request is being done right now; send it again in a moment."))
    if row.fingerprint != fingerprint:
        raise KeyReused(_("This key was used for another request; take a new one for each request."))
    if row.status is not None:
        return KeptAnswer(row.status, row.headers, bytes(row.body))
    if row.holder == holder or _taken_over(row, holder, now=now):
        row.holder = holder
        return row
    raise KeyInFlight(_("The same request is being done right now; send it again in a moment."))


def do_once(person: Person, key: str, *, now: datetime) -> None:
    """Take the key for what the surrounding transaction does, so that the same form, sent twice at once, is done once:
    the second one waits for the first. Raises SentTwice where it is done."""
    done = RepeatableRequest(person=person, key=key, leased_until=now, created_at=now, status=DONE)
    try:
        with transaction.atomic():
            done.save(force_insert=True)
    except IntegrityError as error:
        raise SentTwice(_("This form was sent twice; it is saved once.")) from error


def keep_answer(claim: RepeatableRequest, answer: KeptAnswer) -> None:
    """Keep the answer for repetitions; runs in the transaction of what it answers for.

    Raises KeyInFlight where the lease was overslept and another holds the claim now: then nothing may be written.
    """
    kept = RepeatableRequest.objects.filter(pk=claim.pk, holder=claim.holder, status__isnull=True).update(
        status=answer.status, headers=answer.headers, body=answer.body
    )
    if not kept:
        raise KeyInFlight(_("The same request is being done right now; send it again in a moment."))


def give_up(claim: RepeatableRequest) -> None:
    """Nothing was done and no answer is kept: a repetition starts afresh."""
    RepeatableRequest.objects.filter(pk=claim.pk, holder=claim.holder, status__isnull=True).delete()


def forget_old_answers(*, now: datetime) -> int:
    """Remove what was kept for IDEMPOTENCY_HOURS; returns how many."""
    kept_for = timedelta(hours=settings.IDEMPOTENCY_HOURS)
    return RepeatableRequest.objects.filter(created_at__lt=now - kept_for).delete()[0]


def _taken_over(row: RepeatableRequest, holder: str, *, now: datetime) -> bool:
    """Whether the lease of a dead or sleeping holder, or one of a clock that was ahead, was over and is ours now."""
    is_over = Q(leased_until__lte=now) | Q(leased_until__gt=now + LEASE + CLOCKS_MAY_DIFFER)
    unanswered = RepeatableRequest.objects.filter(is_over, pk=row.pk, holder=row.holder, status__isnull=True)
    return bool(unanswered.update(holder=holder, leased_until=now + LEASE))
