"""The rows of a file beside what is stored: what each would change, and what is wrong with it. Nothing is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from roadmap.exchange.sheets.cells import WrongCell, as_text, is_empty, plain, value_of
from roadmap.exchange.sheets.faults import Faults
from roadmap.exchange.sheets.grid import Grid
from roadmap.exchange.sheets.heads import Heads, heads_in
from roadmap.exchange.sheets.kinds import VERSION, TableKind
from roadmap.exchange.sheets.names import Names
from roadmap.exchange.sheets.package import MOST_ABOVE, MOST_ROWS
from roadmap.fields import Field
from roadmap.models.in_words import EMPTY
from roadmap.models.in_words import in_words as stored_in_words

AT_ONCE = 500  # rows read together
MOST_ID_DIGITS = 18  # what a database's number holds for certain


@dataclass(frozen=True)
class RowChange:
    """What one row of the file asks for: ``stored`` is None for a new entry; ``fields``, the values that differ."""

    row: int
    stored: Any
    fields: dict[str, Any]


@dataclass
class Comparison:
    """All that was found of a file. ``unchanged`` counts rows that ask for nothing, ``outdated`` those among them that
    others changed since the export; ``ignored`` are heads that no entry has or that a file doesn't change."""

    heads: Heads
    changes: list[RowChange] = field(default_factory=list)
    unchanged: int = 0
    outdated: int = 0
    ignored: list[str] = field(default_factory=list)


@dataclass
class _Row:
    """A row of the file as it is read: its cells by field, the entry that it is of."""

    number: int
    cells: dict[str, Any]
    pk: int | None = None
    stored: Any = None


def compare(grid: Grid, kind: TableKind, *, names: Names, faults: Faults) -> Comparison:
    """Read the whole grid, some hundred rows at a time. Faults are noted, not raised, but for a file without heads."""
    rows = iter(grid.rows)
    heads = _heads(rows, kind, faults)
    _note_merged(grid, heads, faults)
    faults.raise_if_any()
    found = Comparison(heads)
    may_change = {one.name for one in (*kind.written, *kind.looked_at)} | {"id", VERSION}
    found.ignored = [faults.heads[place] for name, place in heads.columns.items() if name not in may_change]
    found.ignored += heads.unknown.values()
    seen: dict[int, int] = {}
    codes: dict[str, int] = {}
    read = (row for number, cells in rows if (row := _row(number, cells, grid, heads, faults)) is not None)
    count = 0
    while some := list(islice(read, AT_ONCE)):
        count += len(some)
        if count > MOST_ROWS:
            faults.note(_("Up to %(most)s rows are taken.") % {"most": f"{MOST_ROWS:,}"}, row=some[0].number)
            return found
        _find_stored(some, kind, heads, faults)
        some = [one for one in some if _is_first(one, seen, codes, heads, faults)]
        asked = [(one, _asked(one, grid, kind, heads, names, faults)) for one in some]
        _sort(asked, kind, heads, found, faults)
    return found


def _heads(rows: Iterator[tuple[int, Sequence[Any]]], kind: TableKind, faults: Faults) -> Heads:
    for number, cells in islice(rows, MOST_ABOVE):
        found = heads_in(cells, kind)
        if found is None:
            continue
        faults.heads = {place: as_text(cell) for place, cell in enumerate(cells, start=1) if not is_empty(cell)}
        for place, head in found.twice.items():
            faults.note(_("This column stands there twice: “%(head)s”.") % {"head": head}, row=number, column=place)
        return replace(found, row=number)
    faults.note(_("There is no row of heads: name the columns as an export does, “ID” or “code” among them."))
    raise faults.raised()


def in_words(one: Field, value: Any) -> str:
    """A value as people read it, in the active language."""
    if one.column.is_relation:
        return str(value) if value is not None else EMPTY
    return stored_in_words(one.column, value, {})


def _note_merged(grid: Grid, heads: Heads, faults: Faults) -> None:
    for (top, left), (bottom, _right) in grid.merged:
        if bottom >= heads.row:
            faults.note(_("Cells are merged here; take them apart."), row=top, column=left)


def _row(number: int, cells: Sequence[Any], grid: Grid, heads: Heads, faults: Faults) -> _Row | None:
    """The row, unless it is empty or has a fault of its own."""
    if all(map(is_empty, cells)):
        return None
    read = True
    for place, cell in enumerate(cells, start=1):
        if not is_empty(cell) and place not in faults.heads:
            faults.note(_("Something stands here without a head above it."), row=number, column=place)
            read = False
    for place in heads.columns.values():
        if (number, place) in grid.of_no_value:
            faults.note(
                _("This cell has no value: its formula has an error, or was never computed."), row=number, column=place
            )
            read = False
    width = len(cells)
    return _Row(number, {n: cells[p - 1] if p <= width else None for n, p in heads.columns.items()}) if read else None


def _find_stored(rows: list[_Row], kind: TableKind, heads: Heads, faults: Faults) -> None:
    """By id, or else by code: two queries at most."""
    for one in rows:
        cell = one.cells.get("id")
        if is_empty(cell):
            continue
        text = plain(as_text(cell))
        if text.isascii() and text.isdigit() and len(text) <= MOST_ID_DIGITS:
            one.pk = int(text)
        else:
            one.pk = 0
    all_rows = kind.model._default_manager.select_related(*kind.related)
    by_id = all_rows.in_bulk([one.pk for one in rows if one.pk])
    words = {one.number: plain(as_text(one.cells["code"])) for one in rows if one.pk is None and "code" in one.cells}
    by_code = {row.code: row for row in all_rows.filter(code__in=set(words.values()))} if words else {}
    for one in rows:
        if one.pk is None:
            one.stored = by_code.get(words.get(one.number, ""))
        else:
            one.stored = by_id.get(one.pk)
            if one.stored is None:
                faults.note(_("There is no entry of this number."), row=one.number, column=heads.columns["id"])


