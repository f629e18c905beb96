"""Lists as CSV and XLSX files: for spreadsheets, which must not run what people wrote."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from roadmap.api.tables import SPREADSHEET, table_of
from tests import factories as make

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
    shown = ("code", "phase.code", "organisation.code", "progress.earned_percent", "workstream", "progress.is_late")
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
    assert row["description_en"] == f"'{text}"
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


def test_objects_that_some_rows_lack_leave_no_column_of_their_own():
    assert table_of({"results": [{"a": None, "b": [1]}, {"a": {"c": 1}, "b": []}]}) == [
        ["b", "a.c"],
        ["[1]", None],
        ["[]", 1],
    ]
    assert table_of({"results": []}) == []
