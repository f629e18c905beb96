"""``manage.py import_table``: shows, applies, and says where a file is wrong."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap.models import Milestone
from tests.exchange.sheets.plan import REASON, csv_file, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(*arguments: str) -> str:
    told = StringIO()
    call_command("import_table", *arguments, stdout=told)
    return told.getvalue()


def test_dry_run_shows_and_the_run_applies(tmp_path: Path) -> None:
    one = make_plan(title_en="Gates")
    file = tmp_path / "plan.csv"
    file.write_bytes(csv_file(["ID", "weight", "health"], [one.pk, 2, ""]))
    changed = "row 2: Gates\n  weight: 1 → 2\n"
    counted = "To change: 1 · to add: 0 · unchanged: 0\nColumns that change nothing: health\n"
    shown = f"{changed}  no reminders from then on\n{counted}Nothing was written.\n"
    assert run(str(file), "--dry-run") == shown
    assert float(Milestone.objects.get().weight) == 1
    assert run(str(file), "--reason", REASON) == changed + counted
    assert float(Milestone.objects.get().weight) == 2


def test_bad_file_changes_nothing_and_says_where(tmp_path: Path) -> None:
    one = make_plan()
    file = tmp_path / "plan.csv"
    file.write_bytes(csv_file(["ID", "weight"], [one.pk, "much"]))
    with pytest.raises(CommandError) as refused:
        run(str(file), "--reason", REASON)
    assert str(refused.value) == "row 2, column B (weight): Write a number, as 1250.5.\nNothing was taken in."
