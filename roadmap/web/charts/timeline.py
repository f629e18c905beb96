"""The timeline: phases as bands up to their gates, initiatives as lanes by pillar, milestones as marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.web.charts.scale import DayScale, Tick, year_ticks
from roadmap.web.charts.text import wrapped

MARK_GAP = 15.0  # marks nearer than this go to the next row of their lane
ROW = 18.0
LINE = 16.0
GROUP = 26.0
PADDING = 7.0


@dataclass(frozen=True)
class Mark:
    """A milestone: its day, its day in the baseline where that differs, its state, and what it says and opens."""

    day: date
    state: str
    tip: str
    code: str
    baseline_day: date | None = None


@dataclass(frozen=True)
class Lane:
    """An initiative with its marks."""

    label: str
    marks: Sequence[Mark]
    code: str = ""


@dataclass(frozen=True)
class Group:
    """A pillar with its lanes."""

    label: str
    lanes: Sequence[Lane]


@dataclass(frozen=True)
class Band:
    """A phase up to its gate."""

    label: str
    starts_on: date
    gate_on: date


@dataclass(frozen=True)
class TimelineSize:
    """Width of the drawing; with ``label_width`` 0, labels stand above their lanes instead of left of them."""

    width: int
    label_width: int
    font: float = 13.0
    right: int = 14


@dataclass(frozen=True)
class PlacedMark:
    x: float
    y: float
    ghost_x: float | None
    mark: Mark


@dataclass(frozen=True)
class PlacedLane:
    """``y`` is its upper edge, ``rule_y`` its lower; ``label`` holds lines of text, each with its base line."""

    y: float
    height: float
    rule_y: float
    label: list[tuple[float, str]]
    code: str
    marks: list[PlacedMark]


@dataclass(frozen=True)
class PlacedGroup:
    y: float
    text_y: float
    label: str
    lanes: list[PlacedLane]


@dataclass(frozen=True)
class PlacedBand:
    x: float
    width: float
    gate_x: float
    label: str
    label_x: float


@dataclass(frozen=True)
class Timeline:
    """Everything to draw, in user units; ``today_x`` is None when today is outside."""

    width: int
    height: float
    left: float
    right: float
    top: float
    bottom: float
    bands: list[PlacedBand]
    years: list[Tick]
    groups: list[PlacedGroup]
    today_x: float | None


def timeline(
    *, bands: Sequence[Band], groups: Sequence[Group], starts_on: date, today: date, size: TimelineSize
) -> Timeline:
    """Place everything. Whole years are shown, from the first day of anything to the last; nothing overlaps."""
    scale = _scale(bands, groups, starts_on=starts_on, size=size)
    top = 48.0
    y = top
    placed = []
    for group in groups:
        group_y = y
        y += GROUP
        lanes = []
        for lane in group.lanes:
            lanes.append(_placed_lane(lane, y=y, scale=scale, size=size))
            y += lanes[-1].height
        placed.append(PlacedGroup(y=group_y, text_y=group_y + 17, label=group.label, lanes=lanes))
    return Timeline(
        width=size.width,
        height=round(y + 22, 1),
        left=scale.left,
        right=scale.right,
        top=top,
        bottom=round(y, 1),
        bands=_placed_bands(bands, scale),
        years=year_ticks(scale),
        groups=placed,
        today_x=scale.x(today) if scale.first <= today <= scale.last else None,
    )


def _scale(bands: Sequence[Band], groups: Sequence[Group], *, starts_on: date, size: TimelineSize) -> DayScale:
    marks = [mark for group in groups for lane in group.lanes for mark in lane.marks]
    days = [starts_on, *(mark.day for mark in marks), *(mark.baseline_day for mark in marks if mark.baseline_day)]
    days += [band.starts_on for band in bands] + [band.gate_on for band in bands]
    left = float(size.label_width or 8)
    return DayScale(
        first=date(min(days).year, 1, 1),
        last=date(max(days).year, 12, 31),
        left=left,
        right=float(size.width - size.right),
    )


def _placed_bands(bands: Sequence[Band], scale: DayScale) -> list[PlacedBand]:
    """Bands side by side: each starts where it says, or at the gate before it where they overlap."""
    placed: list[PlacedBand] = []
    for band in sorted(bands, key=lambda one: one.gate_on):
        start = max(scale.x(band.starts_on), placed[-1].gate_x if placed else scale.left)
        gate = scale.x(band.gate_on)
        width = max(round(gate - start, 1), 0.0)
        placed.append(PlacedBand(x=start, width=width, gate_x=gate, label=band.label, label_x=gate))
    return placed


def _placed_lane(lane: Lane, *, y: float, scale: DayScale, size: TimelineSize) -> PlacedLane:
    if size.label_width:
        lines = wrapped(lane.label, width=(size.label_width - 14) / size.font, lines=3)
        head = 0.0
    else:
        lines = wrapped(lane.label, width=(size.width - 16) / size.font, lines=2)
        head = len(lines) * LINE + 4
    first_row = y + PADDING + head + ROW / 2
    row_ends: list[float] = []
    marks = []
    for mark in sorted(lane.marks, key=lambda one: (one.day, one.code)):
        x = scale.x(mark.day)
        row = next((index for index, end in enumerate(row_ends) if x - end >= MARK_GAP), len(row_ends))
        row_ends[row:] = [x, *row_ends[row + 1 :]]
        ghost = scale.x(mark.baseline_day) if mark.baseline_day else None
        marks.append(PlacedMark(x=x, y=round(first_row + row * ROW, 1), ghost_x=ghost, mark=mark))
    rows_height = max(len(row_ends), 1) * ROW
    height = max(rows_height + head, 0.0 if head else len(lines) * LINE) + 2 * PADDING
    text_y = y + PADDING + (12.0 if head else max((rows_height - len(lines) * LINE) / 2, 0.0) + 12.0)
    return PlacedLane(
        y=round(y, 1),
        height=round(height, 1),
        rule_y=round(y + height, 1),
        label=[(round(text_y + index * LINE, 1), line) for index, line in enumerate(lines)],
        code=lane.code,
        marks=marks,
    )
