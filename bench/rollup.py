"""The phase × pillar roll-up: kept, after a change, all anew; and the barest statement that reads each milestone once.

``python -m bench.run rollup [milestones]``; meant for PostgreSQL, runs on SQLite too.
"""

from datetime import date
from statistics import median
from time import perf_counter

from django.db import connection
from django.db.models import F

from bench.rows import fill
from roadmap.models import KeptSums, Milestone, Roadmap
from roadmap.progress.rollup import roll_up

TODAY = date(2026, 11, 23)
BARE = "SELECT phase_id, initiative_id, count(*), sum(weight) FROM roadmap_milestone GROUP BY phase_id, initiative_id"


def measure(sizes: list[int]) -> None:
    """Print, for each size, milliseconds of ours and of the bare count; medians of runs in turn."""
    print("| milestones | kept, unchanged plan (ms) | after a change | all anew | bare count and weight | ratios |")
    print("|---|---|---|---|---|---|")
    for size in sizes or [100_000]:
        roadmap = fill(size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        runs = [(_anew(roadmap), _after_a_change(roadmap), _kept(roadmap), _bare()) for _ in range(9)]
        anew, changed, kept, bare = (median(column) for column in zip(*runs, strict=True))
        ratios = ", ".join(f"{bare / ours:.2f}" for ours in (kept, changed, anew))
        print(f"| {size} | {kept:.1f} | {changed:.0f} | {anew:.0f} | {bare:.0f} | {ratios} |")


def _after_a_change(roadmap: Roadmap) -> float:
    one = Milestone.objects.order_by("pk")[:1].values("pk")
    Milestone.objects.filter(pk__in=one).update(weight=F("weight") + 1)
    return _milliseconds(roadmap)


def _anew(roadmap: Roadmap) -> float:
    KeptSums.objects.all().delete()
    return _milliseconds(roadmap)


def _kept(roadmap: Roadmap) -> float:
    return median(_milliseconds(roadmap) for _ in range(9))


def _milliseconds(roadmap: Roadmap) -> float:
    start = perf_counter()
    roll_up(roadmap, by=("phase", "pillar"), as_of=TODAY)
    return 1000 * (perf_counter() - start)


def _bare() -> float:
    start = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        cursor.fetchall()
    return 1000 * (perf_counter() - start)
