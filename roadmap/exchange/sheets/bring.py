"""A table taken in, all of it or nothing, by the acts that people's own edits go through; or tried and taken back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.utils.translation import gettext as _

from roadmap.editing.dry_run import undone
from roadmap.errors import InvalidChange, RoadmapError
from roadmap.exchange.sheets.compare import Comparison, RowChange, compare, in_words
from roadmap.exchange.sheets.effects import effects_of
from roadmap.exchange.sheets.faults import Faults
from roadmap.exchange.sheets.grid import read_grid
from roadmap.exchange.sheets.kinds import TableKind
from roadmap.exchange.sheets.names import Names
from roadmap.exchange.sheets.package import Unreadable
from roadmap.models.history import Actor
from roadmap.models.in_words import EMPTY, Difference

MEGABYTE = 1024 * 1024


@dataclass
class RowBrought:
    """A row that changed an entry or made one. ``title`` names the entry, ``effects`` say what else comes of it."""

    row: int
    pk: int | None
    title: str
    is_new: bool
    changes: list[Difference]
    effects: list[str] = field(default_factory=list)


@dataclass
class Brought:
    """What a file changed, or would change. ``unchanged`` counts rows that asked for nothing, ``outdated`` those among
    them that others changed since the export; ``ignored`` are heads, ``left_out`` sheets that weren't read."""

    rows: list[RowBrought]
    unchanged: int = 0
    outdated: int = 0
    ignored: list[str] = field(default_factory=list)
    left_out: Sequence[str] = ()

    @property
    def added(self) -> int:
        """How many entries are new."""
        return sum(one.is_new for one in self.rows)

    @property
    def changed(self) -> int:
        """How many entries are changed."""
        return len(self.rows) - self.added

    @property
    def fingerprint(self) -> str:
        """What identifies these changes: the same for the same values before and after."""
        told = [
            (
                0 if one.is_new else one.pk,
                one.row if one.is_new else 0,
                [(c.name, c.before, c.after) for c in one.changes],
            )
            for one in self.rows
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def bring_in(
    content: bytes, kind: TableKind, *, by: Actor, now: datetime, reason: str, most: int | None = None, seen: str = ""
) -> Brought:
    """Apply the file. Raises NotAllowed; BadTable naming every fault: then nothing is written; InvalidChange for a
    reason that is missing. ``most`` bounds how many entries may change; ``seen`` is the fingerprint of what was shown:
    where the file would do something else by now, nothing is done.
    """
    with transaction.atomic():
        brought, changes = _done(content, kind, by=by, now=now, reason=reason, most=most)
        if changes and not reason.strip():
            raise InvalidChange({"reason": _("Give the reason; it is kept in the change record.")})
        if seen and brought.fingerprint != seen:
            raise InvalidChange({NON_FIELD_ERRORS: _("By now the file would change something else; look at it again.")})
    return brought


def foretell(
    content: bytes, kind: TableKind, *, by: Actor, now: datetime, reason: str = "", most: int | None = None
) -> Brought:
    """What ``bring_in`` would do, with its effects; nothing is written. Raises as that does, but asks for no reason."""
    with undone():
        brought, changes = _done(content, kind, by=by, now=now, reason=reason, most=most)
        would_be = kind.model._default_manager.select_related(*kind.related).in_bulk(
            [one.pk for one in brought.rows if one.pk is not None]
        )
    effects = effects_of({one.stored.pk: one.stored for one in changes if one.stored is not None}, would_be, now=now)
    for one in brought.rows:
        one.effects = effects.get(one.pk or 0, [])
        if one.is_new:
            one.pk = None
    return brought


def refuse_large(size: int) -> None:
    """Raise BadTable for a file beyond what is read here."""
    if size > settings.EVIDENCE_MAX_MEGABYTES * MEGABYTE:
        faults = Faults()
        told = {"most": settings.EVIDENCE_MAX_MEGABYTES}
        faults.note(_("Files may have up to %(most)d MB; this one is larger.") % told)
        faults.raise_if_any()


def _done(
    content: bytes, kind: TableKind, *, by: Actor, now: datetime, reason: str, most: int | None
) -> tuple[Brought, list[RowChange]]:
    kind.require_bring(by)
    refuse_large(len(content))
    faults = Faults()
    try:
        grid = read_grid(content)
        faults.sheet = grid.name
        found = compare(grid, kind, names=Names(by.person), faults=faults)
    except Unreadable as error:
        faults.note(error.args[0])
        raise faults.raised() from error
    faults.raise_if_any()
    if most is not None and len(found.changes) > most:
        told = {"most": f"{most:,}", "count": f"{len(found.changes):,}"}
        words = _("This file changes %(count)s entries; at once %(most)s may be. Split it, or use the command.")
        faults.note(words % told)
        faults.raise_if_any()
    rows = _apply(found, kind, faults, by=by, now=now, reason=reason)
    faults.raise_if_any()
    return Brought(rows, found.unchanged, found.outdated, found.ignored, grid.left_out), found.changes


def _apply(
    found: Comparison, kind: TableKind, faults: Faults, *, by: Actor, now: datetime, reason: str
) -> list[RowBrought]:
    """Each row by its act: entries that are there in the order of their ids, so that two files wait for each other and
    don't block; then new ones. What an act refuses is noted."""
    brought = []
    for one in sorted(found.changes, key=lambda one: (one.stored is None, one.stored.pk if one.stored else one.row)):
        told = _differences(one, kind)
        try:
            with transaction.atomic():
                if one.stored is None:
                    row = kind.create(by=by, now=now, reason=reason, fields=one.fields)
                else:
                    version = kind.version_of(one.stored)
                    row = kind.change(one.stored, by=by, now=now, reason=reason, version=version, fields=one.fields)
        except InvalidChange as error:
            for name, text in error.fields.items():
                faults.note(_said(name, text, kind, found), row=one.row, column=found.heads.columns.get(name, 0))
        except RoadmapError as error:
            faults.note(error.message, row=one.row)
        else:
            brought.append(RowBrought(one.row, row.pk, str(row), one.stored is None, told))
    return brought


def _said(name: str, text: object, kind: TableKind, found: Comparison) -> str:
    """What is wrong, with the field's name where no column of the file has it."""
    labels = {one.name: one.column.verbose_name for one in kind.fields}
    if name in found.heads.columns or name not in labels:
        return str(text)
    return _("%(field)s: %(text)s") % {"field": labels[name], "text": text}


def _differences(one: RowChange, kind: TableKind) -> list[Difference]:
    return [
        Difference(
            name=each.name,
            label=str(each.column.verbose_name),
            before=in_words(each, each.value(one.stored)) if one.stored is not None else EMPTY,
            after=in_words(each, one.fields[each.name]),
        )
        for each in kind.fields
        if each.name in one.fields
    ]
