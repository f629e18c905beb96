"""A report as files: PDF, and a workbook. Made again they are the same, byte for byte."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from roadmap.exchange.monthly.document import Report
from roadmap.tables import NOT_IN_A_SHEETS_NAME, defused
from roadmap.typeset import typeset

PAGE = Path(__file__).with_name("report.typ")
MADE_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
TEXT_WIDTH, WIDE, NARROW = 110, 40, 14
NEVER = (1980, 1, 1, 0, 0, 0)  # the first day that a zip file can tell


def as_pdf(report: Report) -> bytes:
    """The report set as pages, its font within, in the active language."""
    values = json.dumps(report.as_values(), ensure_ascii=False)
    return typeset(PAGE.read_text(encoding="utf-8"), {"report": values, "language": (get_language() or "en")[:2]})


def as_workbook(report: Report) -> bytes:
    """An XLSX file: the text on the first sheet, each table on one of its own."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    text: Any = book.active
    text.title = _sheet_name(report.title, 0)
    text.column_dimensions["A"].width = TEXT_WIDTH
    lines = [report.title, *([report.remark] if report.remark else []), report.addressee]
    for part in (*report.parts, *report.annexes):
        lines += [part.heading, *part.paragraphs] if part.paragraphs else []
        if part.table is not None:
            sheet = book.create_sheet(_sheet_name(part.heading, len(book.sheetnames)))
            sheet.freeze_panes = "A2"
            for number, row in enumerate((part.table.head, *part.table.rows), start=1):
                for place, words in enumerate(row, start=1):
                    cell = sheet.cell(number, place, defused(words))
                    cell.data_type, cell.font = "s", Font(bold=number == 1)
                    sheet.column_dimensions[cell.column_letter].width = WIDE if place - 1 in part.table.wide else NARROW
    for number, words in enumerate([*lines, report.closing, report.signature, report.dated], start=1):
        cell = text.cell(number, 1, defused(words))
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")
    file = BytesIO()
    book.save(file)
    return _undated(file.getvalue(), report)


def _sheet_name(heading: str, number: int) -> str:
    """Names of sheets are short, and unlike each other."""
    words = NOT_IN_A_SHEETS_NAME.sub(" ", heading)
    return f"{number} {words}"[:31].strip() if number else words[:31].strip()


def _undated(content: bytes, report: Report) -> bytes:
    """The workbook without the instant at which it was made: instead the day that it is of."""
    told = f"{report.as_of.isoformat()}T00:00:00Z".encode()
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = MADE_AT.sub(lambda found: found[1] + told, part)
            info = zipfile.ZipInfo(name, NEVER)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, part)
    return file.getvalue()
