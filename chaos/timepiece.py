"""One clock for everybody in a run: it goes as the wall's does, and is set on while nothing runs.

A file tells processes how far it is ahead of the wall's, a table tells PostgreSQL.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

# Each name by which SQL asks for the time, shadowed by a function of ours; the search path puts ours first
ASKED_AS = ("now", "statement_timestamp", "transaction_timestamp", "clock_timestamp")
TABLE = "CREATE SCHEMA chaos; CREATE TABLE chaos.timepiece (ahead interval NOT NULL);"
FUNCTION = """
CREATE FUNCTION chaos.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS
'SELECT pg_catalog.{name}() + ahead FROM chaos.timepiece';
"""


class Timepiece:
    """The clock whose face is the file ``face``."""

    def __init__(self, face: Path) -> None:
        self._face = face
        self._read_at = -1
        self._ahead = 0.0

    def now(self) -> datetime:
        """The instant that it is for the program, in UTC."""
        changed = self._face.stat().st_mtime_ns
        if changed != self._read_at:
            self._ahead = float(self._face.read_text())
            self._read_at = changed
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    def set_to(self, instant: datetime) -> timedelta:
        """Set it for processes; gives how far it is ahead. Nothing of the program may run meanwhile."""
        ahead = instant.timestamp() - time.time()
        draft = self._face.with_suffix(".draft")
        draft.write_text(str(ahead))
        draft.replace(self._face)
        return timedelta(seconds=ahead)


def teach(database_url: str) -> None:
    """Let the database ask the timepiece wherever SQL asks for the time; after the migrations."""
    with psycopg.connect(database_url) as database:
        database.execute(TABLE)
        for name in ASKED_AS:
            database.execute(FUNCTION.format(name=name))
        database.execute("ALTER DATABASE postgres SET search_path = chaos, pg_catalog, public")


def tell(database_url: str, ahead: timedelta) -> None:
    """Let the database know how far the clock is ahead."""
    with psycopg.connect(database_url) as database:
        database.execute("DELETE FROM chaos.timepiece")
        database.execute("INSERT INTO chaos.timepiece VALUES (%s)", [ahead])
