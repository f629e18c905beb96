"""Roll-ups made by the database in one pass: the same figures as ``measure`` gives, for any number of milestones.

The statement sums whole numbers only (weights in hundredths, percentages in millionths), so that its sums are exactly
those of the pure rules; ``measure.figures_of`` makes figures of them. A test compares the two on made-up rows. Sums of
a large roadmap are kept, by blocks of milestones, so that after a change only its blocks are summed anew (``kept``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from operator import add
from typing import Any

from django.db import connection

from roadmap.models import Organisation, Roadmap
from roadmap.models.kept import BLOCK
from roadmap.models.progress import COUNTS
from roadmap.progress.kept import Kept, Row, keep_rows, kept_for, kept_parts, question_of
from roadmap.progress.measure import PLACES, Figures, Sums, figures_of
from roadmap.states import DUE_SOON_DAYS, SILENT_AFTER_DAYS

DIMENSIONS = {
    "phase": "m.phase_id",
    "pillar": "i.pillar_id",
    "workstream": "m.workstream_id",
    "initiative": "m.initiative_id",
    "organisation": "m.organisation_id",
}
FULL_SCALE = f"CAST({100 * 10**PLACES} AS bigint)"
TOTAL = 5  # where a row, after its keys, has the number of milestones
HALF = 10**9  # sums are kept in two halves, as SQLite adds up 63 bits only
Key = tuple[int | None, ...]
Only = Mapping[str, Sequence[int]]  # primary keys, by dimension
Parts = dict[int, list[Row]]  # rows of keys and sums, by block
# m: the milestone, u: its latest report up to the day, b: its entry in the baseline in force, d: its deliverables
STATEMENT = """
WITH fact AS (
 SELECT {keys} m.id / {block} AS block, CAST(round(m.weight * 100) AS bigint) AS weight,
  m.due_on, m.planned_start_on, u.reported_on, m.entered_on, m.verify_by,
  coalesce(b.planned_start_on, m.planned_start_on) AS plan_start, coalesce(b.due_on, m.due_on) AS plan_due,
  m.completed_on IS NOT NULL AND m.completed_on <= {day} AS is_done,
  m.completed_on IS NOT NULL AND m.verified_on IS NOT NULL
   AND m.completed_on <= {day} AND m.verified_on <= {day} AS is_verified,
  CASE WHEN m.completed_on <= {day} THEN {full}
   WHEN u.id IS NOT NULL THEN CAST(round(u.percent_complete * {unit}) AS bigint)
   WHEN d.total > 0 THEN {full} * d.done / d.total ELSE 0 END AS earned
 FROM roadmap_milestone m
 JOIN roadmap_initiative i ON i.id = m.initiative_id
 LEFT JOIN {latest}
 LEFT JOIN roadmap_baselineentry b ON b.milestone_id = m.id AND b.baseline_id = (
  SELECT id FROM roadmap_baseline WHERE roadmap_id = %(roadmap)s AND approved_on <= {day}
  ORDER BY approved_on DESC, id DESC LIMIT 1)
 LEFT JOIN (
  SELECT milestone_id, CAST(round(sum(weight) * 100) AS bigint) AS total,
   CAST(round(sum(CASE WHEN done_on <= {day} THEN weight ELSE 0 END) * 100) AS bigint) AS done
  FROM roadmap_deliverable WHERE true {delivered_within} GROUP BY milestone_id) d ON d.milestone_id = m.id
 WHERE i.roadmap_id = %(roadmap)s AND (m.cancelled_on IS NULL OR m.cancelled_on > {day}) {narrowed} {within}
), measured AS (
 SELECT fact.*, weight * CASE WHEN {day} >= plan_due THEN {full} WHEN {day} < plan_start THEN 0
   ELSE {full} * ({elapsed} + 1) / ({span} + 1) END AS planned_share, weight * earned AS earned_share,
  {left} AS days_left, {silence} AS silent_days
 FROM fact
)
SELECT {names} block, (SELECT number FROM roadmap_revision), sum(weight),
 sum(planned_share / {half}), sum(planned_share % {half}),
 sum(earned_share / {half}), sum(earned_share % {half}), count(*), sum(CASE WHEN is_done THEN 1 ELSE 0 END),
 sum(CASE WHEN NOT is_done AND days_left < 0 THEN 1 ELSE 0 END),
 sum(CASE WHEN NOT is_done AND days_left BETWEEN 0 AND {soon} THEN 1 ELSE 0 END),
 sum(CASE WHEN NOT is_done AND silent_days >= {silent} THEN 1 ELSE 0 END),
 sum(CASE WHEN is_verified THEN weight ELSE 0 END), sum(CASE WHEN is_verified THEN 1 ELSE 0 END),
 sum(CASE WHEN is_done AND NOT is_verified AND verify_by < {day} THEN 1 ELSE 0 END)
