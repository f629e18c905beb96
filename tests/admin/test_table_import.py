"""Tables brought into the administration: uploaded, looked at, applied; for those who may write there."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from roadmap.models import Milestone, Person, TableUpload
from roadmap.vocabulary import Role
from tests import factories as make
from tests.exchange.sheets.plan import REASON, make_plan, xlsx

pytestmark = pytest.mark.django_db
PAGE = "/admin/roadmap/milestone/import/"


def sent(content: bytes, name: str = "plan.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_file_is_looked_at_and_then_applied_without_being_sent_again(
    browser: Client, filled: Callable[[Any], dict[str, str]]
) -> None:
    one = make_plan(title_en="Gates")
    content = xlsx(["ID", "version", "due date", "health"], [one.pk, 1, "2026-12-12", "On track"])
    shown = browser.post(PAGE, {"upload": sent(content), "_preview": ""})
    text = shown.content.decode()
    for words in (
        "due date: 30 November 2026 → 12 December 2026",
        "To change: 1 · to add: 0 · unchanged: 0",
        "Columns that change nothing: health",
        "not a working day",
    ):
        assert words in text
    one.refresh_from_db()
    assert (str(one.due_on), TableUpload.objects.count()) == ("2026-11-30", 1)
    fields = filled(shown)
    refused = browser.post(PAGE, {**fields, "_apply": ""})
    assert "Give the reason" in refused.content.decode()
    done = browser.post(PAGE, {**filled(refused), "reason": REASON, "_apply": ""}, follow=True)
    assert "1 entry was changed." in done.content.decode()
    one.refresh_from_db()
    assert (str(one.due_on), TableUpload.objects.count()) == ("2026-12-12", 0)
    assert one.history.first().history_change_reason == REASON


def test_what_changed_since_the_look_is_shown_again_and_not_written(
    browser: Client, filled: Callable[[Any], dict[str, str]]
) -> None:
    one = make_plan()
    shown = browser.post(PAGE, {"upload": sent(xlsx(["ID", "weight"], [one.pk, 5])), "_preview": ""})
    Milestone.objects.update(weight=3, version=2)
    again = browser.post(PAGE, {**filled(shown), "reason": REASON, "_apply": ""})
    assert "By now the file would change something else" in again.content.decode()
    assert "weight: 3 → 5" in again.content.decode()
    assert float(Milestone.objects.get().weight) == 3


def test_faults_are_told_by_place_and_nothing_is_written(browser: Client) -> None:
    one, other = make_plan(), make_plan()
    content = xlsx(["ID", "due date"], [one.pk, "2026-12-12"], [other.pk, "soon"])
    text = browser.post(PAGE, {"upload": sent(content), "_preview": ""}).content.decode()
    assert "sheet “Milestones”, row 3, column B (due date): Write a day as 2026-06-30." in text
    assert "Nothing was taken in" in text


def test_page_and_template_are_for_those_who_may_write(
    enter: Callable[[Person], Client], lead: Person, browser: Client
) -> None:
    contributor = make.make_person(role=Role.CONTRIBUTOR, is_staff=True, organisation=make.make_organisation())
    pages = [reverse(f"admin:roadmap_milestone_{page}") for page in ("import", "template")]
    people = {"lead": lead, "contributor": contributor}
    found = {who: [enter(one).get(page).status_code for page in pages] for who, one in people.items()}
    assert found == {"lead": [200, 200], "contributor": [403, 403]}


def test_large_body_is_refused_before_it_is_read_of_those_who_may_not_write(enter: Callable[[Person], Client]) -> None:
    reader = make.make_person(role=Role.CONTRIBUTOR, is_staff=True)
    answer = enter(reader).post(PAGE, {"upload": sent(b"x" * 4_000_000), "_preview": ""})
    assert answer.status_code == 413


def test_file_beyond_the_limit_is_refused(browser: Client, settings: Any) -> None:
    settings.EVIDENCE_MAX_MEGABYTES = 1
    text = browser.post(PAGE, {"upload": sent(b"x" * 1_100_000), "_preview": ""}).content.decode()
    assert "Files may have up to 1 MB; this one is larger." in text


def test_filled_in_template_makes_a_milestone(browser: Client, filled: Callable[[Any], dict[str, str]]) -> None:
    known = make_plan()
    book = load_workbook(BytesIO(browser.get(reverse("admin:roadmap_milestone_template")).content))
    sheet = book["Milestones"]
    heads = [cell.value for cell in sheet[1]]
    offered = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    column = sheet.cell(1, heads.index("initiative") + 1).column_letter
    assert offered[f"{column}2:{column}501"] == f"'Lists'!${column}$1:${column}$1"
    assert "Needed." in sheet.cell(1, heads.index("due date") + 1).comment.text
    row = {
        "code": "from-template",
        "title (Chinese)": "新",
        "title (English)": "New",
        "initiative": known.initiative.title,
        "phase": known.phase.title,
        "planned start": "2026-01-05",
        "due date": "2026-12-15",
    }
    for head, value in row.items():
        sheet.cell(2, heads.index(head) + 1).value = value
    file = BytesIO()
    book.save(file)
    shown = browser.post(PAGE, {"upload": sent(file.getvalue()), "_preview": ""})
    assert "To change: 0 · to add: 1 · unchanged: 0" in shown.content.decode()
    browser.post(PAGE, {**filled(shown), "reason": REASON, "_apply": ""})
    assert str(Milestone.objects.get(code="from-template").due_on) == "2026-12-15"
