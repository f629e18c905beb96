"""Lists as tables: CSV and XLSX, a page at a time. Nested objects become columns as ``phase.code``.

Texts that a spreadsheet program would run as formulas are defused. The next page's address is in the ``Link`` header.
"""

import csv
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from rest_framework.renderers import BaseRenderer

from roadmap.progress.shown import defused

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CSVRenderer(BaseRenderer):
    """UTF-8 with a byte-order mark, so that spreadsheet programs read the Chinese."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> bytes:
        """The page's rows below their headers."""
        text = StringIO()
        csv.writer(text).writerows(table_of(data))
        return ("\ufeff" + text.getvalue()).encode()


class XLSXRenderer(BaseRenderer):
    """A workbook of one sheet."""

    media_type = SPREADSHEET
    format = "xlsx"
    charset = None
    render_style = "binary"

    def render(self, data: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> bytes:
        """The page's rows below their headers."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in table_of(data):
            sheet.append([_cell(sheet, value) for value in row])
        file = BytesIO()
        book.save(file)
        return file.getvalue()


def table_of(page: Mapping[str, Any]) -> list[list[Any]]:
    """The headers, then the rows, of a page of a list; a column for each value that any row has."""
    rows = [dict(_flat(one)) for one in page["results"]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    parents = {name[:place] for name in names for place, sign in enumerate(name) if sign == "."}
    columns = [name for name in names if name not in parents]  # of an object that some rows have and others lack
    return [columns, *([defused(row.get(name)) for name in columns] for row in rows)] if columns else []


def _flat(entry: Mapping[str, Any], prefix: str = "") -> Any:
    for name, value in entry.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping | list):
            yield f"{prefix}{name}", orjson.dumps(value, default=str).decode()
        elif isinstance(value, bool):
            yield f"{prefix}{name}", "true" if value else "false"
        elif isinstance(value, datetime):
            yield f"{prefix}{name}", value.isoformat()
        else:
            yield f"{prefix}{name}", value


def _cell(sheet: Any, value: Any) -> Any:
    """A text stays a text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell
