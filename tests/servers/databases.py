"""Databases for tests that run real processes, which can't share the test's own transaction.

Migrating takes many seconds, so it is done once a session; each test gets a copy.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def migrated_database(folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a new, migrated database of the kind that the test run uses; dropped at the end."""
    with _database(folder, like=None) as url:
        environment = {"PATH": os.environ["PATH"], "TRACKER_MODE": "embedded", "DATA_DIR": str(folder)}
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"],
            env={**environment, "DATABASE_URL": url},
            check=True,
        )
        yield url


@contextmanager
def copied_database(url: str, folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a copy of the database at ``url``, which nobody may be using; dropped at the end."""
    with _database(folder, like=url) as copy:
        yield copy


@contextmanager
def _database(folder: Path, *, like: str | None) -> Iterator[str]:
    if connection.vendor == "sqlite":
        file = folder / "processes.sqlite3"
        if like is not None:
            shutil.copyfile(like.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    parts = {key: str(value) for key, value in connection.settings_dict.items()}
    server = {"user": parts["USER"], "password": parts["PASSWORD"], "host": parts["HOST"], "port": parts["PORT"]}
    name = f"processes_{secrets.token_hex(6)}"
    template = like.rpartition("/")[2] if like else "template1"
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield f"postgresql://{parts['USER']}:{quote(parts['PASSWORD'])}@{parts['HOST']}:{parts['PORT']}/{name}"
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
