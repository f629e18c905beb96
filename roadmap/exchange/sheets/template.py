"""A blank workbook for new entries: heads with notes, drop-downs for what is chosen, formats for days and texts."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from roadmap.exchange.sheets.kinds import TableKind
from roadmap.exchange.sheets.names import Names
from roadmap.exchange.sheets.package import column_letters
from roadmap.fields import Field
from roadmap.models import Person
from roadmap.models.tags import TagsField
from roadmap.tables import defused

READY_ROWS = 500
WIDTH, WIDE = 18, 40
NOTE_WIDTH, NOTE_HEIGHT = 260, 120


def template_of(kind: TableKind, *, reader: Person) -> bytes:
    """The XLSX file, in the active language; people are offered whom the reader sees."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, lists = book.active, book.create_sheet(_("Lists"))
    lists.sheet_state = "hidden"
    sheet.title = str(capfirst(kind.model._meta.verbose_name_plural))[:31]
    sheet.freeze_panes = "A2"
    names = Names(reader)
    for place, one in enumerate(kind.written, start=1):
        column, letters = one.column, column_letters(place)
        cell = sheet.cell(1, place, str(column.verbose_name))
        cell.font = Font(bold=True)
        cell.comment = Comment(note_of(one), "", height=NOTE_HEIGHT, width=NOTE_WIDTH)
        sheet.column_dimensions[letters].width = WIDE if isinstance(column, models.TextField) else WIDTH
        kind_of_format = _format(column)
        for row in range(2, READY_ROWS + 2):
            sheet.cell(row, place).number_format = kind_of_format
        offered = _offered(one, names)
        if offered:
            for row, word in enumerate(offered, start=1):
                lists.cell(row, place, defused(word))
            rule = DataValidation(type="list", formula1=f"'{lists.title}'!${letters}$1:${letters}${len(offered)}")
            rule.showErrorMessage = True
            rule.allow_blank = not _is_needed(column)
            sheet.add_data_validation(rule)
            rule.add(f"{letters}2:{letters}{READY_ROWS + 1}")
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def note_of(one: Field) -> str:
    """What to write in the column."""
    column = one.column
    parts = [_("Needed.") if _is_needed(column) else _("May be left empty.")]
    if one.about:
        parts.append(str(one.about))
    if column.help_text:
        parts.append(str(column.help_text))
    if column.is_relation:
        parts.append(_("Choose from the list, or write its code (of a person, the user name)."))
    elif isinstance(column, models.DateField):
        parts.append(_("A day, as 2026-06-30."))
    elif getattr(column, "max_length", None) and not isinstance(column, TagsField):
        parts.append(_("Up to %(most)d characters.") % {"most": column.max_length})
    return " ".join(parts)


def _is_needed(column: Any) -> bool:
    return not (column.blank or column.null or column.has_default())


def _format(column: Any) -> str:
    match column:
        case models.DateField():
            return "yyyy-mm-dd"
        case models.DecimalField() | models.IntegerField():
            return "General"
    return "@"


def _offered(one: Field, names: Names) -> Sequence[str]:
    column = one.column
    if column.choices:
        return [str(label) for _value, label in column.flatchoices]
    return names.offered(column.related_model) if column.is_relation else ()
