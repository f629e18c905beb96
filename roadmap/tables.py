"""Tables as files for spreadsheet programs, the one way in which any door writes them: CSV and XLSX.

Days are days there, numbers numbers, truth values truth values; a text that a spreadsheet program would run as a
formula is defused. Nothing here knows what a table is about.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from unicodedata import east_asian_width

from roadmap.texts import clean_text

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Also behind blanks, which some programs pass over, and full-width, as others read them; quotes put in front count
STARTS_A_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－﹣﹢﹦−＠﹫\t\r\n]")  # what can't be seen is cleaned away before
MOST_CHARACTERS = 32_767  # that a cell holds
NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\']")
NARROWEST, WIDEST = 8, 60
FIRST_YEAR = 1900  # from which on spreadsheet programs know days


@dataclass(frozen=True)
class Table:
    """A name, the columns' heads, and the rows below them: plain values, in the columns' order."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


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
    """UTF-8 with a byte-order mark, so that spreadsheet programs read the Chinese."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(table.head)
    writer.writerows([_plain(defused(value)) for value in row] for row in table.rows)
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(table: Table) -> bytes:
    """A workbook of one named sheet: its head stays in sight and filters, its columns are as wide as what they hold."""
    # read when the first workbook is made: it would be a fifth of what every process reads at its start
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_A_SHEETS_NAME.sub(" ", table.name)[:31].strip() or None)
    sheet.freeze_panes = "A2"
    if table.head:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.head))}{len(table.rows) + 1}"
    for place, head in enumerate(table.head):
        widest = max(map(_width, (head, *(row[place] for row in table.rows))))
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(widest + 3, NARROWEST), WIDEST)
    sheet.append(_cells(sheet, table.head, font=Font(bold=True)))
    for row in table.rows:
        sheet.append(_cells(sheet, row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cells(sheet: Any, values: Iterable[Any], *, font: Any = None) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell

    cells = []
    for value in values:
        shown = _storable(defused(value))
        cell = WriteOnlyCell(sheet, value=shown)
        if isinstance(shown, str):
            cell.data_type = "s"  # a text stays a text, whatever it begins with
        if font is not None:
            cell.font = font
        cells.append(cell)
    return cells


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
