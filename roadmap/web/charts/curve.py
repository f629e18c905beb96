"""The S-curve: planned, earned and verified percent over time, with today and the gates.

A forecast fan finds its room between the last point earned and the right edge, in the same scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.web.charts.scale import DayScale, Tick, year_ticks


@dataclass(frozen=True)
class CurvePoint:
    """Percent planned, earned and verified on a day; the latter two are None on a day ahead."""

    day: date
    planned: Decimal
    earned: Decimal | None
    verified: Decimal | None = None


@dataclass(frozen=True)
class CurveSize:
    """The drawing's size in user units, and the margins around the plot."""

    width: int
    height: int
    left: int = 36
    right: int = 12
    top: int = 26
    bottom: int = 24


@dataclass(frozen=True)
class Gate:
    """A vertical line with a short label."""

    x: float
    label: str


@dataclass(frozen=True)
class Curve:
    """Everything to draw; lines are SVG point lists. ``today_*`` are None when today is outside the plot."""

    size: CurveSize
    left: float
    right: float
    top: float
    bottom: float
    planned: str
    earned: str
    verified: str
    gap: str
    levels: list[tuple[float, int]]
    years: list[Tick]
    gates: list[Gate]
    today_x: float | None
    today_planned_y: float | None
    today_earned_y: float | None
    today_on_right: bool


def curve(
    points: Sequence[CurvePoint], *, gates: Sequence[tuple[date, str]], today: date, size: CurveSize
) -> Curve | None:
    """The drawing of ``points`` (ascending by day, at least two, else None)."""
    if len(points) < 2:
        return None
    left, right = float(size.left), float(size.width - size.right)
    top, bottom = float(size.top), float(size.height - size.bottom)
    scale = DayScale(first=points[0].day, last=points[-1].day, left=left, right=right)

    def y(percent: Decimal) -> float:
        return round(bottom - float(percent) / 100 * (bottom - top), 1)

    past = [(point, point.earned) for point in points if point.earned is not None]
    planned_so_far = [f"{scale.x(point.day)},{y(point.planned)}" for point, _ in past]
    earned_so_far = [f"{scale.x(point.day)},{y(earned)}" for point, earned in past]
    now = past[-1] if past and scale.first <= today <= scale.last else None
    today_x = scale.x(today) if now else None
    return Curve(
        size=size,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        planned=" ".join(f"{scale.x(point.day)},{y(point.planned)}" for point in points),
        earned=" ".join(earned_so_far),
        verified=" ".join(
            f"{scale.x(point.day)},{y(point.verified)}" for point in points if point.verified is not None
        ),
        gap=" ".join(planned_so_far + earned_so_far[::-1]),
        levels=[(y(Decimal(level)), level) for level in (0, 25, 50, 75, 100)],
        years=year_ticks(scale),
        gates=[Gate(x=scale.x(day), label=label) for day, label in gates if scale.first <= day <= scale.last],
        today_x=today_x,
        today_planned_y=y(now[0].planned) if now else None,
        today_earned_y=y(now[1]) if now else None,
        today_on_right=today_x is not None and today_x > (left + right) / 2,
    )
