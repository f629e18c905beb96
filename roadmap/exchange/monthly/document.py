"""The parts of a report, whatever it is made into: page, PDF or workbook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Grid:
    """A table of texts. ``wide`` are the columns that take the room that is left, from 0."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    wide: Sequence[int] = (0,)


@dataclass(frozen=True)
class Part:
    """A numbered part: its heading, paragraphs, and a table; what there is none of is left out."""

    heading: str
    paragraphs: Sequence[str] = ()
    table: Grid | None = None
    has_curve: bool = False


@dataclass(frozen=True)
class CurvePoint:
    """A day of the curve, from 0 (the roadmap's first) to 1 (the last gate); percents, ``actual`` None ahead."""

    at: float
    planned: float
    actual: float | None


@dataclass(frozen=True)
class Report:
    """A month of a roadmap. ``remark`` says of an unfinished month that it is one; ``annexes`` are parts, too."""

    title: str
    addressee: str
    parts: Sequence[Part]
    closing: str
    signature: str
    dated: str
    annex_title: str
    annexes: Sequence[Part]
    remark: str = ""
    curve: Sequence[CurvePoint] = field(default_factory=list)
    key_planned: str = ""
    key_actual: str = ""
    as_of: date = date.min

    def as_values(self) -> dict[str, Any]:
        """Plain values, as JSON takes them."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}