def _is_first(one: _Row, seen: dict[int, int], codes: dict[str, int], heads: Heads, faults: Faults) -> bool:
    """Whether no row above is of the same entry; those of no entry are left out, too."""
    if one.stored is not None:
        above = seen.setdefault(one.stored.pk, one.number)
    elif one.pk is not None:
        return False
    else:
        above = codes.setdefault(plain(as_text(one.cells.get("code", ""))), one.number)
    if above != one.number:
        column = heads.columns.get("id" if one.pk else "code", 0)
        faults.note(_("Row %(above)d is of the same entry.") % {"above": above}, row=one.number, column=column)
    return above == one.number


def _asked(one: _Row, grid: Grid, kind: TableKind, heads: Heads, names: Names, faults: Faults) -> dict[str, Any] | None:
    """What the row's cells say otherwise than what is stored; None where one of them can't be read."""
    differing: dict[str, Any] = {}
    is_right = True
    roadmap = _roadmap_of(one.stored)
    for field_ in (*kind.written, *kind.looked_at):
        if field_.name not in one.cells:
            continue
        cell = one.cells[field_.name]
        if one.stored is None and is_empty(cell):
            continue
        try:
            value = _value(field_, cell, one.stored, names, roadmap=roadmap, counts_from_1904=grid.counts_from_1904)
        except WrongCell as wrong:
            faults.note(wrong.args[0], row=one.number, column=heads.columns[field_.name])
            is_right = False
            continue
        if roadmap is None:
            roadmap = getattr(value, "roadmap_id", None)
        if one.stored is None or value != field_.value(one.stored):
            differing[field_.name] = value
    return differing if is_right else None


def _roadmap_of(stored: Any) -> int | None:
    if stored is None:
        return None
    initiative = getattr(stored, "initiative", None)
    return getattr(initiative or stored, "roadmap_id", None)


def _value(field_: Field, cell: Any, stored: Any, names: Names, *, roadmap: int | None, counts_from_1904: bool) -> Any:
    column = field_.column
    if not column.is_relation or is_empty(cell):
        return value_of(column, cell, counts_from_1904=counts_from_1904)
    now = field_.value(stored) if stored is not None else None
    if now is not None and plain(as_text(cell)).casefold() in names.of(now):
        return now  # whoever it is: what a file leaves as it is asks for nothing
    return names.find(column.related_model, cell, roadmap=roadmap)


def _sort(
    asked: list[tuple[_Row, dict[str, Any] | None]],
    kind: TableKind,
    heads: Heads,
    found: Comparison,
    faults: Faults,
) -> None:
    """Into changes, rows that ask for nothing, and rows that were changed by others since the export."""
    stale = [(one, differing) for one, differing in asked if differing and _is_stale(one, kind, heads, faults)]
    as_exported = kind.as_exported({one.stored.pk: int(plain(as_text(one.cells[VERSION]))) for one, _asked in stale})
    outdated = {one.number for one, _differing in stale}
    for one, differing in asked:
        if differing is None:
            continue
        if not differing:
            found.unchanged += 1
        elif one.number not in outdated:
            for name in [name for name in differing if name in kind.elsewhere]:
                faults.note(kind.elsewhere[name], row=one.number, column=heads.columns[name])
            found.changes.append(RowChange(one.number, one.stored, differing))
        elif _is_as_exported(one.stored, differing, as_exported.get(one.stored.pk), kind):
            found.unchanged += 1
            found.outdated += 1
        else:
            _note_stale(one, differing, kind, heads, faults)


def _is_stale(one: _Row, kind: TableKind, heads: Heads, faults: Faults) -> bool:
    cell = one.cells.get(VERSION)
    if one.stored is None or is_empty(cell):
        return False
    text = plain(as_text(cell))
    if text.isascii() and text.isdigit() and len(text) <= MOST_ID_DIGITS:
        return int(text) != kind.version_of(one.stored)
    faults.note(_("Leave the version as it was exported."), row=one.number, column=heads.columns[VERSION])
    return False


def _is_as_exported(stored: Any, differing: dict[str, Any], state: Any, kind: TableKind) -> bool:
    """Whether the file says just what was exported, so that its writer changed nothing of the row."""
    if state is None:
        return False
    columns: Iterable[Field] = (one for one in kind.fields if one.name in differing)
    return all(
        getattr(state, one.column.attname)
        == (getattr(differing[one.name], "pk", None) if one.column.is_relation else differing[one.name])
        for one in columns
    )


def _note_stale(one: _Row, differing: dict[str, Any], kind: TableKind, heads: Heads, faults: Faults) -> None:
    for field_ in kind.fields:
        if field_.name in differing:
            told = {
                "file": in_words(field_, differing[field_.name]),
                "stored": in_words(field_, field_.value(one.stored)),
            }
            words = _("Somebody else has changed this since the export: the file says %(file)s, stored is %(stored)s.")
            faults.note(words % told, row=one.number, column=heads.columns[field_.name])
