"""The lanes of a timeline: where each mark, cluster, span, baseline, forecast and name stands. Nothing overlaps.

Names stand in a column of their own beside the drawing, or on a line of their own above their row where it is narrow;
so no name meets a mark, whatever it is called.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import mark_safe

from roadmap.web.charts.scale import DayScale
from roadmap.web.charts.text import wrapped

MARK_GAP = 16.0  # marks nearer than this become a cluster in a closed lane, and hide each other's lesser signs
CLUSTER_SPAN = 60.0  # of what stands in one cluster
HALF = 8.0  # of a mark's width and height
ROW = 20.0
OPEN_ROW = 24.0
LINE = 16.0
NAME_LINE = 14.0
PADDING = 7.0
INDENT = 16.0  # of names below their initiative's
NAME_FONT = 12.0
WORST_FIRST = ("late", "risk", "track", "done", "cancelled")
NAMED = 8  # milestones that a cluster names


@dataclass(frozen=True)
class Mark:
    """A milestone: the day on which it stands, the days of its plan, baseline and forecast where these differ, its
    state, its name, and what it says and opens; ``move`` is where it is given another due date, for who may."""

    day: date
    state: str
    tip: str
    code: str
    address: str = ""
    move: str = ""
    name: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    baseline_day: date | None = None
    forecast_day: date | None = None


def _nowhere(_first: date, _last: date) -> str:
    return ""


@dataclass(frozen=True)
class Lane:
    """An initiative with its marks; ``toggle`` is the address that opens or closes it, ``nearer`` gives the one that
    shows the days of a cluster from nearer by."""

    label: str
    marks: Sequence[Mark]
    code: str = ""
    is_open: bool = False
    toggle: str = ""
    nearer: Callable[[date, date], str] = _nowhere


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
    right: int = 16

    @property
    def for_labels(self) -> float:
        """How wide a label may be."""
        return float(self.label_width or self.width) - 8


@dataclass(frozen=True)
class PlacedMark:
    """Places are None outside of what is shown; a span is cut there. ``name`` holds lines of text, each with its base
    line, at ``name_x``."""

    x: float | None
    y: float
    ghost_x: float | None
    forecast_x: float | None
    span_x: float | None
    span_width: float
    name: list[tuple[float, str]]
    name_x: float
    mark: Mark

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to draw but the mark itself, as with nearly all where there are many."""
        return self.x is not None and self.ghost_x is None and self.forecast_x is None

    @property
    def place(self) -> str:
        """Where the mark stands, as attributes; a number costs a template more than a text."""
        return mark_safe(f'x="{self.x}" y="{self.y}"')  # noqa: S308 (numbers)


@dataclass(frozen=True)
class Cluster:
    """Marks too near to each other to be told apart, the worst state of them; ``address`` shows them from nearer by."""

    x: float
    y: float
    radius: float
    state: str
    tip: str
    address: str
    count: int


@dataclass(frozen=True)
class PlacedLane:
    """``y`` is its upper edge, ``rule_y`` its lower; ``label`` holds lines of text, each with its base line. ``rows``
    are the upper and lower edges of where marks stand, and nothing else."""

    y: float
    height: float
    rule_y: float
    label: list[tuple[float, str]]
    lane: Lane
    marks: list[PlacedMark]
    clusters: list[Cluster]
    rows: list[tuple[float, float]]


@dataclass(frozen=True)
class PlacedGroup:
    """A pillar's heading above its lanes; ``label`` holds lines of text, each with its base line."""

    y: float
    label: list[tuple[float, str]]
    lanes: list[PlacedLane]


def placed_lane(lane: Lane, *, y: float, scale: DayScale, size: TimelineSize) -> PlacedLane:
    """The lane with its marks, from ``y`` downwards."""
    above = not size.label_width
    lines = wrapped(lane.label, width=(size.for_labels - 18) / size.font, lines=3)  # a sign before it opens the lane
    head = len(lines) * LINE
    label_y = y + PADDING + 12.0
    clusters: list[Cluster] = []
    rows: list[tuple[float, float]] = []
    if lane.is_open:
        marks, end = [], y + PADDING + head + 4
        for mark in _in_order(lane.marks):
            placed, (upper, lower), end = _open_row(mark, y=end, scale=scale, size=size)
            marks.append(placed)
            rows.append((upper, lower))
        bottom = end + PADDING
    elif above:
        middle = y + PADDING + head + 4 + ROW / 2
        marks, clusters = _packed(lane, y=middle, scale=scale)
        rows, bottom = [(middle - ROW / 2, middle + ROW / 2)], middle + ROW / 2 + PADDING
    else:
        bottom = y + max(head, ROW) + 2 * PADDING
        middle = (y + bottom) / 2
        marks, clusters = _packed(lane, y=middle, scale=scale)
        rows = [(middle - ROW / 2, middle + ROW / 2)]
        label_y += max((ROW - head) / 2, 0.0)
    return PlacedLane(
        y=round(y, 1),
        height=round(bottom - y, 1),
        rule_y=round(bottom, 1),
        label=_lines(lines, y=label_y, step=LINE),
        lane=lane,
        marks=marks,
        clusters=clusters,
        rows=[(round(upper, 1), round(lower, 1)) for upper, lower in rows],
    )


