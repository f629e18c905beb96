"""The timeline: phases as bands up to their gates, initiatives as lanes by pillar, milestones as marks.

A closed lane has one row of marks and clusters; an open one a row for each milestone, with its name, planned span,
baseline and forecast. Names and marks never meet: lines run where marks stand, and labels have places of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.web.charts.arrows import Arrow, Link, arrows
from roadmap.web.charts.lanes import (
    LINE,
    Group,
    PlacedGroup,
    PlacedLane,
    TimelineSize,
    placed_lane,
)
from roadmap.web.charts.scale import DayScale
from roadmap.web.charts.text import width_of, wrapped

TOP = 48.0
FOOT = 22.0
AXIS_FONT = 12.0
GATE_FONT = 13.0  # a little more than it is drawn in: it is bold


@dataclass(frozen=True)
class Band:
    """A phase up to its gate."""

    label: str
    starts_on: date
    gate_on: date


@dataclass(frozen=True)
class Axis:
    """The days shown, and the parts of the axis: first day, last day, label (empty for one without)."""

    first: date
    last: date
    parts: Sequence[tuple[date, date, str]]


@dataclass(frozen=True)
class PlacedBand:
    """The phase's span as far as it is shown, and its gate; ``gate_x`` is None outside. ``label`` ends there, and
    is empty where there is no room for it; ``name`` is all of it."""

    x: float
    width: float
    gate_x: float | None
    label: str
    name: str = ""


@dataclass(frozen=True)
class AxisPart:
    """Where a part of the axis begins, and where its label stands."""

    x: float
    middle: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """Everything to draw, in user units; ``today_x`` is None when today is outside, ``today_label_x`` the middle of its
    label. Lines from top to bottom run through ``rows`` only, upper and lower edges."""

    width: int
    names_width: int
    height: float
    left: float
    right: float
    top: float
    bottom: float
    bands: list[PlacedBand]
    parts: list[AxisPart]
    groups: list[PlacedGroup]
    arrows: list[Arrow]
    today_x: float | None
    today_label_x: float
    rows: list[tuple[float, float]]
    first: date
    last: date

    @property
    def body_height(self) -> float:
        """Of all below the axis."""
        return round(self.height - self.top, 1)

    @property
    def plot_width(self) -> int:
        """Of what stands beside the names."""
        return self.width - self.names_width


def timeline(
    *,
    bands: Sequence[Band],
    groups: Sequence[Group],
    links: Sequence[Link] = (),
    axis: Axis,
    today: date,
    size: TimelineSize,
) -> Timeline:
    """Place everything that the axis shows; nothing overlaps."""
    left, right = float(size.label_width + 16), float(size.width - size.right)
    scale = DayScale(first=axis.first, last=axis.last, left=left, right=right)
    y = TOP
    placed = []
    for group in groups:
        group_y = y
        lines = wrapped(group.label, width=size.for_labels / size.font / 1.06, lines=2)  # bold
        y += len(lines) * LINE + 10
        below: list[PlacedLane] = []
        for lane in group.lanes:
            below.append(placed_lane(lane, y=y, scale=scale, size=size))
            y += below[-1].height
        placed.append(
            PlacedGroup(
                y=round(group_y, 1),
                label=[(round(group_y + 17 + index * LINE, 1), line) for index, line in enumerate(lines)],
                lanes=below,
            )
        )
    lanes = [lane for group in placed for lane in group.lanes]
    return Timeline(
        width=size.width,
        names_width=size.label_width,
        height=round(y + FOOT, 1),
        left=left,
        right=right,
        top=TOP,
        bottom=round(y, 1),
        bands=_placed_bands(bands, scale),
        parts=[_placed_part(part, scale) for part in axis.parts],
        groups=placed,
        arrows=arrows(links, [mark for lane in lanes if lane.lane.is_open for mark in lane.marks]),
        today_x=scale.x(today) if scale.shows(today) else None,
        today_label_x=min(max(scale.x(today), left + 20), right - 20),
        first=axis.first,
        last=axis.last,
        rows=[(TOP, round(y, 1))] if size.label_width else [row for lane in lanes for row in lane.rows],
    )


def _placed_bands(bands: Sequence[Band], scale: DayScale) -> list[PlacedBand]:
    """Bands side by side: each starts where it says, or at the gate before it where they overlap."""
    placed: list[PlacedBand] = []
    end = free = scale.left
    for band in sorted(bands, key=lambda one: one.gate_on):
        start, gate = max(scale.x(band.starts_on), end), scale.x(band.gate_on)
        width = max(round(gate - start, 1), 0.0)
        gate_x = gate if scale.shows(band.gate_on) else None
        label = ""
        if gate_x is not None and gate_x - free > 3 * GATE_FONT:
            label = wrapped(band.label, width=(gate_x - free) / GATE_FONT, lines=1)[0]
            free = gate_x + 8
        placed.append(PlacedBand(x=start, width=width, gate_x=gate_x, label=label, name=band.label))
        end = max(end, gate)
    return placed


def _placed_part(part: tuple[date, date, str], scale: DayScale) -> AxisPart:
    start, end = scale.x(part[0]), scale.x(part[1])
    fits = width_of(part[2]) * AXIS_FONT + 4 <= end - start
    return AxisPart(x=start, middle=round((start + end) / 2, 1), label=part[2] if fits else "")
