"""Holding all mail back until a person releases it: by command, in the admin, or by itself when something is amiss.

By itself: the clocks of worker and database disagree, time jumped, or the database knows of fewer mails sent than a
mark kept outside of it, so that it was restored from a backup, and would tell people once more what they know.
"""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.models import DeliveryGate
from roadmap.models.history import SYSTEM, Actor, note_change
from roadmap.outbox.breaker import MAIL, gate

log = logging.getLogger(__name__)

LONGEST_SILENCE = timedelta(days=400)


def hold(name: str = MAIL, *, reason: str, by: Actor, now: datetime) -> bool:
    """Let nothing out by ``name`` from now on, for ``reason``; False when it was held already."""
    current = gate(name)
    if current.held_since is not None:
        return False
    current.held_since, current.held_reason, current.held_by = now, reason, by.person
    _write(current, by=by, reason=reason)
    log.error("Held: nothing goes out by %s until somebody releases it. %s", name, reason)
    return True


def release(name: str = MAIL, *, by: Actor, reason: str = "") -> bool:
    """Let everything out again; False when it wasn't held. What was known outside of the database counts as settled."""
    current = gate(name)
    if current.held_since is None:
        return False
    current.held_since, current.held_reason, current.held_by = None, "", None
    DeliveryGate.objects.filter(pk=current.pk).update(
        sent_total=max(current.sent_total, known_outside(current)), last_tick_at=None
    )
    _write(current, by=by, reason=reason)
    return True


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
        DeliveryGate.objects.filter(pk=current.pk).update(last_tick_at=database)
        return False

    def _jumped(self, database: datetime) -> str:
        steady = clock.steady_seconds()
        seen, self._seen = self._seen, (steady, database)
        if seen is None:
            return ""
        off = (database - seen[1]) - timedelta(seconds=steady - seen[0])
        if abs(off) <= CLOCKS_MAY_DIFFER:
            return ""
        return _("The database's clock jumped by %(seconds)d seconds.") % {"seconds": off.total_seconds()}


def _amiss(current: DeliveryGate, worker: datetime, database: datetime) -> str:
    off = worker - database
    if abs(off) > CLOCKS_MAY_DIFFER:
        told = _("The worker's clock and the database's differ by %(seconds)d seconds.")
        return told % {"seconds": off.total_seconds()}
    last = current.last_tick_at
    if last is not None and not -CLOCKS_MAY_DIFFER <= database - last <= LONGEST_SILENCE:
        return _("The last look was at %(last)s, by the clock it is now %(now)s.") % {
            "last": last.isoformat(timespec="seconds"),
            "now": database.isoformat(timespec="seconds"),
        }
    outside = known_outside(current)
    if outside > current.sent_total:  # others may have sent since it was read: what is known outside was in it before
        current.refresh_from_db(fields=["sent_total"])
    if outside > current.sent_total:
        told = _("The database knows of %(inside)d sent mails, but %(outside)d were sent; is it a restored backup?")
        return told % {"inside": current.sent_total, "outside": outside}
    return ""


def count_sent(number: int, *, name: str = MAIL) -> None:
    """Count mails sent, in the database, then outside of it: the mark outside is never ahead by itself."""
    current = gate(name)
    DeliveryGate.objects.filter(pk=current.pk).update(sent_total=F("sent_total") + number)
    current.refresh_from_db(fields=["sent_total"])
    cache.set(_mark(current), current.sent_total, timeout=None)
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{number}.{current.sent_total}")
        fresh.write_text(json.dumps({current.identity: current.sent_total}), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        log.warning("The count of sent mails could not be kept in %s: %s", file, error)


def known_outside(current: DeliveryGate) -> int:
    """The greatest count of sent mails that is known outside of the database; 0 when none is."""
    known = [cache.get(_mark(current)) or 0]
    try:
        known.append(int(json.loads(_file().read_text(encoding="utf-8")).get(current.identity, 0)))
    except (OSError, ValueError):
        log.debug("No count of sent mails is kept in %s", _file())
    return max(known)


def _mark(current: DeliveryGate) -> str:
    return f"outbox-sent/{current.identity}"


def _file() -> Path:
    return Path(settings.DATA_DIR) / "outbox-sent.json"


def _write(current: DeliveryGate, *, by: Actor, reason: str) -> None:
    note_change(current, by=by, reason=reason)
    current.save(update_fields=["held_since", "held_reason", "held_by"])
