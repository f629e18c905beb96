"""Lists as CSV and XLSX files: for spreadsheets, which must not run what people wrote."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from roadmap.api.serializers.milestones import MilestoneEntry
from roadmap.api.tables import table_of
from roadmap.tables import XLSX_TYPE as SPREADSHEET
from tests import factories as make
from tests.api.test_reading import make_indicator, make_observation

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://x")'


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def test_list_comes_as_csv_with_a_column_for_each_value(stranger, milestone):
    make.make_update(milestone, 40, date(2026, 6, 1))
    answer = stranger.get("milestones/", Accept="text/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="milestones.csv"'
    (row,) = rows_of(answer)
    shown = (
        "code",
        "phase.code",
        "organisation.code",
        "progress.earned_percent",
        "workstream.code",
        "progress.is_late",
    )
    assert [row[name] for name in shown] == ["m-1", "basic", "gacc", "40", "", "false"]
    assert row["title_zh"] == "里程碑"


def test_list_comes_as_xlsx(stranger, milestone):
    answer = stranger.get("milestones/", Accept=SPREADSHEET)
    assert answer.headers["Content-Type"] == SPREADSHEET
    header, row = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert (found["code"], found["weight"], found["title_zh"]) == ("m-1", 1, "里程碑")


@pytest.mark.parametrize("text", [EVIL, "+1", "-1", "@x", "\t=1", "\r=1"])
def test_formulas_are_defused(stranger, milestone, text):
    type(milestone).objects.update(description_en=text)
    (row,) = rows_of(stranger.get("milestones/", Accept="text/csv"))
    assert row["description_en"] == f"'{text.strip()}"
    sheet = load_workbook(BytesIO(stranger.get("milestones/", Accept=SPREADSHEET).content)).active
    assert "f" not in {cell.data_type for line in sheet.iter_rows() for cell in line}


def test_pages_are_linked(stranger, milestone):
    make.make_milestone(milestone.initiative, milestone.phase)
    answer = stranger.get("milestones/?page_size=1", Accept="text/csv")
    address = answer.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    rest = stranger.get(address.removeprefix("http://testserver"), Accept="text/csv")
    assert [row["code"] for row in rows_of(answer)] == ["m-1"]
    assert (len(rows_of(rest)), "Link" in rest.headers) == (1, False)


@pytest.mark.parametrize(
    "path", ["phases/", "organisations/", "progress-updates/", "indicators/", "observations/", "initiatives/"]
)
def test_every_list_is_a_table_too(stranger, milestone, path):
    assert stranger.get(path, Accept="text/csv").status_code == 200


def test_tables_are_lists_only_and_errors_are_problems(stranger, milestone):
    assert stranger.get(f"milestones/{milestone.pk}/", Accept="text/csv").status_code == 406
    refused = stranger.get("milestones/?nothing=1", Accept="text/csv")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")


def test_json_stays_what_a_browser_or_a_script_gets(stranger, milestone):
    for accept in ("*/*", "application/json", "text/html,application/json;q=0.9,*/*;q=0.8"):
        assert stranger.get("milestones/", Accept=accept).headers["Content-Type"] == "application/json"


def test_xlsx_holds_days_numbers_and_truth_below_a_head_that_stays(stranger, milestone):
    make_observation(make_indicator(milestone.phase.roadmap), value=Decimal("31000.5"))
    type(milestone).objects.update(due_on=date(2026, 12, 31), description_en="2026-12-31")
    book = load_workbook(BytesIO(stranger.get("milestones/", Accept=SPREADSHEET).content))
    sheet = book.active
    header, row = sheet.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert (found["due_on"].date(), found["progress.is_late"], found["weight"]) == (date(2026, 12, 31), False, 1)
    assert (found["description_en"], found["updated_at"].isoformat()) == ("2026-12-31", "2026-11-23T12:00:00")
    assert (sheet.title, sheet.freeze_panes) == ("Milestones", "A2")
    assert sheet.auto_filter.ref == f"A1:{get_column_letter(len(header))}2"
    widths = {name: sheet.column_dimensions[get_column_letter(place + 1)].width for place, name in enumerate(header)}
    assert (widths["id"], widths["progress.verified_percent"]) == (8, len("progress.verified_percent") + 3)
    values = load_workbook(BytesIO(stranger.get("observations/", Accept=SPREADSHEET).content)).active
    head, first = values.iter_rows(values_only=True)
    assert dict(zip(head, first, strict=True))["value"] == 31000.5


@pytest.mark.parametrize("path", ["milestones/", "phases/", "organisations/", "observations/", "progress-updates/"])
def test_empty_list_has_its_head(stranger, milestone, path):
    nothing = f"{path}?page_size=5&" + ("code=none" if path in {"milestones/", "phases/", "organisations/"} else "")
    empty = stranger.get(nothing, Accept="text/csv").content.decode("utf-8-sig").splitlines()
    assert len(empty) == 1
    assert empty[0].startswith("id,")
    sheet = load_workbook(BytesIO(stranger.get(nothing, Accept=SPREADSHEET).content)).active
    assert ",".join(cell.value for cell in next(sheet.iter_rows())) == empty[0]


def test_head_is_the_same_for_few_and_many_and_what_was_asked_for(stranger, milestone):
    def head(query):
        return stranger.get(f"milestones/?{query}", Accept="text/csv").content.decode("utf-8-sig").splitlines()[0]

    assert head("") == head("code=none")
    assert head("fields=code,phase,due_on") == "code,phase.id,phase.code,phase.title_zh,phase.title_en,due_on"


def test_objects_that_some_rows_lack_leave_no_column_of_their_own():
    table = table_of({"results": [{"a": None, "b": [1]}, {"a": {"c": 1}, "b": []}]}, name="x")
    assert (table.head, table.rows) == (["b", "a.c"], [["[1]", None], ["[]", 1]])
    assert "progress.reason.text" in table_of({"results": []}, name="x", shape=MilestoneEntry).head
