"""Days to horizontal places, and the ticks of a time axis."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DayScale:
    """Maps the days from ``first`` to ``last`` onto places from ``left`` to ``right``, in user units."""

    first: date
    last: date
    left: float
    right: float

    def shows(self, day: date) -> bool:
        """Whether the day lies between the ends."""
        return self.first <= day <= self.last

    def x(self, day: date) -> float:
        """The place of ``day``, to a tenth; days outside stand at the nearer end."""
        span = (self.last - self.first).days or 1
        share = min(max((day - self.first).days / span, 0.0), 1.0)
        return round(self.left + share * (self.right - self.left), 1)


@dataclass(frozen=True)
class Tick:
    """A year of the axis: the place of its first day, and the middle of what is shown of it."""

    x: float
    middle: float
    year: int


def year_ticks(scale: DayScale) -> list[Tick]:
    """One tick a calendar year that the scale shows."""
    ticks = []
    for year in range(scale.first.year, scale.last.year + 1):
        start, end = scale.x(date(year, 1, 1)), scale.x(date(year, 12, 31))
        ticks.append(Tick(x=start, middle=round((start + end) / 2, 1), year=year))
    return ticks
