"""The lanes of a timeline: where each mark, span, baseline, forecast and name stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import mark_safe

from roadmap.web.charts.scale import DayScale
from roadmap.web.charts.text import width_of, wrapped

MARK_GAP = 15.0  # marks nearer than this go to the next row of their lane
ROW = 18.0
OPEN_ROW = 24.0
NAMED_ROW = 40.0  # with the name above, where labels aren't beside their lanes
LINE = 16.0
PADDING = 7.0
NAME_FONT = 12.0
NAME_GAP = 11.0


@dataclass(frozen=True)
class Mark:
    """A milestone: the day on which it stands, the days of its plan, baseline and forecast where these differ, its
    state, its name, and what it says and opens."""

    day: date
    state: str
    tip: str
    code: str
    address: str = ""
    name: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    baseline_day: date | None = None
    forecast_day: date | None = None


@dataclass(frozen=True)
class Lane:
    """An initiative with its marks; ``toggle`` is the address that opens or closes it."""

    label: str
    marks: Sequence[Mark]
    code: str = ""
    is_open: bool = False
    toggle: str = ""


@dataclass(frozen=True)
class Group:
    """A pillar with its lanes."""

    label: str
    lanes: Sequence[Lane]


@dataclass(frozen=True)
class TimelineSize:
    """Width of the drawing; with ``label_width`` 0, labels stand above their lanes instead of left of them."""

    width: int
    label_width: int
    font: float = 13.0
    right: int = 14


@dataclass(frozen=True)
class PlacedMark:
    """Places are None outside of what is shown; a span is cut there. ``name_end`` says that the name ends at its x."""

    x: float | None
    y: float
    ghost_x: float | None
    forecast_x: float | None
    span_x: float | None
    span_width: float
    name: str
    name_x: float
    name_y: float
    name_end: bool
    mark: Mark

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to draw but the mark itself, as with nearly all where there are many."""
        return self.x is not None and self.ghost_x is None and self.forecast_x is None and not self.name

    @property
    def place(self) -> str:
        """Where the mark stands, as attributes; a number costs a template more than a text."""
        return mark_safe(f'x="{self.x}" y="{self.y}"')  # noqa: S308 (numbers)


@dataclass(frozen=True)
class PlacedLane:
    """``y`` is its upper edge, ``rule_y`` its lower; ``label`` holds lines of text, each with its base line."""

    y: float
    height: float
    rule_y: float
    label: list[tuple[float, str]]
    lane: Lane
    marks: list[PlacedMark]


@dataclass(frozen=True)
class PlacedGroup:
    """A pillar's heading above its lanes."""

    y: float
    text_y: float
    label: str
    lanes: list[PlacedLane]


def placed_lane(lane: Lane, *, y: float, scale: DayScale, size: TimelineSize) -> PlacedLane:
    """The lane with its marks, from ``y`` downwards."""
    above = not size.label_width
    lines = wrapped(lane.label, width=((size.width if above else size.label_width) - 30) / size.font, lines=3)
    head = len(lines) * LINE + 4 if above else 0.0
    first = y + PADDING + head
    if lane.is_open:
        row = NAMED_ROW if above else OPEN_ROW
        marks = [
            _named(mark, y=first + row * (number + 0.5) + (8 if above else 0), scale=scale, above=above)
            for number, mark in enumerate(_in_order(lane.marks))
        ]
        rows_height = max(len(marks), 1) * row
    else:
        marks, rows = _packed(lane.marks, y=first, scale=scale)
        rows_height = max(rows, 1) * ROW
    height = max(rows_height + head, 0.0 if above else len(lines) * LINE) + 2 * PADDING
    text_y = y + PADDING + 12.0
    if not above and not lane.is_open:
        text_y += max((rows_height - len(lines) * LINE) / 2, 0.0)
    return PlacedLane(
        y=round(y, 1),
        height=round(height, 1),
        rule_y=round(y + height, 1),
        label=[(round(text_y + index * LINE, 1), line) for index, line in enumerate(lines)],
        lane=lane,
        marks=marks,
    )


def _in_order(marks: Sequence[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda one: (one.day, one.code))


def _packed(marks: Sequence[Mark], *, y: float, scale: DayScale) -> tuple[list[PlacedMark], int]:
    """Only marks that are shown, each in the first row that has room for it, and how many rows that takes."""
    row_ends: list[float] = []
    placed = []
    for mark in _in_order([one for one in marks if scale.shows(one.day)]):
        x = scale.x(mark.day)
        row = next((index for index, end in enumerate(row_ends) if x - end >= MARK_GAP), len(row_ends))
        row_ends[row:] = [x, *row_ends[row + 1 :]]
        placed.append(_placed(mark, y=y + ROW / 2 + row * ROW, scale=scale))
    return placed, len(row_ends)


def _placed(mark: Mark, *, y: float, scale: DayScale) -> PlacedMark:
    def place(day: date | None) -> float | None:
        return scale.x(day) if day is not None and scale.shows(day) else None

    return PlacedMark(
        x=place(mark.day),
        y=round(y, 1),
        ghost_x=place(mark.baseline_day),
        forecast_x=place(mark.forecast_day),
        span_x=None,
        span_width=0.0,
        name="",
        name_x=0.0,
        name_y=0.0,
        name_end=False,
        mark=mark,
    )


def _named(mark: Mark, *, y: float, scale: DayScale, above: bool) -> PlacedMark:
    """A mark with a row of its own: its span, and its name beside it where there is room, or above."""
    bare = _placed(mark, y=y, scale=scale)
    start, end = scale.x(mark.starts_on or mark.day), scale.x(mark.due_on or mark.day)
    shown = [start, end, *(x for x in (bare.x, bare.ghost_x, bare.forecast_x) if x is not None)]
    wide = width_of(mark.name) * NAME_FONT
    name, name_x, name_y, name_end = mark.name, max(shown) + NAME_GAP, y + 4, False
    if above:
        name, name_x, name_y = wrapped(name, width=(scale.right - scale.left) / NAME_FONT, lines=1)[0], 0.0, y - 13
    elif name_x + wide > scale.right and min(shown) - NAME_GAP - wide >= scale.left:
        name_x, name_end = min(shown) - NAME_GAP, True
    elif name_x + wide > scale.right:  # on its span, which is long where neither side has room
        name_x = start + 6 if start + 6 + wide <= scale.right else scale.left
        name = wrapped(name, width=(scale.right - name_x) / NAME_FONT, lines=1)[0]
    return PlacedMark(
        x=bare.x,
        y=bare.y,
        ghost_x=bare.ghost_x,
        forecast_x=bare.forecast_x,
        span_x=start,
        span_width=round(max(end - start, 0.0), 1),
        name=name,
        name_x=round(name_x, 1),
        name_y=round(name_y, 1),
        name_end=name_end,
        mark=mark,
    )