def _lines(texts: Sequence[str], *, y: float, step: float) -> list[tuple[float, str]]:
    return [(round(y + index * step, 1), text) for index, text in enumerate(texts)]


def _in_order(marks: Sequence[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda one: (one.day, one.code))


def _open_row(
    mark: Mark, *, y: float, scale: DayScale, size: TimelineSize
) -> tuple[PlacedMark, tuple[float, float], float]:
    """A mark with a row of its own from ``y`` down, the row's edges, and where the next begins."""
    above = not size.label_width
    indent = 0.0 if above else INDENT
    lines = wrapped(mark.name, width=(size.for_labels - indent) / NAME_FONT, lines=1 if above else 2)
    named = len(lines) * NAME_LINE
    if above:
        middle, end = y + named + 2 + ROW / 2, y + named + 2 + ROW + 4
        name = _lines(lines, y=y + 11, step=NAME_LINE)
    else:
        end = y + max(OPEN_ROW, named + 8)
        middle = (y + end) / 2
        name = _lines(lines, y=middle - named / 2 + 11, step=NAME_LINE)
    start, due = scale.x(mark.starts_on or mark.day), scale.x(mark.due_on or mark.day)
    x = _shown(mark.day, scale)
    forecast_x = _apart(_shown(mark.forecast_day, scale), x)
    ghost_x = _apart(_shown(mark.baseline_day, scale), x, forecast_x)
    placed = PlacedMark(
        x=x,
        y=round(middle, 1),
        ghost_x=ghost_x,
        forecast_x=forecast_x,
        span_x=start,
        span_width=round(max(due - start, 0.0), 1),
        name=name,
        name_x=indent,
        mark=mark,
    )
    return placed, (middle - ROW / 2, middle + ROW / 2), end


def _shown(day: date | None, scale: DayScale) -> float | None:
    return scale.x(day) if day is not None and scale.shows(day) else None


def _apart(x: float | None, *others: float | None) -> float | None:
    """The place, unless it would lie on what stands there: days so near each other are told in words only."""
    return None if x is None or any(other is not None and abs(x - other) < MARK_GAP for other in others) else x


def _packed(lane: Lane, *, y: float, scale: DayScale) -> tuple[list[PlacedMark], list[Cluster]]:
    """The marks that are shown in one row; those too near to each other as clusters."""
    heaps: list[list[tuple[float, Mark]]] = []
    for mark in _in_order([one for one in lane.marks if scale.shows(one.day)]):
        x = scale.x(mark.day)
        if heaps and x - heaps[-1][-1][0] < MARK_GAP and x - heaps[-1][0][0] < CLUSTER_SPAN:
            heaps[-1].append((x, mark))
        else:
            heaps.append([(x, mark)])
        while len(heaps) > 1 and _middle(heaps[-1]) - _middle(heaps[-2]) < _half(heaps[-1]) + _half(heaps[-2]) + 1:
            heaps[-2:] = [heaps[-2] + heaps[-1]]
    marks = [_alone(mark, x=x, y=y) for (x, mark), *others in heaps if not others]
    return marks, [_cluster(heap, lane, y=y) for heap in heaps if len(heap) > 1]


def _middle(heap: Sequence[tuple[float, Mark]]) -> float:
    return round((heap[0][0] + heap[-1][0]) / 2, 1)


def _half(heap: Sequence[tuple[float, Mark]]) -> float:
    return HALF if len(heap) == 1 else 6.0 + 3.0 * len(str(len(heap)))


def _alone(mark: Mark, *, x: float, y: float) -> PlacedMark:
    return PlacedMark(x, round(y, 1), None, None, None, 0.0, [], 0.0, mark)


def _cluster(heap: Sequence[tuple[float, Mark]], lane: Lane, *, y: float) -> Cluster:
    marks = [mark for _x, mark in heap]
    more = [f"+ {len(marks) - NAMED}"] if len(marks) > NAMED else []
    return Cluster(
        x=_middle(heap),
        y=round(y, 1),
        radius=_half(heap),
        state=min((mark.state for mark in marks), key=WORST_FIRST.index),
        tip="\n".join([mark.tip for mark in marks[:NAMED]] + more),
        address=lane.nearer(marks[0].day, marks[-1].day),
        count=len(marks),
    )
