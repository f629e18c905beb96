"""The timeline: phases as bands up to their gates, initiatives as lanes by pillar, milestones as marks.

A closed lane packs its marks; an open one has a row for each, with its name, planned span, baseline and forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.web.charts.arrows import Arrow, Link, arrows
from roadmap.web.charts.lanes import (
    Group,
    PlacedGroup,
    PlacedLane,
    TimelineSize,
    placed_lane,
)
from roadmap.web.charts.scale import DayScale

GROUP = 26.0
TOP = 48.0
FOOT = 22.0


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
    """The phase's span as far as it is shown, and its gate; ``gate_x`` is None outside."""

    x: float
    width: float
    gate_x: float | None
    label: str


@dataclass(frozen=True)
class AxisPart:
    """Where a part of the axis begins, and where its label stands."""

    x: float
    middle: float
    label: str


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
    parts: list[AxisPart]
    groups: list[PlacedGroup]
    arrows: list[Arrow]
    today_x: float | None


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
    left, right = float(size.label_width or 8), float(size.width - size.right)
    scale = DayScale(first=axis.first, last=axis.last, left=left, right=right)
    y = TOP
    placed = []
    for group in groups:
        group_y = y
        y += GROUP
        lanes: list[PlacedLane] = []
        for lane in group.lanes:
            lanes.append(placed_lane(lane, y=y, scale=scale, size=size))
            y += lanes[-1].height
        placed.append(PlacedGroup(y=group_y, text_y=group_y + 17, label=group.label, lanes=lanes))
    return Timeline(
        width=size.width,
        height=round(y + FOOT, 1),
        left=left,
        right=right,
        top=TOP,
        bottom=round(y, 1),
        bands=_placed_bands(bands, scale),
        parts=[_placed_part(part, scale) for part in axis.parts],
        groups=placed,
        arrows=arrows(links, [mark for group in placed for lane in group.lanes for mark in lane.marks]),
        today_x=scale.x(today) if scale.shows(today) else None,
    )


def _placed_bands(bands: Sequence[Band], scale: DayScale) -> list[PlacedBand]:
    """Bands side by side: each starts where it says, or at the gate before it where they overlap."""
    placed: list[PlacedBand] = []
    end = scale.left
    for band in sorted(bands, key=lambda one: one.gate_on):
        start, gate = max(scale.x(band.starts_on), end), scale.x(band.gate_on)
        width = max(round(gate - start, 1), 0.0)
        gate_x = gate if scale.shows(band.gate_on) else None
        placed.append(PlacedBand(x=start, width=width, gate_x=gate_x, label=band.label))
        end = max(end, gate)
    return placed


def _placed_part(part: tuple[date, date, str], scale: DayScale) -> AxisPart:
    start, end = scale.x(part[0]), scale.x(part[1])
    return AxisPart(x=start, middle=round((start + end) / 2, 1), label=part[2])
