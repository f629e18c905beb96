"""The API's list of milestones under load, beside the same page made as JSON by one bare SQL statement.

Needs PostgreSQL: ``DATABASE_URL=postgresql://… python -m bench.run api [milestones]``.
"""

from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from django.db import connection

from bench import bare
from bench.load import Target, once, rate, request_bytes
from bench.rows import fill
from bench.servers import HOST, database_url, gunicorn, production
from roadmap.editing.tokens import make_token
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role

PATH = "/api/v1/milestones/?page_size=100&as_of=2026-11-23"
ROUNDS, SECONDS, CONNECTIONS = 5, 3.0, 8


def measure(sizes: list[int]) -> None:
    """Print answers a second of ours, of the limit, and their ratio; medians of rounds taken in turn."""
    if connection.vendor != "postgresql":
        raise SystemExit("Set DATABASE_URL to a PostgreSQL server; SQLite has no server to measure.")
    size = (sizes or [10_000])[0]
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = request_bytes(
        PATH,
        Host=HOST,
        X_Forwarded_Proto="https",
        Accept="application/json",
        Accept_Language="en",
        Authorization=f"Bearer {_token()}",
    )
    plain = request_bytes("/", Host=HOST)
    with (
        production() as environment,
        gunicorn("tracker.wsgi", environment, ready=asked) as our_port,
        gunicorn("bench.bare", {**environment, "DATABASE_URL": database_url()}, ready=plain) as bare_port,
    ):
        ours, limit = Target(our_port, asked), Target(bare_port, plain)
        head, body = once(ours)
        etag = next(line.split(b": ", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"etag:"))
        known = Target(our_port, asked[:-2] + b"If-None-Match: " + etag + b"\r\n\r\n", status=b"304")
        print(f"{size} milestones; a page of 100: ours {len(body):,} bytes, the limit's {len(once(limit)[1]):,}.\n")
        rounds = [
            tuple(rate(target, seconds=SECONDS, connections=CONNECTIONS) for target in (limit, ours, known))
            for _ in range(ROUNDS)
        ]
    limits, lists, unchanged = (median(column) for column in zip(*rounds, strict=True))
    print("| answers a second | ours | bare SQL as JSON | ratio |\n|---|---|---|---|")
    print(f"| a page of 100 milestones | {lists:.0f} | {limits:.0f} | {lists / limits:.2f} |")
    print(f"| the same, not changed (304) | {unchanged:.0f} | {limits:.0f} | {unchanged / limits:.2f} |")
    print(f"\nThe bare statement itself takes {_statement_milliseconds():.1f} ms on one connection.")


def _token() -> str:
    person = Person.objects.create(username="bench", role=Role.OFFICE)
    _made, text = make_token(person, by=SYSTEM, now=datetime.now(UTC), name="bench")
    return text


def _statement_milliseconds() -> float:
    times = []
    with connection.cursor() as cursor:
        for _ in range(50):
            start = perf_counter()
            cursor.execute(bare.PAGE, {"day": bare.TODAY})
            cursor.fetchone()
            times.append(1000 * (perf_counter() - start))
    return median(times)
