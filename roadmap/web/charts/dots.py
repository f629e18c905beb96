"""When a gate will be made, as twenty dots: each stands for five of a hundred trials, at the day on which they end.

Read by counting: so many of twenty lie before the gate (quantile dot plots: Kay, Kola, Hullman and Munson, 2016).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.web.charts.scale import DayScale

RADIUS = 6.0
EDGE = 34.0  # half a label of the axis
LINE = 16.0  # between labels that stand over each other
MOST_TICKS = {True: 6, False: 3}  # wide, narrow
STEPS = (1, 2, 3, 6, 12, 24, 60)  # months between ticks


@dataclass(frozen=True)
class Dot:
    """A dot; ``is_late`` beyond the gate."""

    x: float
    y: float
    is_late: bool


@dataclass(frozen=True)
class Mark:
    """A day with its label, whose base line is at ``y``; ``anchor`` keeps it inside."""

    x: float
    y: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Dots:
    """Everything to draw, in user units."""

    width: float
    height: float
    bottom: float
    dots: list[Dot]
    marks: list[Mark]
    gate: Mark
    ticks: list[tuple[float, date]]


def dots(days: Sequence[date], *, gate: date, gate_label: str, marks: Mapping[str, date], width: int) -> Dots:
    """The drawing of ``days``, ascending, one a dot, with ``marks`` (label: day) over them."""
    first, last = min(gate, days[0], *marks.values()), max(gate, days[-1], *marks.values())
    left, right = 2 * RADIUS, width - 2 * RADIUS
    scale = DayScale(first=first, last=last, left=left, right=right)
    column = [int((scale.x(day) - left) // (2 * RADIUS)) for day in days]
    highest = max(Counter(column).values())
    top = LINE * (len(marks) + 1) + 4
    bottom = round(top + highest * 2 * RADIUS + 6, 1)
    stacked: Counter[int] = Counter()
    drawn = []
    for day, place in zip(days, column, strict=True):
        y = bottom - RADIUS - stacked[place] * 2 * RADIUS
        stacked[place] += 1
        drawn.append(Dot(round(left + (place + 0.5) * 2 * RADIUS, 1), round(y, 1), day > gate))
    named = [_mark(scale.x(day), LINE * (row + 2) - 4, label, width) for row, (label, day) in enumerate(marks.items())]
    return Dots(
        width=width,
        height=bottom + 24,
        bottom=bottom,
        dots=drawn,
        marks=named,
        gate=_mark(scale.x(gate), LINE - 4, gate_label, width),
        ticks=_ticks(scale, most=MOST_TICKS[width > 400]),
    )


def _mark(x: float, y: float, label: str, width: int) -> Mark:
    return Mark(x, y, label, "end" if x > width / 2 else "start")


def _ticks(scale: DayScale, *, most: int) -> list[tuple[float, date]]:
    """The first days of months, evenly apart, at most so many."""
    months = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(scale.first.year * 12 + scale.first.month, scale.last.year * 12 + scale.last.month)
    ]
    for step in STEPS:
        found = [day for day in months if (day.year * 12 + day.month - 1) % step == 0]
        if len(found) <= most:
            break
    return [(x, day) for day in found if scale.left + EDGE <= (x := scale.x(day)) <= scale.right - EDGE]
