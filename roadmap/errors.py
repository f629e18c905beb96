"""Every error that the domain raises. Doors map them once: the API to problem details, admin to form errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


class RoadmapError(Exception):
    """The root of the domain's errors; ``message`` is translatable and meant for people."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


class InvalidChange(RoadmapError):
    """An edit that can't be accepted; ``fields`` maps a field's name to what is wrong with it."""

    def __init__(self, fields: Mapping[str, str | Promise]) -> None:
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class InvalidItems(RoadmapError):
    """Some of many items can't be accepted, so none was; ``items`` maps a position (from 0) to what is wrong there."""

    def __init__(self, items: Mapping[int, Mapping[str, str | Promise]]) -> None:
        super().__init__(next(iter(next(iter(items.values())).values())))
        self.items = {position: dict(fields) for position, fields in items.items()}


class StaleEdit(RoadmapError):
    """The object changed since the editor read it; nothing was written. ``current_version`` is the newer one."""

    def __init__(self, message: str | Promise, *, current_version: int) -> None:
        super().__init__(message)
        self.current_version = current_version


class NotAllowed(RoadmapError):
    """The actor may not do this to this object."""


class MissingScope(NotAllowed):
    """The token that asks may not be used for this, or would hand on more than it holds; ``scope`` would be needed."""

    def __init__(self, message: str | Promise, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class BadCatalogue(RoadmapError):
    """A catalogue file that can't be loaded; nothing was. ``file`` and ``line`` (from 1) say where.

    Where a reader found several faults at once, the first one is raised and ``more`` holds the others.
    """

    def __init__(self, message: str | Promise, *, file: str, line: int, more: "Sequence[BadCatalogue]" = ()) -> None:
        super().__init__(message)
        self.file = file
        self.line = line
        self.more = tuple(more)

    def __str__(self) -> str:
        own = f"{self.file}:{self.line}: {self.message}"
        return "\n".join([own, *map(str, self.more)])


@dataclass(frozen=True)
class CellFault:
    """What is wrong at a place of a table: ``row`` as spreadsheet programs count (0: the whole file), ``column`` in
    letters, ``head`` as the file writes it; either may be empty. ``place`` says it in words."""

    text: str
    row: int = 0
    column: str = ""
    head: str = ""
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


class BadTable(RoadmapError):
    """A table that can't be taken in; nothing of it was. ``faults`` are in the order of rows; ``more`` counts those
    that aren't told."""

    def __init__(self, faults: Sequence[CellFault], *, more: int = 0) -> None:
        super().__init__(str(faults[0]))
        self.faults = list(faults)
        self.more = more
