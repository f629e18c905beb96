"""The API's list of milestones under load, beside the same page made as JSON by one bare SQL statement.

Needs PostgreSQL: ``DATABASE_URL=postgresql://… python -m bench.run api [milestones]``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from django.db import connection

from bench import bare
from bench.load import Target, once, rate, request_bytes
from bench.processor import seconds_spent
from bench.rows import fill
from bench.servers import HOST, database_url, gunicorn, production
from roadmap.editing.tokens import make_token
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role

PATH = "/api/v1/milestones/?page_size=100&as_of=2026-11-23"
ROUNDS, SECONDS, CONNECTIONS = 5, 3.0, 8


def measure(sizes: list[int]) -> None:
    """Print answers a second, and processor time an answer, of ours and of the limit; medians of rounds in turn."""
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
        gunicorn("tracker.wsgi", environment, ready=asked) as our,
        gunicorn("bench.bare", {**environment, "DATABASE_URL": database_url()}, ready=plain) as barely,
    ):
        ours, limit = Target(our.port, asked), Target(barely.port, plain)
        head, body = once(ours)
        etag = next(line.split(b": ", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"etag:"))
        known = Target(our.port, asked[:-2] + b"If-None-Match: " + etag + b"\r\n\r\n", status=b"304")
        print(f"{size} milestones; a page of 100: ours {len(body):,} bytes, the limit's {len(once(limit)[1]):,}.\n")
        rounds = [
            [_measured(target, servers=[our.pid, barely.pid]) for target in (limit, ours, known)] for _ in range(ROUNDS)
        ]
    bare_page, page, unchanged = (_medians(column) for column in zip(*rounds, strict=True))
    print("| | ours | bare SQL as JSON | ratio |\n|---|---|---|---|")
    for name, found in (("a page of 100 milestones", page), ("the same, not changed (304)", unchanged)):
        rate_of, limit_of = found.rate, bare_page.rate
        print(f"| {name}, answers a second | {rate_of:.0f} | {limit_of:.0f} | {rate_of / limit_of:.2f} |")
        cost, least = found.milliseconds, bare_page.milliseconds
        print(f"| {name}, processor's milliseconds an answer | {cost:.1f} | {least:.1f} | {least / cost:.2f} |")
    print(f"\nThe bare statement itself takes {_statement_milliseconds():.1f} ms on one connection.")


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the milliseconds that servers and database worked for each."""

    rate: float
    milliseconds: float


def _measured(target: Target, *, servers: list[int]) -> Measured:
    before = seconds_spent(servers)
    found = rate(target, seconds=SECONDS, connections=CONNECTIONS)
    answers = found * SECONDS + CONNECTIONS  # the first of each connection warms up
    return Measured(found, 1000 * (seconds_spent(servers) - before) / answers)


def _medians(rounds: Iterable[Measured]) -> Measured:
    found = list(rounds)
    return Measured(median(one.rate for one in found), median(one.milliseconds for one in found))


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
