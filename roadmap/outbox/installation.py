"""Whether the database is the one that this installation last worked with, or an older one, or a copy.

Three things tell. Where the database stands: a dump that was restored stands elsewhere than the row in it says. How far
it had come: a count in it that only grows is kept outside of it too (Redis, ``DATA_DIR``). And whether anything outside
knows of it at all: a copy of its files on another host is unknown there.
"""

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from roadmap.coded_reasons import coded
from roadmap.models import DeliveryGate

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mark:
    """How far a database had come: looks and mails counted by ``pulse``, mails alone by ``sent``."""

    pulse: int
    sent: int


def not_the_newest(current: DeliveryGate) -> str:
    """Why the database can't be this installation's newest, as a coded reason; ``""`` where nothing says so."""
    here = place_of_database()
    if current.place and here and here != current.place:
        return coded("database-is-elsewhere")
    outside = known_outside(current)
    if outside is None:
        return coded("database-is-unknown") if current.pulse else ""
    if (
        outside.pulse > current.pulse
    ):  # others may have looked since it was read: what is known outside was in it before
        current.refresh_from_db(fields=["pulse", "sent_total"])
    if outside.sent > current.sent_total:
        return coded("database-is-older", inside=current.sent_total, outside=outside.sent)
    return coded("database-went-back") if outside.pulse > current.pulse else ""


def beat(current: DeliveryGate, **also: Any) -> None:
    """Come one step further, in the database, then outside of it: what is known outside is never ahead by itself."""
    count_on(current, steps=1, place=current.place or place_of_database(), **also)


def settle(current: DeliveryGate, **also: Any) -> None:
    """From now on this database, where it stands, is the newest."""
    outside = known_outside(current) or Mark(0, 0)
    also["sent_total"] = max(current.sent_total, outside.sent)
    DeliveryGate.objects.filter(pk=current.pk).update(pulse=max(current.pulse, outside.pulse))
    count_on(current, steps=1, place=place_of_database(), **also)


def count_on(current: DeliveryGate, *, steps: int, **also: Any) -> None:
    """Write ``also``, count ``steps`` on, and keep outside how far the database has come."""
    DeliveryGate.objects.filter(pk=current.pk).update(pulse=F("pulse") + steps, **also)
    current.refresh_from_db(fields=["pulse", "sent_total"])
    mark = {"pulse": current.pulse, "sent": current.sent_total}
    caches["redis"].set(_name(current), mark, timeout=None)
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}.{get_ident()}")
        fresh.write_text(json.dumps({current.identity: mark}), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        log.warning("How far the database has come could not be kept in %s: %s", file, error)


def known_outside(current: DeliveryGate) -> Mark | None:
    """The furthest that is known of this database outside of it; None where nothing is."""
    found = [caches["redis"].get(_name(current))]
    try:
        found.append(json.loads(_file().read_text(encoding="utf-8")).get(current.identity))
    except (OSError, ValueError):
        log.debug("Nothing is kept in %s", _file())
    known = [Mark(int(one["pulse"]), int(one["sent"])) for one in found if one]
    return Mark(max(one.pulse for one in known), max(one.sent for one in known)) if known else None


def place_of_database() -> str:
    """What a restored copy doesn't share with the database that it is a copy of; ``""`` where that can't be known.

    PostgreSQL: the numbers of the cluster, of the database in it, and of a table. SQLite: the file's number.
    """
    if connection.vendor != "postgresql":
        file = Path(str(connection.settings_dict["NAME"]))
        return f"file {file.stat().st_ino}" if file.is_file() else ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),"
                " to_regclass(%s)::oid FROM pg_control_system()",
                [DeliveryGate._meta.db_table],
            )
            return "cluster {} database {} table {}".format(*cursor.fetchone())
    except DatabaseError as error:  # a server that doesn't let its number be read
        log.debug("The database's place is unknown: %s", error)
        return ""


def _name(current: DeliveryGate) -> str:
    return f"outbox-sent/{current.identity}"


def _file() -> Path:
    return Path(settings.DATA_DIR) / "outbox-sent.json"
