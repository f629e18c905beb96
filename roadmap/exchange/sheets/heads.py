"""The row of heads: which column is which field, by its name in either language or in the API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils import translation

from roadmap.exchange.sheets.cells import as_text, is_empty, plain
from roadmap.exchange.sheets.kinds import KINDS, TableKind
from roadmap.fields import Field
from roadmap.vocabulary import Language

ENOUGH = 2  # heads known in one row, among them one by which rows are found
FINDS_ROWS = {"id", "code"}


@dataclass(frozen=True)
class Heads:
    """``columns`` gives each column's place (from 1) by the field's name; ``unknown``, the other heads as written;
    ``twice``, those of a column that stands there already; ``row`` is that of the heads."""

    columns: dict[str, int]
    unknown: dict[int, str] = field(default_factory=dict)
    twice: dict[int, str] = field(default_factory=dict)
    row: int = 0


def heads_in(cells: Sequence[Any], kind: TableKind) -> Heads | None:
    """The heads, where the row is one of heads; else None."""
    known = known_heads(kind.code)
    found = Heads({})
    for place, cell in enumerate(cells, start=1):
        if is_empty(cell):
            continue
        name = known.get(plain(as_text(cell)).casefold())
        if name is None:
            found.unknown[place] = as_text(cell)
        elif name in found.columns:
            found.twice[place] = as_text(cell)
        else:
            found.columns[name] = place
    return found if len(found.columns) >= ENOUGH and FINDS_ROWS & set(found.columns) else None


@cache
def known_heads(code: str) -> dict[str, str]:
    """By head, in small letters: the field's name. All fields of the register have one, as a file may show them."""
    found: dict[str, str] = {}
    for one in KINDS[code].fields:
        for head in heads_of(one):
            found.setdefault(plain(head).casefold(), one.name)
    return found


def heads_of(one: Field) -> list[str]:
    """How its column may be headed."""
    heads = [one.name]
    for language in Language.values:
        with translation.override(language):
            heads.append(str(one.column.verbose_name))
    if one.column.is_relation:
        heads += [f"{one.name}.code", f"{one.name}.username"]
    return heads
