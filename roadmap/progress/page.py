"""A page of milestones with all that lists show of them, in one statement without model objects, and measured.

Written as SQL, as a framework's query would take longer to put together than the database takes to answer it. Which
milestones, and in what order, is the caller's affair. Every other reader takes ``facts``.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, models

from roadmap.fields import At, at
from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Initiative,
    Milestone,
    Organisation,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    Roadmap,
    Source,
    Workstream,
)
from roadmap.models.prepared import Prepared
from roadmap.models.progress import COUNTS
from roadmap.progress.measure import ZERO, MilestoneFacts, MilestoneFigures, measure_milestone, share_percent

TITLED = ("id", "code", "title_zh", "title_en")
COLUMNS: list[tuple[str, type[models.Model], tuple[str, ...]]] = [
    # as its entries show it, and when it was entered, which counts for its figures
    ("milestone", Milestone, (*(one.name for one in at(At.API) if one.is_plain), "entered_on")),
    ("roadmap", Roadmap, ("code", "time_zone", "calendar")),
    ("phase", Phase, (*TITLED, "gate_on")),
    ("pillar", Pillar, TITLED),
    ("workstream", Workstream, TITLED),
    ("initiative", Initiative, TITLED),
    ("organisation", Organisation, ("id", "code", "name_zh", "name_en")),
    ("owner", Person, ("id", "full_name")),
    ("source", Source, ("code", "title_zh", "title_en", "citation_zh", "citation_en", "published_on", "url")),
    (
        "latest",
        ProgressUpdate,
        ("id", "reported_on", "percent_complete", "confidence", "forecast_on", "narrative_zh", "narrative_en"),
    ),
    ("baseline", BaselineEntry, ("planned_start_on", "due_on")),
]
NAMES = [f"{alias}_{column}" for alias, _model, columns in COLUMNS for column in columns]
MilestoneRow = NamedTuple("MilestoneRow", [(name, Any) for name in [*NAMES, "items_weight", "items_done"]])  # type: ignore[misc]
MODELS: list[type[models.Model]] = [*(model for _alias, model, _columns in COLUMNS), Baseline, Deliverable]
TABLES = {model.__name__.lower(): model._meta.db_table for model in MODELS}
# One kind a line: a milestone has each but the first four or not; the latest report and the baseline are the day's.
# In two steps, as a plan for eleven tables at once takes the database longer than its answer. The day is a row of its
# own: were it in its places, the database would hope for a better plan for each day, and never keep one.
SELECT = """
WITH asked AS MATERIALIZED (SELECT %s AS day), page AS MATERIALIZED (
 SELECT {own_columns}, milestone.phase_id AS to_phase, initiative.pillar_id AS to_pillar,
  milestone.workstream_id AS to_workstream, milestone.organisation_id AS to_organisation,
  milestone.owner_id AS to_owner, milestone.source_id AS to_source,
  (SELECT sum(weight) FROM {deliverable} WHERE milestone_id = milestone.id) AS items_weight,
  (SELECT sum(weight) FROM {deliverable} WHERE milestone_id = milestone.id AND done_on <= (SELECT day FROM asked))
   AS items_done
 FROM {chosen} milestone
 JOIN {initiative} initiative ON initiative.id = milestone.initiative_id
 JOIN {roadmap} roadmap ON roadmap.id = initiative.roadmap_id
 LEFT JOIN {latest}
 LEFT JOIN {baselineentry} baseline ON baseline.milestone_id = milestone.id AND baseline.baseline_id = (
  SELECT id FROM {baseline} WHERE roadmap_id = roadmap.id AND approved_on <= (SELECT day FROM asked)
  ORDER BY approved_on DESC, id DESC LIMIT 1)
)
SELECT {columns}, page.items_weight, page.items_done
FROM page
JOIN {pillar} pillar ON pillar.id = to_pillar
JOIN {phase} phase ON phase.id = to_phase
LEFT JOIN {workstream} workstream ON workstream.id = to_workstream
LEFT JOIN {organisation} organisation ON organisation.id = to_organisation
LEFT JOIN {person} owner ON owner.id = to_owner
LEFT JOIN {source} source ON source.id = to_source
{ordering}"""
NEWEST = f"""{{progressupdate}} WHERE milestone_id = milestone.id AND reported_on <= (SELECT day FROM asked)
  AND {COUNTS} ORDER BY reported_on DESC, id DESC LIMIT 1)"""  # noqa: S608 (our own words)
# Where a database can be told so, it looks up each report by the index; else it might come to read all of them.
LATEST = {
    "postgresql": f"LATERAL (SELECT * FROM {NEWEST} latest ON true",  # noqa: S608 (our models' names)
    "sqlite": f"{{progressupdate}} latest ON latest.id = (SELECT id FROM {NEWEST}",  # noqa: S608 (the same)
}
OWN_COLUMNS = set(COLUMNS[0][2])
FIRST_STEP = {"milestone", "roadmap", "initiative", "latest", "baseline"}
PAIRS = [(alias, column) for alias, _model, columns in COLUMNS for column in columns]
STATEMENT = SELECT.format(
    own_columns=", ".join(f"{alias}.{column} AS {alias}_{column}" for alias, column in PAIRS if alias in FIRST_STEP),
    columns=", ".join(
        f"page.{alias}_{column}" if alias in FIRST_STEP else f"{alias}.{column}" for alias, column in PAIRS
    ),
    chosen="{chosen}",
    ordering="{ordering}",
    latest="{latest}",
    **TABLES,
)
AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
MILESTONES = TABLES["milestone"]
# All that ``MilestoneFacts`` hold, in its order; the share of deliverables that is done is worked out between the two.
KNOWN = attrgetter(
    *("milestone_id", "milestone_weight", "milestone_planned_start_on", "milestone_due_on"),
    *("baseline_planned_start_on", "baseline_due_on", "milestone_completed_on", "milestone_cancelled_on"),
    *("milestone_verified_on", "latest_percent_complete", "latest_reported_on", "latest_confidence"),
    "latest_forecast_on",
)
KNOWN_TOO = attrgetter("milestone_entered_on", "milestone_verify_by")


class MeasuredRow(NamedTuple):
    """One milestone's columns, its figures, and the day that these are of."""

    row: Any
    figures: MilestoneFigures
    as_of: date


