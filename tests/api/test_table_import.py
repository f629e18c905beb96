"""Tables brought in by programs: multipart, with a dry run; the same rules as at the page."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from roadmap.editing.tokens import make_token
from roadmap.models import Milestone, Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role
from tests import factories as make
from tests.api.conftest import NOW
from tests.exchange.sheets.plan import REASON, make_plan, xlsx

pytestmark = pytest.mark.django_db


def send(person: Person, content: bytes, **fields: str) -> Any:
    _token, text = make_token(person, by=SYSTEM, now=NOW, name="tables")
    file = SimpleUploadedFile("plan.xlsx", content)
    headers = {"Authorization": f"Bearer {text}", "Accept-Language": "en"}
    return Client().post("/api/v1/milestones/import/", {"file": file, **fields}, headers=headers)


def test_dry_run_tells_what_would_change_and_the_same_in_earnest_does_it_once() -> None:
    office, one = make.make_office_person(), make_plan(title_en="Gates")
    content = xlsx(["id", "version", "weight", "status"], [one.pk, 1, 2, "planned"])
    row = {
        "row": 2,
        "id": one.pk,
        "title": "Gates",
        "is_new": False,
        "changes": [{"name": "weight", "label": "weight", "before": "1", "after": "2"}],
    }
    counts = {"changed": 1, "added": 0, "unchanged": 0, "outdated": 0, "ignored": [], "left_out": []}
    foretold = [{**row, "effects": ["no reminders from then on"]}]
    assert send(office, content, dry_run="true").json() == {"dry_run": True, **counts, "rows": foretold}
    assert float(Milestone.objects.get().weight) == 1
    assert send(office, content, reason=REASON).json() == {"dry_run": False, **counts, "rows": [{**row, "effects": []}]}
    assert float(Milestone.objects.get().weight) == 2
    assert send(office, content, reason=REASON).json()["unchanged"] == 1


def test_faults_are_told_by_sheet_row_and_column() -> None:
    one = make_plan()
    answer = send(make.make_office_person(), xlsx(["id", "due_on"], [one.pk, "soon"]), reason=REASON)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "#/file",
            "detail": "sheet “Milestones”, row 2, column B (due_on): Write a day as 2026-06-30.",
            "code": "invalid",
        }
    ]


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER])
def test_who_edits_nothing_is_told_so_whatever_is_sent(role: Role) -> None:
    person = make.make_person(role=role, organisation=make.make_organisation())
    assert send(person, b"").status_code == 403
