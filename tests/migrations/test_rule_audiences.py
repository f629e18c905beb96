"""The migration that lets a rule tell several audiences: rules keep whom they told, and tell one again when undone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parent.parent.parent
BEFORE, AFTER = "0011_answers_from_links", "0012_reminder_rules_of_every_kind"
SCRIPT = f"""
import json
from datetime import UTC, datetime
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from roadmap.models import revision_triggers
from tests.migrations.steps import SingleSteps

revision_triggers.remove("default")  # as the command does before it migrates

def at(name):
    executor = MigrationExecutor(connection)
    executor.loader = SingleSteps(connection)
    return executor.migrate([("roadmap", name)]).apps

apps = at("{BEFORE}")
MODELS = ("ReminderRule", "HistoricalReminderRule")
Rule, Past = (apps.get_model("roadmap", name) for name in MODELS)
Roadmap = apps.get_model("roadmap", "Roadmap")
roadmap = Roadmap.objects.create(code="r", title_zh="路线图", title_en="Roadmap", starts_on="2026-01-01")
for audience in ("owner", "lead", "office"):
    given = dict(roadmap=roadmap, code=audience, name_zh="规则", name_en="Rule", audience=audience)
    given["overdue_every_days"] = 5
    rule = Rule.objects.create(**given)
    Past.objects.create(**given, id=rule.pk, history_type="+", history_date=datetime(2026, 1, 1, tzinfo=UTC))

def told(apps, *fields):
    return [list(apps.get_model("roadmap", model).objects.order_by("id").values_list("code", *fields))
            for model in MODELS]

apps = at("{AFTER}")
several = told(apps, "audiences", "repeat_every_days", "kind")
Rule = apps.get_model("roadmap", "ReminderRule")
Rule.objects.filter(code="owner").update(audiences=["watchers"])
Rule.objects.filter(code="lead").update(audiences=["watchers", "lead", "office"])
one = told(at("{BEFORE}"), "audience", "overdue_every_days")
again = told(at("{AFTER}"), "audiences", "repeat_every_days", "kind")
print(json.dumps([several, one, again]))
"""


def test_rules_and_their_history_keep_whom_they_told(process_environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "--no-imports", "-c", SCRIPT]
    done = subprocess.run(command, env=process_environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    several, one, again = json.loads(done.stdout.splitlines()[-1])
    rules = [[audience, [audience], 5, "due"] for audience in ("owner", "lead", "office")]
    assert several == [rules, rules]
    # what no single audience can say becomes the owner; of several, the first that can
    assert one == [
        [["owner", "owner", 5], ["lead", "lead", 5], ["office", "office", 5]],
        [["owner", "owner", 5], ["lead", "lead", 5], ["office", "office", 5]],
    ]
    assert again == [rules, rules]