FROM measured GROUP BY {names} block
"""
LOOKED_UP = f"""roadmap_progressupdate u ON u.id = (
  SELECT id FROM roadmap_progressupdate WHERE milestone_id = m.id AND reported_on <= {{day}} AND {COUNTS}
  ORDER BY reported_on DESC, id DESC LIMIT 1)"""  # noqa: S608 (our own words)
READ_THROUGH = f"""(
  SELECT DISTINCT ON (milestone_id) milestone_id, id, reported_on, percent_complete FROM roadmap_progressupdate
  WHERE reported_on <= {{day}} AND {COUNTS} {{reported_within}}
  ORDER BY milestone_id, reported_on DESC, id DESC) u ON u.milestone_id = m.id"""  # noqa: S608 (the same)
DAY = {"postgresql": "CAST(%(day)s AS date)", "sqlite": "%(day)s"}
BETWEEN = {"postgresql": "({0} - {1})", "sqlite": "CAST(julianday({0}) - julianday({1}) AS integer)"}
LATER = {"postgresql": "greatest", "sqlite": "max"}
SILENT_SINCE = "{later}(planned_start_on, coalesce(reported_on, entered_on, planned_start_on))"  # as ``states`` says it


def sums_of(roadmap: Roadmap, *, only: Only, as_of: date) -> Sums:
    """What adds up over milestones that belong to one of the entries named in each dimension of ``only``. One query."""
    return dict(_summed(roadmap, by=(), only=only, as_of=as_of)).get((), Sums())


def roll_up(roadmap: Roadmap, *, by: tuple[str, ...], as_of: date) -> dict[Key, Figures]:
    """Figures as of the day for each combination of the dimensions ``by`` that has a milestone that counts.

    Keys are primary keys in the order of ``by`` (among DIMENSIONS; none for the whole), None for milestones without.
    An organisation counts with everything below it. One query, and one more for organisations; outside a transaction
    one that looks for kept sums comes first, and often last.
    """
    sums = dict(summed(roadmap, by=by, as_of=as_of))
    if "organisation" in by:
        sums = _handed_up(sums, by.index("organisation"))
    return {key: figures_of(one) for key, one in sums.items()}


def summed(roadmap: Roadmap, *, by: tuple[str, ...], as_of: date) -> Iterable[tuple[Key, Sums]]:
    """What adds up over the milestones of each combination, those of an organisation without what is below it."""
    return _summed(roadmap, by=by, only={}, as_of=as_of)


def _summed(roadmap: Roadmap, *, by: tuple[str, ...], only: Only, as_of: date) -> Iterable[tuple[Key, Sums]]:
    question = question_of(_statement(by=by, only=only), roadmap_id=roadmap.pk, day=as_of)
    kept = kept_for(question)
    if kept and kept.holds:
        rows = kept.rows
    else:
        mended = _mended(kept, roadmap, by=by, only=only, as_of=as_of) if kept else None
        parts, revision = mended or _parts(roadmap, by=by, only=only, as_of=as_of)
        rows = _added(parts, keys=len(by))
        milestones = sum(row[len(by) + TOTAL] for row in rows)
        keep_rows(question, rows, revision=revision, milestones=milestones, parts=parts)
    for row in rows:
        yield tuple(row[: len(by)]), _sums(row[len(by) :])


def _mended(
    kept: Kept, roadmap: Roadmap, *, by: tuple[str, ...], only: Only, as_of: date
) -> tuple[Parts, int | None] | None:
    """What was kept, with the blocks that have changed since read anew; None if that isn't possible.

    All is of the revision that was the latest before the first look: a change that comes in between is noticed.
    """
    found = kept_parts(kept)
    if found is None:
        return None
    parts, changed = found
    if changed:
        anew, revision = _parts(roadmap, by=by, only=only, as_of=as_of, blocks=changed)
        if revision != kept.latest:
            return None
        parts = {block: rows for block, rows in parts.items() if block not in changed} | anew
    return parts, kept.latest


def _parts(
    roadmap: Roadmap, *, by: tuple[str, ...], only: Only, as_of: date, blocks: Sequence[int] = ()
) -> tuple[Parts, int | None]:
    """The rows of each block, or of those named, and the revision they are of, if there is any row. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(by=by, only=only, blocks=blocks), {"roadmap": roadmap.pk, "day": as_of})
        found = cursor.fetchall()
    parts: Parts = {}
    for row in found:
        keys, block, sums = row[: len(by)], row[len(by)], row[len(by) + 2 :]
        parts.setdefault(block, []).append([*keys, *map(int, sums)])
    return parts, found[0][len(by) + 1] if found else None


