"""All that was told of a roadmap's milestones, as whole numbers: what curves over time are added up from.

Days are numbered from 2000-01-01, weights are in hundredths, percentages in millionths, so that sums are exact.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from roadmap.models import Roadmap
from roadmap.models.progress import COUNTS

EPOCH = date(2000, 1, 1)
NUMBERED = {"postgresql": "({0} - DATE '2000-01-01')", "sqlite": "CAST(julianday({0}) - 2451544.5 AS integer)"}
MILESTONES = """
SELECT (SELECT number FROM roadmap_revision), m.id, CAST(round(m.weight * 100) AS bigint), {start}, {due}, {completed},
 {verified}, {cancelled}
FROM roadmap_milestone m
JOIN roadmap_initiative i ON i.id = m.initiative_id
LEFT JOIN roadmap_baselineentry b ON b.milestone_id = m.id AND b.baseline_id = (
 SELECT id FROM roadmap_baseline WHERE roadmap_id = %(roadmap)s AND approved_on <= {day}
 ORDER BY approved_on DESC, id DESC LIMIT 1)
WHERE i.roadmap_id = %(roadmap)s
"""
REPORTS = f"""
SELECT u.milestone_id, {{reported}}, CAST(round(u.percent_complete * 1000000) AS bigint)
FROM roadmap_progressupdate u
JOIN roadmap_milestone m ON m.id = u.milestone_id
JOIN roadmap_initiative i ON i.id = m.initiative_id
WHERE i.roadmap_id = %(roadmap)s AND u.reported_on <= {{day}} AND u.{COUNTS}
ORDER BY u.milestone_id, u.reported_on, u.id
"""  # noqa: S608 (our own words)
ITEMS = """
SELECT d.milestone_id, CAST(round(d.weight * 100) AS bigint), {done}
FROM roadmap_deliverable d
JOIN roadmap_milestone m ON m.id = d.milestone_id
JOIN roadmap_initiative i ON i.id = m.initiative_id
WHERE i.roadmap_id = %(roadmap)s
"""
REVISION = "SELECT number FROM roadmap_revision"


class Told(NamedTuple):
    """One milestone: its plan in the baseline in force (its own outside one), its ends, and what was said of it.

    ``reports`` are (day, millionths of a percent), oldest first; ``items`` (weight, day done or None).
    """

    weight: int
    start: int
    due: int
    completed: int | None
    verified: int | None
    cancelled: int | None
    reports: list[tuple[int, int]]
    items: list[tuple[int, int | None]]


def number_of(day: date) -> int:
    """The day's number."""
    return (day - EPOCH).days


def statements() -> str:
    """The text of all that is asked, by which kept answers are told apart."""
    return MILESTONES + REPORTS + ITEMS


def told_of(roadmap: Roadmap, *, up_to: date) -> tuple[list[Told], int | None]:
    """Every milestone of the roadmap, with the reports and by the baseline up to the day. Four queries.

    The revision of the plan that all of it is of comes along; None when the plan changed meanwhile.
    """
    number = NUMBERED[connection.vendor].format
    day = {"postgresql": "CAST(%(day)s AS date)", "sqlite": "%(day)s"}[connection.vendor]
    asked: dict[str, Any] = {"roadmap": roadmap.pk, "day": up_to}
    with connection.cursor() as cursor:

        def rows(statement: str, **columns: str) -> list[Any]:
            cursor.execute(
                statement.format(day=day, **{name: number(column) for name, column in columns.items()}), asked
            )
            found: list[Any] = cursor.fetchall()
            return found

        milestones = rows(
            MILESTONES,
            start="coalesce(b.planned_start_on, m.planned_start_on)",
            due="coalesce(b.due_on, m.due_on)",
            completed="m.completed_on",
            verified="m.verified_on",
            cancelled="m.cancelled_on",
        )
        reports = _grouped(rows(REPORTS, reported="u.reported_on"))
        items = _grouped(rows(ITEMS, done="d.done_on"))
        cursor.execute(REVISION)
        latest = cursor.fetchone()
    told = [Told._make([*row[2:], reports.get(row[1], []), items.get(row[1], [])]) for row in milestones]
    same = bool(milestones) and latest is not None and milestones[0][0] == latest[0]
    return told, latest[0] if same else None


def _grouped(rows: Iterable[tuple[int, Any, Any]]) -> dict[int, list[tuple[Any, Any]]]:
    groups: dict[int, list[tuple[Any, Any]]] = defaultdict(list)
    for pk, one, other in rows:
        groups[pk].append((one, other))
    return groups
