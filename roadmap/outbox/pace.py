"""How many mails may go in a minute, for a mail server that takes no more; counted for all workers together."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from roadmap.models import DeliveryGate
from roadmap.outbox.breaker import MAIL, gate
from roadmap.outbox.moment import Moment, instant

MINUTE = timedelta(minutes=1)


def take(wanted: int, *, now: Moment) -> int:
    """So many of ``wanted`` mails may go now, and are counted; all where ``MAILS_PER_MINUTE`` is 0."""
    if not settings.MAILS_PER_MINUTE:
        return wanted
    pk = gate(MAIL).pk
    with transaction.atomic():
        current = DeliveryGate.objects.select_for_update(no_key=True).get(pk=pk)
        at = instant(now)
        began = current.minute_began_at
        if began is None or not began <= at < began + MINUTE:  # over, or written by a clock that was ahead
            current.minute_began_at, current.taken_in_minute = at, 0
        room = max(min(wanted, settings.MAILS_PER_MINUTE - current.taken_in_minute), 0)
        DeliveryGate.objects.filter(pk=pk).update(
            minute_began_at=current.minute_began_at, taken_in_minute=current.taken_in_minute + room
        )
    return room


def leave(unused: int) -> None:
    """What was taken and not needed is for others; what the minute's end has forgotten meanwhile isn't given twice."""
    if settings.MAILS_PER_MINUTE and unused:
        with transaction.atomic():
            current = DeliveryGate.objects.select_for_update(no_key=True).get(name=MAIL)
            left = max(current.taken_in_minute - unused, 0)
            DeliveryGate.objects.filter(pk=current.pk).update(taken_in_minute=left)
