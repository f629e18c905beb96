"""Reports in bulk through the API, beside one bare statement that inserts as many: queries, milliseconds, their ratio.

``python -m bench.run bulk``; meant for PostgreSQL, runs on SQLite too.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from roadmap.editing.tokens import make_token
from roadmap.models import Milestone, Person, ProgressUpdate
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role

SIZES, MILESTONES, ROUNDS = (1, 100, 1000), 10_000, 7
DAY = date(2026, 11, 23)


def measure(sizes: list[int]) -> None:
    """Print, for each number of reports, what they cost; medians of rounds taken in turn."""
    fill(MILESTONES)
    person = Person.objects.create(username="bench", role=Role.OFFICE)
    _made, text = make_token(person, by=SYSTEM, now=datetime.now(UTC), name="bench")
    known = list(Milestone.objects.order_by("pk").values_list("pk", flat=True)[: max(sizes or SIZES)])
    print("| reports at once | queries | ours (ms) | bare insert (ms) | ratio |\n|---|---|---|---|---|")
    for size in sizes or SIZES:
        asked = [{"milestone": pk, "percent_complete": 40, "reported_on": str(DAY)} for pk in known[:size]]
        queries = _queries(text, asked)
        acts = partial(_send, text, asked), partial(_insert, known[:size])
        rounds = [[_milliseconds(act) for act in acts] for _ in range(ROUNDS)]
        ours, bare = (median(column) for column in zip(*rounds, strict=True))
        print(f"| {size} | {queries} | {ours:.0f} | {bare:.1f} | {bare / ours:.2f} |")


def _send(token: str, items: list[dict[str, Any]]) -> None:
    answer = Client(headers={"Authorization": f"Bearer {token}"}).post(
        "/api/v1/progress-updates/bulk/", json.dumps({"items": items}), content_type="application/json"
    )
    if answer.status_code != 201:
        raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")


def _queries(token: str, items: list[dict[str, Any]]) -> int:
    with CaptureQueriesContext(connection) as captured:
        _send(token, items)
    return len(captured)


def _insert(milestones: list[int]) -> None:
    table, columns = ProgressUpdate._meta.db_table, [field.column for field in ProgressUpdate._meta.concrete_fields[1:]]
    names = ", ".join(columns)
    copied = ", ".join("percent_complete / 2" if name == "percent_complete" else name for name in columns)
    among = ", ".join(map(str, milestones))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {copied} FROM {table} WHERE id IN"  # noqa: S608 (our own names)
            f" (SELECT min(id) FROM {table} WHERE milestone_id IN ({among}) GROUP BY milestone_id)"
        )


def _milliseconds(act: Callable[[], None]) -> float:
    start = perf_counter()
    act()
    return 1000 * (perf_counter() - start)
