"""A machine whose clock is far from the database's: each process says so when it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.databases import asked
from tests.servers.waiting import PATIENCE, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
AHEAD = """
CREATE SCHEMA ahead;
CREATE FUNCTION ahead.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
'SELECT pg_catalog.statement_timestamp() + interval ''2 minutes''';
ALTER DATABASE {name} SET search_path = ahead, pg_catalog, public
"""
CELERY = ("-m", "celery", "-A", "tracker.celery")

pytestmark = pytest.mark.on_postgresql


@pytest.fixture
def apart(process_environment: dict[str, str]) -> dict[str, str]:
    """The environment of processes whose database is two minutes ahead; only PostgreSQL has a clock of its own."""
    url = process_environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        pytest.skip("SQLite's clock is the machine's")
    asked(url, AHEAD.format(name=url.rpartition("/")[2]))
    return {**process_environment, "BIND": "127.0.0.1:0"}


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "gunicorn", "-c", "python:tracker.serving", "--workers=2", "tracker.wsgi"),
        (*CELERY, "worker", "--concurrency=1"),
        (*CELERY, "beat", "--schedule={folder}/beat", "--pidfile="),
        ("manage.py", "dispatch"),
    ],
    ids=["web", "worker", "beat", "dispatcher"],
)
def test_clock_that_is_far_from_the_databases_is_told_at_start(
    apart: dict[str, str], command: tuple[str, ...], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *(word.format(folder=tmp_path) for word in command)],
            env=apart, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        told = wait_for(lambda: [line for line in output.read_text().splitlines() if "the database's" in line])
    finally:
        process.terminate()
        process.wait(PATIENCE)
    assert "This machine's clock is 120 seconds behind the database's: set both by a time server (NTP)." in told[0]
