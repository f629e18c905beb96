"""All milestones of a roadmap, measured: time and queries against the bare SQL that only fetches the rows it needs."""

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.rows import fill
from roadmap.progress.facts import roadmap_lines

TODAY = date(2026, 11, 23)


def measure(sizes: list[int]) -> None:
    """Print, for each size, milliseconds of ours, of fetching the bare rows, and their ratio."""
    print("| milestones | queries | roadmap_lines (ms) | bare rows (ms) | ratio |\n|---|---|---|---|---|")
    for size in sizes or [100, 1000, 10_000]:
        with transaction.atomic():
            roadmap = fill(size)
            with CaptureQueriesContext(connection) as queries:
                roadmap_lines(roadmap, as_of=TODAY)
            ours = _milliseconds(lambda: roadmap_lines(roadmap, as_of=TODAY))  # noqa: B023 (called at once)
            bare = _milliseconds(_bare_rows)
            transaction.set_rollback(True)
        print(f"| {size} | {len(queries)} | {ours:.0f} | {bare:.0f} | {ours / bare:.1f} |")


def _bare_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id, m.weight, m.planned_start_on, m.due_on, m.completed_on, m.cancelled_on, m.phase_id,"
            " i.pillar_id, (SELECT u.percent_complete FROM roadmap_linesupdate u WHERE u.milestone_id = m.id"
            " AND u.reported_on <= %s ORDER BY u.reported_on DESC, u.id DESC LIMIT 1)"
            " FROM roadmap_milestone m JOIN roadmap_initiative i ON i.id = m.initiative_id",
            [TODAY],
        )
        cursor.fetchall()


def _milliseconds(act: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        start = perf_counter()
        act()
        times.append(1000 * (perf_counter() - start))
    return median(times)
