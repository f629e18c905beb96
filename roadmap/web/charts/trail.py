"""The trail of an indicator: its values over time from zero up, and its target."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.web.charts.scale import DayScale

WIDTH, HEIGHT = 260, 84
LEFT, RIGHT, TOP, BOTTOM = 8.0, 252.0, 10.0, 64.0


@dataclass(frozen=True)
class Spot:
    """One value at its place."""

    x: float
    y: float


@dataclass(frozen=True)
class Trail:
    """Everything to draw: the line through all spots (an SVG point list), the target's height and place."""

    width: int
    height: int
    line: str
    spots: list[Spot]
    first_year: int
    last_year: int
    target_y: float | None
    target: Spot | None


def trail(
    values: Sequence[tuple[date, Decimal]], *, target: Decimal | None = None, target_on: date | None = None
) -> Trail | None:
    """The drawing of values (ascending by day); None where there are neither two of them nor one and a target."""
    if len(values) < (1 if target is not None else 2):
        return None
    days = [day for day, _value in values] + ([target_on] if target is not None and target_on else [])
    known = [value for _day, value in values] + ([target] if target is not None else [])
    low, high = min(*known, Decimal(0)), max(*known, Decimal(0))
    scale = DayScale(first=min(days), last=max(days), left=LEFT, right=RIGHT)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low)) if high > low else 0.0
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    spots = [Spot(scale.x(day), y(value)) for day, value in values]
    return Trail(
        width=WIDTH,
        height=HEIGHT,
        line=" ".join(f"{spot.x},{spot.y}" for spot in spots),
        spots=spots,
        first_year=min(days).year,
        last_year=max(days).year,
        target_y=None if target is None else y(target),
        target=Spot(scale.x(target_on), y(target)) if target is not None and target_on else None,
    )
