"""The plan as it was known at a past instant, for whatever is asked of the database meanwhile.

Within ``plan_known_at`` each table of the plan is hidden behind a temporary one of the same name, filled from the
history: every page, roll-up and filter then reads the rows of then, and none needs to know of it. Milestones of then
beside those of now are in ``known``; rows of then without hiding anything in ``replay``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import OuterRef, Subquery

from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Dependency,
    Evidence,
    Indicator,
    Initiative,
    Milestone,
    Observation,
    Organisation,
    Phase,
    Pillar,
    ProgressUpdate,
    Workstream,
)
from roadmap.models.history import tracked_columns
from roadmap.progress.replay import records_at

# The plan and what was told of it. Roadmaps, people and sources are named as they are now.
MODELS: tuple[type[models.Model], ...] = (
    Organisation,
    Phase,
    Pillar,
    Workstream,
    Initiative,
    Indicator,
    Observation,
    Milestone,
    Deliverable,
    Dependency,
    ProgressUpdate,
    Evidence,
    Baseline,
    BaselineEntry,
)


@contextmanager
def plan_known_at(instant: datetime) -> Iterator[None]:
    """Within it the tables of the plan hold what was known at ``instant``; nothing written within it is kept.

    Two statements a table. It is a transaction that is rolled back, so that the tables of then end with it whatever
    happens, and no sums of then are kept as those of now.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in MODELS:
                _hide(cursor, model, instant)
        yield
        transaction.set_rollback(True)


def _hide(cursor: Any, model: type[models.Model], instant: datetime) -> None:
    """Put a temporary table with the rows of then before the model's own; what no history tells of is as it is now."""
    quoted = connection.ops.quote_name
    known = tracked_columns(model)
    untold = [field.attname for field in model._meta.concrete_fields if field.attname not in known]
    own = model._default_manager.filter(pk=OuterRef("id")).order_by()
    rows = records_at(model, instant).annotate(**{f"own_{name}": Subquery(own.values(name)[:1]) for name in untold})
    statement, parameters = rows.values(*known, *(f"own_{name}" for name in untold)).query.sql_with_params()
    columns = ", ".join([*map(quoted, known), *(f"{quoted(f'own_{name}')} AS {quoted(name)}" for name in untold)])
    table = quoted(model._meta.db_table)
    made = f"CREATE TEMPORARY TABLE {table} AS SELECT {columns} FROM ({statement}) AS then_known"  # noqa: S608 (our names)
    cursor.execute(made, parameters)
    for column in {"id", "milestone_id"}.intersection([*known, *untold]):
        name = quoted(f"then_{model._meta.db_table}_{column}")
        cursor.execute(f"CREATE INDEX {name} ON {table} ({quoted(column)})")
