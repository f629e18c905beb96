"""The faults found in a table so far, each with its place in words of the reader's language."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from roadmap.errors import BadTable, CellFault
from roadmap.exchange.sheets.package import column_letters

MOST_TOLD = 200


@dataclass
class Faults:
    """``sheet`` is the sheet's name, empty for a CSV file; ``heads``, by place, what the file's heads say."""

    sheet: str = ""
    heads: dict[int, str] = field(default_factory=dict)
    found: list[CellFault] = field(default_factory=list)
    more: int = 0

    def note(self, text: object, *, row: int = 0, column: int = 0) -> None:
        """Keep one more, or count it where enough are told already."""
        if len(self.found) >= MOST_TOLD:
            self.more += 1
            return
        letters, head = column_letters(column), self.heads.get(column, "")
        place = _place(self.sheet, row, letters, head)
        self.found.append(CellFault(str(text), row=row, column=letters, head=head, place=place))

    def raise_if_any(self) -> None:
        """Raise BadTable with all of them, the upper ones first; return where there is none."""
        if self.found:
            raise self.raised()

    def raised(self) -> BadTable:
        """The error that tells them; there is one at least."""
        return BadTable(sorted(self.found, key=lambda one: one.row), more=self.more)


def _place(sheet: str, row: int, letters: str, head: str) -> str:
    parts = [_("sheet “%(name)s”") % {"name": sheet}] if sheet else []
    if row:
        parts.append(_("row %(row)d") % {"row": row})
    if letters:
        named = _("column %(letters)s (%(head)s)") if head else _("column %(letters)s")
        parts.append(named % {"letters": letters, "head": head})
    return _(", ").join(parts)