def _added(parts: Parts, *, keys: int) -> list[list[Any]]:
    """The sums of all blocks, with their keys before them."""
    totals: dict[Key, list[Any]] = {}
    for row in chain.from_iterable(parts.values()):
        key, sums = tuple(row[:keys]), row[keys:]
        before = totals.get(key)
        totals[key] = list(map(add, before, sums)) if before else list(sums)
    return [[*key, *sums] for key, sums in totals.items()]


def _statement(*, by: tuple[str, ...], only: Only, blocks: Sequence[int] = ()) -> str:
    vendor = connection.vendor
    day = DAY[vendor]
    days = BETWEEN[vendor].format
    latest = READ_THROUGH if vendor == "postgresql" and not only else LOOKED_UP  # the first for all, not for a few
    return STATEMENT.format(
        keys="".join(f"{DIMENSIONS[name]} AS {name}, " for name in by),
        names="".join(f"{name}, " for name in by),
        block=BLOCK,
        narrowed="".join(
            f"AND {DIMENSIONS[name]} IN ({', '.join(str(int(pk)) for pk in pks) or 'NULL'}) "
            for name, pks in only.items()
        ),
        within=_within("m.id", blocks),
        delivered_within=_within("milestone_id", blocks),
        day=day,
        latest=latest.format(day=day, reported_within=_within("milestone_id", blocks)),
        full=FULL_SCALE,
        unit=10**PLACES,
        half=HALF,
        elapsed=days(day, "plan_start"),
        span=days("plan_due", "plan_start"),
        left=days("due_on", day),
        silence=days(day, SILENT_SINCE.format(later=LATER[vendor])),
        soon=DUE_SOON_DAYS,
        silent=SILENT_AFTER_DAYS,
    ).replace(" % ", " %% ")


def _within(column: str, blocks: Sequence[int]) -> str:
    ranges = " OR ".join(f"{column} BETWEEN {BLOCK * block} AND {BLOCK * block + BLOCK - 1}" for block in blocks)
    return f"AND ({ranges})" if ranges else ""


def _sums(row: Sequence[int]) -> Sums:
    (
        weight,
        planned_high,
        planned_low,
        earned_high,
        earned_low,
        total,
        done,
        late,
        due_soon,
        silent,
        verified,
        confirmed,
        verification_overdue,
    ) = row
    return Sums(
        Decimal(weight).scaleb(-2),
        Decimal(planned_high * HALF + planned_low).scaleb(-2 - PLACES),
        Decimal(earned_high * HALF + earned_low).scaleb(-2 - PLACES),
        total,
        done,
        late,
        due_soon,
        silent,
        Decimal(verified),  # hundredths of a weight, times the 100 percent that each of them has
        confirmed,
        verification_overdue,
    )


def _handed_up(sums: dict[Key, Sums], position: int) -> dict[Key, Sums]:
    """Each organisation's sums added to those of everything above it; milestones without one are left out."""
    organisations = list(Organisation.objects.order_by().values_list("pk", "path"))
    at_path = {path: pk for pk, path in organisations}
    above: dict[int, list[int]] = {}
    for pk, path in organisations:
        codes = path.rstrip("/").split("/")
        above[pk] = [at_path["/".join(codes[:depth]) + "/"] for depth in range(1, len(codes) + 1)]
    handed: dict[Key, Sums] = {}
    for key, one in sums.items():
        own = key[position]
        for pk in above[own] if own is not None else ():
            upper = (*key[:position], pk, *key[position + 1 :])
            handed[upper] = handed.get(upper, Sums()) + one
    return handed
