"""Tables as files are sent while they are made: the first rows at once, and never all of them in memory."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from roadmap import tables
from roadmap.admin import export
from roadmap.tables import Table, csv_pieces, xlsx_pieces
from tests.web.rows import Frame, fill, make_frame

pytestmark = pytest.mark.django_db
FEW, MANY = 6, 18
DAY, NOON = datetime(2026, 12, 31), datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001 (sheets know no zones)


@pytest.fixture
def frame() -> Frame:
    return make_frame()


@pytest.mark.parametrize("number", [FEW, MANY])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_first_rows_of_a_list_come_before_the_others_are_fetched(
    kind: str, number: int, frame: Frame, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(frame, number)
    monkeypatch.setattr(export, "FIRST_ROWS", 2)
    monkeypatch.setattr(export, "ROWS_TOGETHER", 2)
    monkeypatch.setattr(tables, "PIECE_ROWS", 2)
    monkeypatch.setattr(tables, "ROWS_THAT_SET_WIDTHS", 1)
    answer: Any = browser.get(reverse(f"admin:roadmap_milestone_export_all_{kind}"))
    pieces = iter(answer.streaming_content)
    with CaptureQueriesContext(connection) as first:
        assert next(pieces)
    with CaptureQueriesContext(connection) as others:
        assert len(list(pieces)) >= number // 2
    assert (len(first), len(others)) == (4, 4 * (number // 2 - 1))


@pytest.mark.parametrize("number", [FEW, MANY])
def test_file_costs_a_fixed_number_of_queries_for_some_hundred_rows(number: int, frame: Frame, browser: Client) -> None:
    fill(frame, number)
    answer: Any = browser.get(reverse("admin:roadmap_milestone_export_all_csv"))
    with CaptureQueriesContext(connection) as asked:
        content = answer.getvalue()
    assert (content.count(b"\r\n"), len(asked)) == (number + 1, 4)


def test_sheet_holds_days_instants_numbers_and_texts_as_such() -> None:
    def rows() -> Iterator[list[Any]]:
        yield [date(2026, 12, 31), NOON, 1.5, True, None, "=1+1", "<b> & \r\n", "里程碑"]
        yield [date(1, 1, 1), None, 7, False, "", "-", "x" * 40_000, "_x0041_"]

    heads = ["day", "instant", "number", "truth", "nothing", "formula", "text", "heading"]
    sheet: Any = load_workbook(BytesIO(b"".join(xlsx_pieces(Table("T", heads, rows(), number=2))))).active
    head, first, second = sheet.iter_rows(values_only=True)
    assert list(head) == heads
    assert first == (
        DAY,
        NOON,
        1.5,
        True,
        None,
        "'=1+1",
        "<b> & \n",
        "里程碑",
    )
    assert second[:6] == ("0001-01-01", None, 7, False, "", "'-")
    assert (len(second[6]), second[7]) == (tables.MOST_CHARACTERS, "_x0041_")
    assert (sheet.dimensions, sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:H3", "A1:H3", "A2")
    assert (sheet["A2"].is_date, sheet["A2"].number_format, sheet["B2"].is_date) == (True, "yyyy-mm-dd", True)


def test_empty_table_is_a_file_too() -> None:
    sheet: Any = load_workbook(BytesIO(b"".join(xlsx_pieces(Table("", ["a"], []))))).active
    assert list(sheet.iter_rows(values_only=True)) == [("a",)]
    assert b"".join(csv_pieces(Table("", ["a"], []))) == "\ufeffa\r\n".encode()