def measured_rows(days: Sequence[tuple[int, date]]) -> list[MeasuredRow]:
    """The milestones of these ids in this order, each as of the day beside its id; one query for each distinct day."""
    groups: dict[date, list[int]] = defaultdict(list)
    for pk, day in days:
        groups[day].append(pk)
    found = {row.milestone_id: _measured(row, day) for day, ids in groups.items() for row in _rows(ids, day)}
    return [found[pk] for pk, _day in days if pk in found]


def measured_window(
    *, ordering: Sequence[str], beyond: Sequence[Any] | None, most: int, day: date
) -> list[MeasuredRow]:
    """The first milestones of all in the ordering (columns that are never null, ended by ``id``; ``-`` before one turns
    it round), up to ``most`` as of the day; those after the position ``beyond``, a value for each column. One query."""
    columns = [name.removeprefix("-") for name in ordering]
    if not set(columns) <= OWN_COLUMNS:
        raise ValueError(f"Milestones aren't ordered by {ordering}.")
    falls = [name.startswith("-") for name in ordering]
    chosen = f"(SELECT * FROM {MILESTONES}"  # noqa: S608 (our models' names)
    parameters: list[Any] = []
    if beyond is not None:  # beyond in the first column, or equal there and beyond in the next
        ways = []
        for place, (column, falling) in enumerate(zip(columns, falls, strict=True)):
            equal = [f"{one} = %s" for one in columns[:place]]
            ways.append(" AND ".join([*equal, f"{column} {'<' if falling else '>'} %s"]))
            parameters += beyond[: place + 1]
        chosen += f" WHERE ({') OR ('.join(ways)})"
    chosen += f" ORDER BY {_in_order(columns, falls, '')} LIMIT {int(most)})"
    found = _statement(chosen, f"ORDER BY {_in_order(columns, falls, 'milestone_')}").rows(day, *parameters)
    return [_measured(row, day) for row in map(MilestoneRow._make, found)]


def _in_order(columns: Sequence[str], falls: Sequence[bool], prefix: str) -> str:
    return ", ".join(
        f"{prefix}{name}{' DESC' if falling else ''}" for name, falling in zip(columns, falls, strict=True)
    )


def _rows(ids: list[int], day: date) -> Iterable[Any]:
    vendor = connection.vendor
    chosen = f"(SELECT * FROM {MILESTONES} WHERE id {AMONG[vendor]})"  # noqa: S608 (our models' names)
    among = ids if vendor == "postgresql" else json.dumps(ids)
    return map(MilestoneRow._make, _statement(chosen, "").rows(day, among))


@lru_cache(maxsize=256)
def _statement(chosen: str, ordering: str) -> Prepared:
    fields: list[Any] = [model._meta.get_field(column) for _alias, model, columns in COLUMNS for column in columns]
    fields += [Deliverable._meta.get_field("weight")] * 2
    latest = LATEST[connection.vendor].format(**TABLES)
    return Prepared(STATEMENT.format(chosen=chosen, ordering=ordering, latest=latest), fields)


def _measured(row: Any, day: date) -> MeasuredRow:
    delivered = share_percent(done=row.items_done or ZERO, total=row.items_weight) if row.items_weight else None
    facts = MilestoneFacts._make((*KNOWN(row), delivered, *KNOWN_TOO(row)))
    return MeasuredRow(row, measure_milestone(facts, today=day), day)
