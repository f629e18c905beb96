"""The triggers that keep ``revision``: whatever writes, through whichever door, can't forget them.

PostgreSQL: they are deferred, so that the counter's row is locked from the moment of the commit on and no act waits for
another's. They are made anew after each migration, from the models as they then are; SQLite loses a table's triggers
whenever a migration rebuilds the table.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models import Model

from roadmap.models.kept import BLOCK, FRAME

FED = (
    *("Roadmap", "Phase", "Pillar", "Workstream", "Initiative", "Organisation", "Source", "Milestone", "Deliverable"),
    *("Dependency", "Baseline", "Evidence", "Indicator", "Observation", "ExternalReference", "ProgressUpdate"),
    "Comment",
)
# What pages show besides: a reader's watch stands on the page of the milestone
COUNTED = (*FED, "BaselineEntry", "Person", "WorkdayOverride", "PublishedYear", "Watch", "SavedView")
# Written by the machinery or at each login; nothing that the API shows.
SILENT = {"Milestone": {"remind_at"}, "Person": {"last_login", "password"}}
# What sums over milestones are made of: their own rows, by the column with the milestone's id, and what all hang on.
SUMMED = {"Milestone": "id", "Deliverable": "milestone_id", "ProgressUpdate": "milestone_id"}
FRAMING = {"Initiative", "Baseline", "BaselineEntry"}
PREFIX = "roadmap_revision_"
FUNCTION = """
CREATE OR REPLACE FUNCTION roadmap_next_revision() RETURNS bigint LANGUAGE plpgsql AS $body$
DECLARE
  known text := current_setting('roadmap.revision', true);
  at_commit text := statement_timestamp()::text;
  found bigint;
BEGIN
  IF known LIKE at_commit || ' %' THEN  -- all rows of a transaction share one revision
    RETURN split_part(known, at_commit || ' ', 2)::bigint;
  END IF;
  INSERT INTO roadmap_revision AS counter (id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = counter.number + 1 RETURNING number INTO found;
  PERFORM set_config('roadmap.revision', at_commit || ' ' || found, true);
  RETURN found;
END $body$;
CREATE OR REPLACE FUNCTION roadmap_count_revision() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  latest bigint := roadmap_next_revision();
  touched bigint;
BEGIN
  IF TG_NARGS > 0 THEN
    FOR touched IN SELECT DISTINCT coalesce((changed ->> TG_ARGV[0])::bigint / BLOCK, FRAME)
        FROM unnest(ARRAY[to_jsonb(OLD), to_jsonb(NEW)]) AS changed WHERE changed IS NOT NULL LOOP
      INSERT INTO roadmap_revisedblock AS known (id, revision) VALUES (touched, latest)
        ON CONFLICT (id) DO UPDATE SET revision = excluded.revision WHERE known.revision < excluded.revision;
    END LOOP;
  END IF;
  RETURN NULL;
END $body$;
CREATE OR REPLACE FUNCTION roadmap_feed_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO roadmap_change (revision, kind, object_id, record_id)
    VALUES (roadmap_next_revision(), TG_ARGV[0], NEW.id, NEW.history_id);
  RETURN NULL;
END $body$
""".replace("BLOCK", str(BLOCK)).replace("FRAME", str(FRAME))
SQLITE_COUNT = (
    "INSERT INTO roadmap_revision (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET number = number + 1"
)
SQLITE_TOUCH = (
    "; INSERT INTO roadmap_revisedblock (id, revision) SELECT {touched}, number FROM roadmap_revision WHERE true"
    " ON CONFLICT (id) DO UPDATE SET revision = excluded.revision"
)


def install(using: str, models: Any) -> None:
    """Make the triggers that are missing, and take away those of models as they were; ``models`` knows those that are.

    Of a database from before there were revisions, and of models from before or after others, only what is there.
    """
    connection = connections[using]
    wanted = {_named(statement): statement for statement in _statements(connection.vendor, models)}
    with connection.cursor() as cursor:
        present = _present(cursor, connection.vendor)
        if wanted.keys() == present.keys():
            return
        for name in present.keys() - wanted.keys():
            _drop(cursor, connection.vendor, name, present[name])
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name in wanted.keys() - present.keys():
            cursor.execute(wanted[name].replace("{name}", name))


def remove(using: str) -> None:
    """Take all of them away, so that migrations are free to move tables about."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in _present(cursor, connection.vendor).items():
            _drop(cursor, connection.vendor, name, table)


def _statements(vendor: str, models: Any) -> Iterator[str]:
    known: dict[str, type[Model]] = {model.__name__: model for model in models.all_models["roadmap"].values()}
    if "Change" not in known or "RevisedBlock" not in known:
        return
    write = _postgresql if vendor == "postgresql" else _sqlite
    for name in COUNTED:
        if name in known:
            silent = SILENT.get(name, set())
            columns = [str(field.column) for field in known[name]._meta.concrete_fields if field.name not in silent]
            yield from write(known[name]._meta.db_table, columns, SUMMED.get(name, "frame" if name in FRAMING else ""))
    for name in FED:
        if f"Historical{name}" in known:
            yield _feeding(vendor, known[f"Historical{name}"]._meta.db_table, name.lower())


def _postgresql(table: str, columns: list[str], touching: str) -> Iterator[str]:
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    argument = f"'{touching}'" if touching else ""
    for event, condition in (("INSERT OR DELETE", "true"), ("UPDATE", changed)):
        yield (
            f"CREATE CONSTRAINT TRIGGER {{name}} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION roadmap_count_revision({argument})"
        )


def _sqlite(table: str, columns: list[str], touching: str) -> Iterator[str]:
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    for event, condition, rows in (
        ("INSERT", "true", ["NEW"]),
        ("DELETE", "true", ["OLD"]),
        ("UPDATE", changed, ["OLD", "NEW"]),
    ):
        blocks = [f"{row}.{touching} / {BLOCK}" for row in rows] if touching in columns else [str(FRAME)]
        touch = "".join(SQLITE_TOUCH.format(touched=block) for block in blocks) if touching else ""
        yield f"CREATE TRIGGER {{name}} AFTER {event} ON {table} WHEN {condition} BEGIN {SQLITE_COUNT}{touch}; END"


def _feeding(vendor: str, table: str, kind: str) -> str:
    if vendor == "postgresql":
        return (
            f"CREATE CONSTRAINT TRIGGER {{name}} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION roadmap_feed_change('{kind}')"
        )
    return (
        f"CREATE TRIGGER {{name}} AFTER INSERT ON {table} BEGIN {SQLITE_COUNT};"  # noqa: S608 (our models' names)
        " INSERT INTO roadmap_change (revision, kind, object_id, record_id)"
        f" SELECT number, '{kind}', NEW.id, NEW.history_id FROM roadmap_revision; END"
    )


def _named(statement: str) -> str:
    """A name that tells the trigger's text, so that a changed one is known to be another."""
    return PREFIX + hashlib.sha256((statement + FUNCTION).encode()).hexdigest()[:16]


def _present(cursor: Any, vendor: str) -> dict[str, str]:
    """The names of the triggers that are there, each with its table."""
    if vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND starts_with(tgname, %s)"
            " AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)",
            [PREFIX],
        )
    else:
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s",
            [len(PREFIX), PREFIX],
        )
    return dict(cursor.fetchall())


def _drop(cursor: Any, vendor: str, name: str, table: str) -> None:
    cursor.execute(f"DROP TRIGGER {name} ON {table}" if vendor == "postgresql" else f"DROP TRIGGER {name}")
