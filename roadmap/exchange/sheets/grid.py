"""A file as rows of plain cells: XLSX or CSV, told by what is in it; what can't be taken is refused in plain words."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext as _

from roadmap.exchange.sheets.package import (
    MOST_ABOVE,
    MOST_COLUMNS,
    MOST_ROWS,
    Package,
    Unreadable,
    column_number,
    inspect_package,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
IN_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Grid:
    """One sheet. ``rows`` gives each row's number, as spreadsheet programs count, and its cells from column A on.

    ``of_no_value`` are places (row, column, from 1) whose value is an error or was never computed; ``merged``, the
    corners of merged ranges; ``left_out``, the names of other sheets, hidden ones among them.
    """

    name: str
    rows: Iterator[tuple[int, Sequence[Any]]]
    counts_from_1904: bool = False
    of_no_value: frozenset[tuple[int, int]] = frozenset()
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    left_out: Sequence[str] = field(default_factory=tuple)


def read_grid(content: bytes) -> Grid:
    """The file's first sheet that is shown and holds something. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(_("This file is empty."))
    if content.startswith(ZIP):
        return _of_workbook(content)
    if content.startswith(OLE):
        raise Unreadable(_("This is an old or a locked workbook; save it as XLSX, without a password."))
    return _of_csv(content)


def _of_workbook(content: bytes) -> Grid:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    package = inspect_package(content)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            shown = [one.name for one in book.sheets_metadata if one.visible is SheetVisibleEnum.Visible]
            for name in shown:
                sheet = book.get_sheet_by_name(name)
                if sheet.start is not None:
                    rest = [one for one in book.sheet_names if one != name]
                    return _of_sheet(sheet, package, rest)
    except CalamineError as error:
        raise _no_workbook() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's way to say that it met what it didn't expect
            raise
        raise _no_workbook() from error
    raise Unreadable(_("No sheet that is shown holds anything."))


def _no_workbook() -> Unreadable:
    return Unreadable(_("This is no whole XLSX file; open it in a spreadsheet program and save it again."))


def _of_sheet(sheet: Any, package: Package, rest: list[str]) -> Grid:
    before = [""] * sheet.start[1]
    told = package.cells_of_no_value.get(package.part_of_sheet.get(sheet.name, ""), [])
    return Grid(
        name=sheet.name,
        rows=((number, [*before, *cells]) for number, cells in enumerate(sheet.iter_rows(), start=1)),
        counts_from_1904=package.counts_from_1904,
        of_no_value=frozenset(map(_place, told)),
        merged=[((a + 1, b + 1), (c + 1, d + 1)) for (a, b), (c, d) in sheet.merged_cell_ranges or ()],
        left_out=rest,
    )


def _place(name: str) -> tuple[int, int]:
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :]), column_number(letters)


def _of_csv(content: bytes) -> Grid:
    text = _text(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return Grid(name="", rows=_csv_rows(reader))


def _csv_rows(reader: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS + MOST_ABOVE:
                raise Unreadable(_("Up to %(most)s rows are taken.") % {"most": f"{MOST_ROWS:,}"})
            if len(cells) > MOST_COLUMNS:
                raise Unreadable(
                    _("Row %(row)d has more than %(most)d columns.") % {"row": number, "most": MOST_COLUMNS}
                )
            yield number, cells
    except csv.Error as error:
        raise Unreadable(
            _("The quotes of row %(row)d (line %(line)d) don't close, or a cell is too long.")
            % {"row": number + 1, "line": reader.line_num}
        ) from error


def _text(content: bytes) -> str:
    """The bytes read strictly: UTF-16 where marked, else UTF-8, else GB18030."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if IN_NO_TEXT.search(text) is None:
            return text
    raise Unreadable(_("This is neither a workbook nor a text in UTF-8 or GB 18030; save it as XLSX or CSV."))
