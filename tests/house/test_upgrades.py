"""Releases follow each other with people at work: until all processes are of the next one, those of the old one go on
working on its schema. So a migration expands; what nothing reads any more is taken away a release later.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser import PostgresqlAnalyser, analyse_sql_statements

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="several processes are updated in production"),
    pytest.mark.on_postgresql,
    pytest.mark.django_db(transaction=True),
]
FIRST = "0001_initial"
# Migrations that take away, and since which release nothing has read or written what they take
CONTRACTS: dict[str, str] = {}


def breaks(state: ProjectState, *operations: Operation) -> list[str]:
    """What an old release's code would stumble over, by the linter's names."""
    migration = migrations.Migration("next", "roadmap")
    migration.operations = list(operations)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state.clone(), editor, collect_sql=True)
    statements = [line for line in editor.collected_sql if not line.startswith("--")]
    errors, _ignored, _warnings = analyse_sql_statements(PostgresqlAnalyser, statements)
    return sorted(one.code for one in errors)


def later_migrations(loader: MigrationLoader) -> Iterator[tuple[str, ProjectState, migrations.Migration]]:
    """Those since the first release, each with the schema that it finds."""
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app == "roadmap" and name != FIRST:
            yield name, loader.project_state((app, name), at_end=False), migration


@pytest.fixture
def first() -> ProjectState:
    state: ProjectState = MigrationLoader(connection).project_state(("roadmap", FIRST))
    return state


def test_each_release_leaves_the_one_before_it_working() -> None:
    found = {name: breaks(state, *one.operations) for name, state, one in later_migrations(MigrationLoader(connection))}
    assert {name: codes for name, codes in found.items() if codes and name not in CONTRACTS} == {}
    assert set(CONTRACTS) <= {name for name, codes in found.items() if codes}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (migrations.AddField("milestone", "extra", models.CharField(max_length=9, default="")), ["NOT_NULL"]),
        (migrations.AlterField("milestone", "owner", models.IntegerField()), ["ALTER_COLUMN"]),
        (migrations.RemoveField("milestone", "weight"), ["DROP_COLUMN"]),
        (migrations.RenameField("milestone", "weight", "share"), ["RENAME_COLUMN"]),
        (migrations.RenameModel("Milestone", "Step"), ["RENAME_TABLE"]),
        (migrations.DeleteModel("Forecast"), ["DROP_TABLE"]),
    ],
)
def test_what_an_old_release_stumbles_over_is_found(first: ProjectState, operation: Operation, expected: list[str]):
    assert set(expected) <= set(breaks(first, operation))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("milestone", "extra", models.CharField(max_length=9, null=True)),
        migrations.AddField("milestone", "extra", models.CharField(max_length=9, default="", db_default="")),
        migrations.CreateModel("Extra", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("milestone", models.Index(fields=["weight"], name="extra")),
    ],
)
def test_what_expands_is_fine(first: ProjectState, operation: Operation) -> None:
    assert breaks(first, operation) == []
