"""The circuit breaker: when several deliveries in a row meet trouble that isn't theirs, the rest waits unharmed.

Its memory is in the database, so that all workers know. While it is open, one delivery at a time tries whether the
trouble is over, and no attempts are used up, however many days it lasts. One gate for mail; other kinds name their own.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q

from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.models import DeliveryGate
from roadmap.outbox.moment import Moment

MAIL = "mail"
STRIKES = 3
FIRST_PAUSE = timedelta(seconds=30)
# Shorter than a tick, so that each tick tries: one connection a minute harms nobody, and mail goes soon after an outage
LONGEST_PAUSE = timedelta(seconds=50)


class Admission(Enum):
    """What may go out now: nothing, one delivery as a probe, or all."""

    NOTHING = 0
    ONE = 1
    ALL = 2


def gate(name: str) -> DeliveryGate:
    """The gate of that name, made at its first use."""
    found, _made = DeliveryGate.objects.get_or_create(name=name)
    return found


def admission(name: str, *, now: Moment, probe_for: timedelta) -> Admission:
    """What may go out by the gate ``name``; whoever gets ONE is the only one to try for ``probe_for``."""
    current = gate(name)
    if current.held_since is not None:
        return Admission.NOTHING
    if current.closed_until is None:
        return Admission.ALL
    longest = max(LONGEST_PAUSE, probe_for) + CLOCKS_MAY_DIFFER  # beyond: written by a clock that was ahead
    is_over = Q(closed_until__lte=now) | Q(closed_until__gt=now + longest)
    due = DeliveryGate.objects.filter(is_over, pk=current.pk)  # only the first one's condition holds
    return Admission.ONE if due.update(closed_until=now + probe_for) else Admission.NOTHING


def leave_ajar(name: str, *, now: Moment) -> None:
    """A probe found nothing to try, or found nothing out: the next one needn't wait for its end."""
    DeliveryGate.objects.filter(name=name, closed_until__isnull=False).update(closed_until=now)


def note_trouble(name: str, *, numbers: Collection[int], now: Moment) -> bool:
    """Deliveries of these ``numbers`` met trouble that may be everybody's; True when the breaker is open now."""
    with transaction.atomic():
        current = DeliveryGate.objects.select_for_update().get(pk=gate(name).pk)
        if current.closed_until is None:
            current.strikes = sorted({*current.strikes, *numbers})[:STRIKES]
            if len(current.strikes) < STRIKES:
                DeliveryGate.objects.filter(pk=current.pk).update(strikes=current.strikes)
                return False
        pause = min(FIRST_PAUSE * 2 ** min(current.probes, 10), LONGEST_PAUSE)
        DeliveryGate.objects.filter(pk=current.pk).update(
            strikes=current.strikes, closed_until=now + pause, probes=min(current.probes + 1, 1000)
        )
    return True


def note_outage(name: str, *, now: Moment) -> None:
    """Nobody could be reached at all: open at once, as nothing can go."""
    note_trouble(name, numbers=range(-STRIKES, 0), now=now)


def note_success(name: str) -> None:
    """Something went through: whatever trouble there was is over."""
    DeliveryGate.objects.filter(name=name).exclude(strikes=[], closed_until=None).update(
        strikes=[], closed_until=None, probes=0
    )
