"""Holding all mail back until a person releases it: by command, in the admin, or by itself when something is amiss.

By itself: the clocks of worker and database disagree, time jumped, or the database isn't this installation's newest
(``installation``), so that it would tell people once more what they know.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from roadmap import clock
from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.coded_reasons import coded, in_words
from roadmap.models import DeliveryGate, OutboxMessage
from roadmap.models.history import SYSTEM, Actor, note_change
from roadmap.outbox.breaker import MAIL, gate
from roadmap.outbox.installation import beat, count_on, not_the_newest, settle
from roadmap.vocabulary import MessageState

log = logging.getLogger(__name__)

LONGEST_SILENCE = timedelta(days=400)


def hold(name: str = MAIL, *, reason: str, by: Actor, now: datetime) -> bool:
    """Let nothing out by ``name`` from now on, for ``reason``; False when it was held already."""
    current = gate(name)
    if current.held_since is not None:
        return False
    current.held_since, current.held_reason, current.held_by = now, reason, by.person
    _write(current, by=by, reason=reason)
    log.error("Held: nothing goes out by %s until somebody releases it (manage.py release). %s", name, in_words(reason))
    return True


def release(name: str = MAIL, *, by: Actor, reason: str = "") -> bool:
    """Let everything out again; False when it wasn't held. From now on this database is the newest."""
    current = gate(name)
    if current.held_since is None:
        return False
    current.held_since, current.held_reason, current.held_by = None, "", None
    settle(current, last_tick_at=None)
    _write(current, by=by, reason=reason)
    return True


def drop_waiting() -> int:
    """Let nothing go of what waits now, as people were told it by the database that was lost; returns how many mails.

    Their keys stay taken, so that none of it is planned once more.
    """
    waiting = OutboxMessage.objects.filter(state=MessageState.PENDING)
    return waiting.update(state=MessageState.WITHDRAWN, rendered=None, last_error=coded("told-by-the-lost-database"))


def holds(name: str = MAIL) -> QuerySet[DeliveryGate]:
    """The hold on ``name``, if there is one: asked in the statement that lets a delivery go."""
    return DeliveryGate.objects.filter(name=name, held_since__isnull=False)


class Watch:
    """What one process knows of time between its looks, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._seen: tuple[float, datetime] | None = None

    def look(self, *, worker: datetime, database: datetime, name: str = MAIL) -> bool:
        """Hold the mail when the clocks can't be trusted or the database is older than what was sent; True if held.

        ``worker`` and ``database`` are the present by their two clocks.
        """
        current = gate(name)
        if current.held_since is not None:
            return True
        reason = self._jumped(database) or _amiss(current, worker, database)
        if reason:
            hold(name, reason=reason, by=SYSTEM, now=database)
            return True
        beat(current, last_tick_at=database)
        return False

    def _jumped(self, database: datetime) -> str:
        steady = clock.steady_seconds()
        seen, self._seen = self._seen, (steady, database)
        if seen is None:
            return ""
        off = (database - seen[1]) - timedelta(seconds=steady - seen[0])
        if abs(off) <= CLOCKS_MAY_DIFFER:
            return ""
        return coded("clock-jumped", seconds=round(off.total_seconds()))


def _amiss(current: DeliveryGate, worker: datetime, database: datetime) -> str:
    off = worker - database
    if abs(off) > CLOCKS_MAY_DIFFER:
        return coded("clocks-differ", seconds=round(off.total_seconds()))
    last = current.last_tick_at
    if last is not None and not -CLOCKS_MAY_DIFFER <= database - last <= LONGEST_SILENCE:
        times = {"last": last.isoformat(timespec="seconds"), "now": database.isoformat(timespec="seconds")}
        return coded("long-silence", **times)
    return not_the_newest(current)


def count_sent(number: int, *, name: str = MAIL) -> None:
    """Count mails sent, in the database and outside of it."""
    count_on(gate(name), steps=number, sent_total=F("sent_total") + number)


def _write(current: DeliveryGate, *, by: Actor, reason: str) -> None:
    note_change(current, by=by, reason=reason)
    current.save(update_fields=["held_since", "held_reason", "held_by"])
