"""Databases for tests that run real processes, which can't share the test's own transaction."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg import sql


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a new, unmigrated database of the kind that the test run uses; dropped at the end."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'processes.sqlite3'}"
        return
    parts = {key: str(value) for key, value in connection.settings_dict.items()}
    server = {"user": parts["USER"], "password": parts["PASSWORD"], "host": parts["HOST"], "port": parts["PORT"]}
    name = f"processes_{secrets.token_hex(6)}"
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield f"postgresql://{parts['USER']}:{quote(parts['PASSWORD'])}@{parts['HOST']}:{parts['PORT']}/{name}"
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
