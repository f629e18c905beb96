"""A spark: two lines without axes, as wide as they are put, that show whither something goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from roadmap.web.charts.scale import DayScale

WIDTH, HEIGHT, EDGE = 100.0, 30.0, 2.0


@dataclass(frozen=True)
class Spark:
    """SVG point lists in a field of WIDTH × HEIGHT; ``x`` and ``y`` are where the first line ends, in percent."""

    lines: list[str]
    x: float
    y: float


def spark(rows: Sequence[tuple[date, Sequence[Decimal]]]) -> Spark | None:
    """One line for each value of the rows (ascending by day, all of the same length); None for fewer than two rows."""
    if len(rows) < 2:
        return None
    values = [float(value) for _day, each in rows for value in each]
    low, high = min(values), max(values)
    scale = DayScale(first=rows[0][0], last=rows[-1][0], left=0.0, right=WIDTH)

    def y(value: Decimal) -> float:
        share = (float(value) - low) / (high - low) if high > low else 0.0
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    lines = [" ".join(f"{scale.x(day)},{y(each[number])}" for day, each in rows) for number in range(len(rows[0][1]))]
    return Spark(lines=lines, x=scale.x(rows[-1][0]), y=round(y(rows[-1][1][0]) / HEIGHT * 100, 1))
