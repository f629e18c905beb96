"""How many mails may go in a minute, for a mail server that takes no more; counted for all workers together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from roadmap.models import DeliveryGate
from roadmap.outbox.breaker import MAIL, gate
from roadmap.outbox.moment import Moment, instant

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Share:
    """``mails`` that may go, counted in the minute that began at ``minute``; None where there is no limit."""

    mails: int
    minute: datetime | None = None


def take(wanted: int, *, now: Moment) -> Share:
    """As many of ``wanted`` mails as may go now, counted; all where ``MAILS_PER_MINUTE`` is 0."""
    if not settings.MAILS_PER_MINUTE:
        return Share(wanted)
    pk = gate(MAIL).pk
    with transaction.atomic():
        current = DeliveryGate.objects.select_for_update(no_key=True).get(pk=pk)
        at = instant(now)
        minute, taken = current.minute_began_at, current.taken_in_minute
        if minute is None or not minute <= at < minute + MINUTE:  # over, or written by a clock that was ahead
            minute, taken = at, 0
        mails = max(min(wanted, settings.MAILS_PER_MINUTE - taken), 0)
        DeliveryGate.objects.filter(pk=pk).update(minute_began_at=minute, taken_in_minute=taken + mails)
    return Share(mails, minute)


def leave(share: Share, *, unused: int) -> None:
    """What was taken and not needed is for others, in the same minute: the next one has counted anew."""
    if share.minute is not None and unused:
        same = DeliveryGate.objects.filter(name=MAIL, minute_began_at=share.minute)
        same.update(taken_in_minute=F("taken_in_minute") - unused)
