"""Tables as files for spreadsheet programs, the one way in which any door writes them: CSV and XLSX.

Days are days there, numbers numbers, truth values truth values; a text that a spreadsheet program would run as a
formula is defused. Nothing here knows what a table is about.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO, StringIO
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from roadmap.texts import clean_text

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Also behind blanks, which some programs pass over, and full-width, as others read them; quotes put in front count
STARTS_A_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－﹣﹢﹦−＠﹫\t\r\n]")  # what can't be seen is cleaned away before
MOST_CHARACTERS = 32_767  # that a cell holds
NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\']")
NARROWEST, WIDEST = 8, 60
SHEET, ENTITIES = "xl/worksheets/sheet1.xml", {"\r": "&#13;"}
ROWS_THAT_SET_WIDTHS = 100
PIECE_ROWS = 100
DAY_NOUGHT = date(1899, 12, 30)  # from which sheets count days
FIRST_YEAR = 1900  # from which on spreadsheet programs know days


@dataclass(frozen=True)
class Table:
    """A name, the columns' heads, and the rows below them: plain values, in the columns' order.

    ``rows`` may be made while they are written, where it is said how many there are (``number``).
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    number: int | None = None


def defused(value: Any) -> Any:
    """The value as a cell that a table can hold and no spreadsheet program runs: a text is cleaned, and gets a quote
    in front where it looks like a formula."""
    if not isinstance(value, str):
        return value
    text = clean_text(value)
    return f"'{text}" if STARTS_A_FORMULA.match(text) else text


def undefused(text: str) -> str:
    """The text that ``defused`` made such a cell of."""
    return text[1:] if text.startswith("'") and STARTS_A_FORMULA.match(text) else text


def as_csv(table: Table) -> bytes:
    """The same as ``csv_pieces``, whole."""
    return b"".join(csv_pieces(table))


def csv_pieces(table: Table) -> Iterator[bytes]:
    """UTF-8 with a byte-order mark, so that spreadsheet programs read the Chinese; a piece at a time."""
    text = StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(table.head)
    for place, row in enumerate(table.rows, 1):
        writer.writerow([_plain(defused(value)) for value in row])
        if place % PIECE_ROWS == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: StringIO) -> bytes:
    content = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return content


def as_xlsx(table: Table) -> bytes:
    """The same as ``xlsx_pieces``, whole."""
    return b"".join(xlsx_pieces(table))


def xlsx_pieces(table: Table) -> Iterator[bytes]:
    """A workbook of one named sheet, a piece at a time: its head stays in sight and filters, its columns are as wide as
    what its first rows hold. Read whole, its memory doesn't grow with the rows.

    openpyxl makes the workbook with its head; the rows are put into it as they come, which it can't do by itself.
    """
    known = list(table.rows) if table.number is None else table.rows
    number = len(known) if isinstance(known, list) else table.number or 0
    rows = iter(known)
    first = list(islice(rows, ROWS_THAT_SET_WIDTHS))
    parts, styles = _workbook(table, first, last_row=number + 1)
    file = _Pieces()
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as book:
        for name, content in parts.items():
            if name != SHEET:
                book.writestr(name, content)
        before, after = parts[SHEET].split(b"</sheetData>")
        with book.open(SHEET, "w") as sheet:
            sheet.write(before)
            letters = [_letters(place + 1) for place in range(len(table.head))]
            for place, row in enumerate(chain(first, rows), 2):
                sheet.write(_row(row, place, letters, styles))
                if place % PIECE_ROWS == 0:
                    yield file.taken()
            sheet.write(b"</sheetData>" + after)
    yield file.taken()


class _Pieces(BytesIO):
    """What was written since it was taken last; nobody goes back in it."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError  # so that the archive notes behind each file what others write before it

    def taken(self) -> bytes:
        content = self.getvalue()
        super().seek(0)
        self.truncate(0)
        return content


def _workbook(
    table: Table, first: Sequence[Sequence[Any]], *, last_row: int
) -> tuple[dict[str, bytes], dict[type, str]]:
    """The files of a workbook that has nothing but its head yet; and the numbers of the styles of days and instants."""
    # read when the first workbook is made: it would be a fifth of what every process reads at its start
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = NOT_IN_A_SHEETS_NAME.sub(" ", table.name)[:31].strip() or sheet.title
    sheet.freeze_panes = "A2"
    for place, head in enumerate(table.head, 1):
        widest = max(map(_width, (head, *(row[place - 1] for row in first))))
        sheet.column_dimensions[get_column_letter(place)].width = min(max(widest + 3, NARROWEST), WIDEST)
        cell = sheet.cell(1, place)
        cell.value, cell.data_type, cell.font = _storable(defused(head)), "s", Font(bold=True)
    styles: dict[type, str] = {}
    for kind, example in ((date, date(2026, 1, 1)), (datetime, datetime(2026, 1, 1))):  # noqa: DTZ001 (sheets know none)
        sheet.cell(2, 1).value = example
        styles[kind] = str(sheet.cell(2, 1).style_id)
    sheet.delete_rows(2)
    whole = f"A1:{get_column_letter(max(len(table.head), 1))}{last_row}"
    if table.head:
        sheet.auto_filter.ref = whole
    file = BytesIO()
    book.save(file)
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[SHEET] = re.sub(rb'<dimension ref="[^"]*" ?/>', f'<dimension ref="{whole}"/>'.encode(), parts[SHEET])
    return parts, styles


def _row(values: Sequence[Any], number: int, letters: Sequence[str], styles: Mapping[type, str]) -> bytes:
    cells = [
        _cell(_storable(defused(value)), f"{letter}{number}", styles)
        for letter, value in zip(letters, values, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _cell(value: Any, at: str, styles: Mapping[type, str]) -> str:
    match value:
        case str():
            return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value, ENTITIES)}</t></is></c>'
        case bool():
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        case date():
            return f'<c r="{at}" s="{styles[type(value)]}"><v>{_days(value)}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def _days(value: date) -> float | int:
    """As sheets count: whole days, and of an instant its part of the day."""
    if not isinstance(value, datetime):
        return (value - DAY_NOUGHT).days
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1_000_000
    return (value.date() - DAY_NOUGHT).days + seconds / 86_400


@cache
def _letters(place: int) -> str:
    """The name of a column: A, B, … Z, AA."""
    name = ""
    while place:
        place, left = divmod(place - 1, 26)
        name = chr(65 + left) + name
    return name


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MOST_CHARACTERS]
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return value.isoformat()
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _width(value: Any) -> int:
    """In letters; Chinese ones take two."""
    if isinstance(value, datetime):
        return 16
    lines = str("" if value is None else value).splitlines() or [""]
    return max(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line[:WIDEST]) for line in lines)
