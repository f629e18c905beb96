"""One text with characters that can't be seen, by each way in; then everything that is handed out can still be read."""

import csv
import io
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook  # type: ignore[import-untyped]

from roadmap.calendars.due_dates import calendar_file, milestone_day
from roadmap.calendars.edits import edits_behind
from roadmap.models import Milestone, Organisation, Person
from roadmap.tables import XLSX_TYPE, defused
from roadmap.texts import clean_text
from tests import factories as make
from tests.api.conftest import caller_for

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

STRANGE = "a\u000bb\u0001\u001b\ufffe\u202ec"
SEEN = "a\nbc"


@pytest.fixture
def office() -> Person:
    return make.make_office_person(language="en")


@pytest.fixture
def browser(office: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(office)
    return client


@pytest.fixture
def old(office: Person) -> Milestone:
    """A milestone and a report as they were stored before texts were cleaned."""
    milestone = make.make_milestone(due_on=date(2026, 12, 31), organisation=make.make_organisation(), owner=office)
    make.make_update(milestone, 40, date(2026, 10, 1), reported_by=office)
    strange = STRANGE
    with connection.cursor() as cursor:
        cursor.execute("UPDATE roadmap_milestone SET title_zh = %s, title_en = %s", [strange, strange])
        cursor.execute("UPDATE roadmap_progressupdate SET narrative_zh = %s, narrative_en = %s", [strange, strange])
        cursor.execute("UPDATE roadmap_organisation SET name_zh = %s, name_en = %s", [strange, strange])
    assert Milestone.objects.get().title_en == STRANGE
    return milestone


FILES = [
    "/admin/roadmap/milestone/export_all_xlsx",
    "/admin/roadmap/milestone/export_all_csv",
    "/api/v1/milestones/ xlsx",
    "/api/v1/milestones/ csv",
    "/api/v1/milestones/",
    "/api/v1/progress-updates/ xlsx",
    "/api/v1/progress-updates/",
    "/timeline.svg",
    "/timeline.png",
    "/timeline.pdf",
]


@pytest.mark.parametrize("address", [FILES[0], *(pytest.param(one, marks=pytest.mark.everything) for one in FILES[1:])])
def test_old_texts_break_no_file(address: str, old: Milestone, browser: Client) -> None:
    path, _gap, kind = address.partition(" ")
    wanted = {"xlsx": XLSX_TYPE, "csv": "text/csv", "": "*/*"}[kind]
    answer = browser.get(path, follow=True, headers={"Accept": wanted})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers["Content-Type"]
    if "spreadsheetml" in kind:
        cells = {cell for row in load_workbook(io.BytesIO(content)).active.values for cell in row}
        assert SEEN in cells
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                ElementTree.fromstring(parts.read(name))  # noqa: S314  # of ours
    elif "csv" in kind:
        assert SEEN in {cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row}
    elif "svg" in kind:
        ElementTree.fromstring(content)  # noqa: S314  # of ours


def test_old_texts_break_no_calendar_and_no_cell(old: Milestone) -> None:
    milestone = Milestone.objects.get()
    edits = edits_behind([milestone], [])
    day = milestone_day(milestone, edits=edits, is_provisional=lambda _day: False)
    event: Any = icalendar.Calendar.from_ical(calendar_file([day], name="x")).walk("VEVENT")[0]
    assert clean_text(str(event["SUMMARY"])) == str(event["SUMMARY"])
    assert defused(f"={STRANGE}") == f"'={SEEN}"


def test_texts_are_cleaned_by_whichever_way_they_come_in(office: Person, browser: Client) -> None:
    api = caller_for(office)
    milestone = make.make_milestone()
    tag = api.get(f"milestones/{milestone.pk}/").headers["ETag"]
    sent = {"title_en": STRANGE, "tags": ["x\u0001y"], "description_en": STRANGE}
    answer = api.patch(f"milestones/{milestone.pk}/", sent, If_Match=tag).json()
    assert (answer["title_en"], answer["tags"], answer["description_en"]) == (SEEN, ["xy"], SEEN)
    answer = api.post(f"milestones/{milestone.pk}/progress-updates/", {"percent_complete": 5, "narrative_en": STRANGE})
    assert answer.json()["narrative_en"] == SEEN
    page = reverse("admin:roadmap_milestone_act", args=["cancel"])
    browser.post(f"{page}?ids={milestone.pk}", {"reason": STRANGE})
    assert milestone.history.latest().history_change_reason == SEEN
    unit = {"name_zh": STRANGE, "name_en": STRANGE, "code": "unit", "provenance": "entered"}
    browser.post(reverse("admin:roadmap_organisation_add"), unit)
    assert Organisation.objects.get(code="unit").name_en == SEEN


def test_a_name_of_nothing_that_can_be_seen_is_empty(browser: Client) -> None:
    unit = {"name_zh": "\u200b\u0001", "name_en": "x", "code": "unit", "provenance": "entered"}
    answer = browser.post(reverse("admin:roadmap_organisation_add"), unit)
    assert list(answer.context["adminform"].form.errors) == ["name_zh"]
