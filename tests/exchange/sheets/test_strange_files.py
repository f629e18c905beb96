"""Files as people's programs write them, and files that somebody made to do harm: a clear answer to each."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from roadmap.errors import BadTable
from roadmap.models import Milestone
from tests.exchange.sheets.plan import brought, csv_file, foretold, make_plan, saved, xlsx

pytestmark = pytest.mark.django_db

HEADS = ["ID", "due date"]


def due_after(content: bytes) -> date:
    brought(content)
    return Milestone.objects.get().due_on


def refused(content: bytes) -> list[str]:
    """What is said of the file, of which nothing is written; without the sheet's name, the same in all."""
    before = list(Milestone.objects.order_by("pk").values())
    with pytest.raises(BadTable) as told:
        brought(content)
    assert list(Milestone.objects.order_by("pk").values()) == before
    return [str(one).removeprefix("sheet “Milestones”, ") for one in told.value.faults]


def rewritten(content: bytes, part: str, change: Any) -> bytes:
    """The workbook with one part rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return file.getvalue()


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 12, 15),
        datetime(2026, 12, 15),  # noqa: DTZ001  # cells have no zone
        46371,
        "2026-12-15",
        "2026年12月15日",
        "2026 年 12 月 15 日",
        "２０２６年１２月１５日",
        "2026/12/15",
        "２０２６／１２／１５",
    ],
)
def test_day_is_read_however_it_is_written(cell: object) -> None:
    assert due_after(xlsx(HEADS, [make_plan().pk, cell])) == date(2026, 12, 15)


@pytest.mark.parametrize("cell", [date(2026, 12, 15), 46371 - 1462])
def test_day_of_a_workbook_that_counts_from_1904(cell: object) -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADS)
    book.active.append([make_plan().pk, cell])
    assert due_after(saved(book)) == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("soon", "Write a day as 2026-06-30."),
        ("12/15/2026", "Write a day as 2026-06-30."),
        (datetime(2026, 12, 15, 9, 30), "A day, without a time of day."),  # noqa: DTZ001
        (1.5, "Write a day as 2026-06-30."),
        (True, "Write a day as 2026-06-30."),
        ("", "This can't be empty."),
        (date(2120, 1, 1), "Give a day from 1950 to 2099."),
        (date(2025, 1, 1), "The due date lies before the planned start (2026-01-05)."),
    ],
)
def test_what_is_no_day_is_refused_at_its_place(cell: object, said: str) -> None:
    assert refused(xlsx(HEADS, [make_plan().pk, cell])) == [f"row 2, column B (due date): {said}"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_file_is_read_in_whatever_way_programs_write_chinese(encoding: str) -> None:
    one = make_plan()
    brought(csv_file(["ID", "标题（中文）"], [one.pk, "口岸通关"], encoding=encoding))
    one.refresh_from_db()
    assert one.title_zh == "口岸通关"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_text_file_is_read_with_other_delimiters(delimiter: str) -> None:
    one = make_plan()
    assert due_after(f"ID{delimiter}due date\n{one.pk}{delimiter}2026-12-15\n".encode()) == date(2026, 12, 15)


def test_full_width_digits_leading_zeros_and_line_breaks_are_kept_as_they_are_meant() -> None:
    one = make_plan()
    full_width = str(one.pk).translate({48 + n: 0xFF10 + n for n in range(10)})
    heads = ["ID", "code", "weight", "title (English)", "description (English)", "tags"]
    brought(xlsx(heads, [full_width, "007", "１，２５０．５", "０１", "a\nb", "港，关;x"]))
    one.refresh_from_db()
    assert (one.code, float(one.weight), one.title_en, one.description_en, one.tags) == (
        "007",
        1250.5,
        "０１",
        "a\nb",
        ["港", "关", "x"],
    )


def test_heads_may_stand_below_a_title_and_names_may_be_chinese_or_of_the_api() -> None:
    one = make_plan()
    brought(xlsx(["November plan"], [], ["due_on", "ＩＤ", " 权重 "], [date(2026, 12, 15), one.pk, 2]))
    one.refresh_from_db()
    assert (one.due_on, one.weight) == (date(2026, 12, 15), 2)


def test_column_that_stands_twice_is_refused() -> None:
    assert refused(xlsx(["ID", "due date", "到期日"], [make_plan().pk, "2026-12-15", "2026-12-16"])) == [
        "row 1, column C (到期日): This column stands there twice: “到期日”."
    ]


def test_same_entry_twice_is_refused() -> None:
    one = make_plan()
    said = refused(xlsx(["ID", "code", "weight"], [one.pk, one.code, 2], ["", one.code, 3]))
    assert said == ["row 3, column B (code): Row 2 is of the same entry."]


def test_merged_cells_are_refused_but_not_those_of_a_title() -> None:
    one = make_plan()
    book = Workbook()
    for row in (["Plan"], HEADS, [one.pk, "2026-12-15"], ["", ""]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    assert foretold(saved(book)).changed == 1
    book.active.merge_cells("B3:B4")
    assert [one.partition(", ")[2] for one in refused(saved(book))] == [
        "row 3, column B (due date): Cells are merged here; take them apart."
    ]


def test_hidden_sheets_are_not_read_and_said() -> None:
    one = make_plan()
    book = load_workbook(io.BytesIO(xlsx(HEADS, [one.pk, "2026-12-15"])))
    hidden = book.create_sheet("Secret", 0)
    hidden.append(["ID", "due date"])
    hidden.append([one.pk, "2026-12-31"])
    hidden.sheet_state = "hidden"
    book.active = 1
    found = foretold(saved(book))
    assert [change.after for row in found.rows for change in row.changes] == ["15 December 2026"]
    assert found.left_out == ["Secret"]


def test_formula_without_a_result_and_errors_never_empty_a_field() -> None:
    one, other = make_plan(description_en="kept"), make_plan(description_en="kept")
    book = Workbook()
    for row in (["ID", "description (English)"], [one.pk, "=1+1"], [other.pk, "#N/A"]):
        book.active.append(row)
    book.active["B3"].data_type = "e"
    said = "This cell has no value: its formula has an error, or was never computed."
    assert [one.partition(", ")[2] for one in refused(saved(book))] == [
        f"row 2, column B (description (English)): {said}",
        f"row 3, column B (description (English)): {said}",
    ]


NOT_WHOLE = "This is no whole XLSX file; open it in a spreadsheet program and save it again."
NO_TABLES = {
    "nothing": (b"", "This file is empty."),
    "blanks": (b" \r\n ", "This file is empty."),
    "old": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "This is an old or a locked workbook; save it as XLSX, without a password.",
    ),
    "half": (b"PK\x03\x04" + b"x" * 100, NOT_WHOLE),
    "picture": (
        b"\x89PNG\r\n\x1a\n\0\0",
        "This is neither a workbook nor a text in UTF-8 or GB 18030; save it as XLSX or CSV.",
    ),
    "other heads": (
        b"a,b\n1,2\n",
        "There is no row of heads: name the columns as an export does, “ID” or “code” among them.",
    ),
    "open quote": (b'ID,due date\n1,"2026', "The quotes of row 2 (line 2) don't close, or a cell is too long."),
}


@pytest.mark.parametrize(("content", "said"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_said_plainly(content: bytes, said: str) -> None:
    assert refused(content) == [said]


def test_macros_are_refused() -> None:
    file = io.BytesIO(xlsx(HEADS, [make_plan().pk, "2026-12-15"]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
    assert refused(file.getvalue()) == ["This workbook holds macros; save it as XLSX without them."]


def test_entities_are_refused() -> None:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    content = xlsx(HEADS, [make_plan().pk, "2026-12-15"])
    told = ["This workbook declares entities or is written unusually; save it again as XLSX."]
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        assert refused(rewritten(content, part, lambda xml: declared + xml)) == told


def _cell_moved(there: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(b'"B2"', b'"' + there + b'"')


def test_cells_far_apart_cost_no_memory() -> None:
    content = xlsx(HEADS, [make_plan().pk, "2026-12-15"])
    for there, said in (
        (b"XFD2", "Up to 100 columns are taken; this sheet reaches column XFD."),
        (b"B1048576", "Up to 100,000 rows are taken; this sheet reaches row 1,048,576."),
    ):
        assert refused(rewritten(content, "xl/worksheets/sheet1.xml", _cell_moved(there))) == [said]


def test_what_swells_when_it_is_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roadmap.exchange.sheets.package.MOST_BYTES_UNPACKED", 2_000_000)
    file = io.BytesIO(xlsx(HEADS, [make_plan().pk, "2026-12-15"]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b"\0" * 3_000_000)
    said = ["Unpacked, this file is larger than what is read here."]
    assert refused(file.getvalue()) == said
    lying = file.getvalue().replace((3_000_000).to_bytes(4, "little"), (3_000).to_bytes(4, "little"))
    assert refused(lying) == [NOT_WHOLE]


def test_cells_without_a_head_are_refused() -> None:
    assert refused(csv_file(HEADS, [make_plan().pk, "2026-12-15", "lost"])) == [
        "row 2, column C: Something stands here without a head above it."
    ]


def test_status_is_changed_by_its_own_acts() -> None:
    one = make_plan()
    assert refused(xlsx(["ID", "status"], [one.pk, "Done"])) == [
        "row 2, column B (status): Use complete, reopen or cancel."
    ]
    assert foretold(xlsx(["ID", "status"], [one.pk, "Planned"])).unchanged == 1


def test_unknown_number_is_refused_and_unknown_code_is_a_new_entry() -> None:
    one = make_plan()
    assert refused(xlsx(["ID", "weight"], [999_999, 1])) == ["row 2, column A (ID): There is no entry of this number."]
    heads = ["code", "title (Chinese)", "title (English)", "initiative", "phase", "planned start", "due date"]
    row = ["new-one", "新", "New", one.initiative.code, one.phase.title_zh, "2026-01-05", "2026-12-15"]
    found = foretold(xlsx(heads, row))
    assert (found.added, found.changed, Milestone.objects.count()) == (1, 0, 1)
    brought(xlsx(heads, row))
    assert Milestone.objects.get(code="new-one").due_on == date(2026, 12, 15)
    assert refused(xlsx(heads[:4], ["another", "新", "New", one.initiative.code])) == [
        "row 2: phase: This field cannot be null.",
        "row 2: planned start: This field cannot be null.",
        "row 2: due date: This field cannot be null.",
    ]
