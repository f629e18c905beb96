"""Databases of the test run: one that is migrated, one that is loaded, and copies of both for tests and processes.

Migrating and loading take many seconds, so what they made is kept between runs, known by the sources that shaped it.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.servers.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent.parent
SHAPED_BY = (
    "requirements.txt",
    "tracker/settings.py",
    "roadmap/apps.py",
    "roadmap/models/*.py",
    "roadmap/migrations/*.py",
)
LOADED_BY = (*SHAPED_BY, "roadmap/**/*.py", "roadmap/catalogue/*")
LOAD = """
from django.core.management import call_command
call_command("load_catalogue")
call_command("load_sample")
"""
KEPT_SECONDS = 24 * 3600


def migrated_database() -> str:
    """The DATABASE_URL of a migrated database that nobody uses, to be copied; of the kind that the test run uses.

    Made by the first process that asks; the others, and later runs on the same sources, find it.
    """
    return _kept("migrated", SHAPED_BY, "migrate", "-v0")


def loaded_database(migrated: str) -> str:
    """The same of a copy of ``migrated`` that holds the bundled roadmap and its sample layer, as loaded today."""
    return _kept(f"loaded_{datetime.now(UTC):%Y%m%d}", LOADED_BY, "shell", "-v0", "-c", LOAD, template=migrated)


@contextmanager
def copied_database(url: str, folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a copy of the database at ``url``, which nobody may be using; dropped at the end."""
    if connection.vendor == "sqlite":
        file = folder / "processes.sqlite3"
        shutil.copyfile(url.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    name = f"copy_{secrets.token_hex(6)}"
    _on_server("CREATE DATABASE {} TEMPLATE {}", name, url.rpartition("/")[2])
    try:
        yield _server_url(name)
    finally:
        _on_server("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def connected_to_copy(url: str) -> Iterator[None]:
    """Within it, Django's connection leads to a copy of the database at ``url``; with SQLite, one in memory."""
    before = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _connect_to("file:tracker_tests?mode=memory&cache=shared")
        connection.ensure_connection()
        with sqlite3.connect(url.removeprefix("sqlite:///")) as source:
            source.backup(connection.connection)
        source.close()
        yield
        return
    with copied_database(url, Path()) as copy:
        _connect_to(copy.rpartition("/")[2])
        yield
        _connect_to(before)


def asked(url: str, statement: str) -> list[tuple[object, ...]]:
    """The rows that ``statement`` gives in the database at ``url``, which others use; written where it writes."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=PATIENCE)) as database, database:
            return database.execute(statement).fetchall()
    with psycopg.connect(url) as database:
        cursor = database.execute(statement)
        return cursor.fetchall() if cursor.description else []


def as_if_committed() -> None:
    """Let the triggers see the test's transaction as committed, as those of PostgreSQL wait for that.

    Not through Django's cursor, where it would count as a query.
    """
    if connection.in_atomic_block and connection.vendor == "postgresql":
        connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _kept(kind: str, shaped_by: Sequence[str], *command: str, template: str = "") -> str:
    """The URL of the database that ``command`` of manage.py makes of a copy of ``template`` or of an empty one."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted({path for pattern in shaped_by for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(path.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"tracker-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{kind}_{digest.hexdigest()[:20]}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _kept_file if connection.vendor == "sqlite" else _kept_on_server
        return kept(folder, name, command, template)


def _kept_file(folder: Path, name: str, command: Sequence[str], template: str) -> str:
    file, half = folder / f"{name}.sqlite3", folder / f"making_{name}"
    for other in folder.iterdir():
        if other.stat().st_mtime < time.time() - KEPT_SECONDS:
            other.unlink()
    if not file.exists():
        half.unlink(missing_ok=True)
        if template:
            shutil.copyfile(template.removeprefix("sqlite:///"), half)
        _manage(f"sqlite:///{half}", folder, command)
        half.rename(file)
    file.touch()
    return f"sqlite:///{file}"


def _kept_on_server(folder: Path, name: str, command: Sequence[str], template: str) -> str:
    if not _on_server("SELECT FROM pg_database WHERE datname = {}", sql.Literal(name)):
        making = f"making_{name}"
        _on_server("DROP DATABASE IF EXISTS {}", making)
        _on_server("CREATE DATABASE {} TEMPLATE {}", making, template.rpartition("/")[2] or "template1")
        _manage(_server_url(making), folder, command)
        _on_server("ALTER DATABASE {} RENAME TO {}", making, name)
    return _server_url(name)


def _manage(url: str, folder: Path, command: Sequence[str]) -> None:
    environment = {"PATH": os.environ["PATH"], "TRACKER_MODE": "embedded", "DATA_DIR": str(folder), "DATABASE_URL": url}
    manage = [sys.executable, str(ROOT / "manage.py"), *command]
    subprocess.run(manage, env=environment, check=True, stdout=subprocess.DEVNULL)


def _server() -> dict[str, str]:
    parts = connection.settings_dict
    return {"user": parts["USER"], "password": parts["PASSWORD"], "host": parts["HOST"], "port": str(parts["PORT"])}


def _server_url(name: str) -> str:
    server = _server()
    return f"postgresql://{server['user']}:{quote(server['password'])}@{server['host']}:{server['port']}/{name}"


def _on_server(statement: str, *names: str | sql.Literal) -> int:
    """How many rows ``statement`` touched or found, run on the server's own database with ``names`` filled in."""
    filled = sql.SQL(statement).format(*(sql.Identifier(one) if isinstance(one, str) else one for one in names))
    with psycopg.connect(dbname="postgres", autocommit=True, **_server()) as admin:
        return admin.execute(filled).rowcount
