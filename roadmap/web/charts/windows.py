"""Spans of time to look at: months around a day, a year, half-year, quarter or month with its parts, the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Window:
    """The days shown, both ends included; ``zoom`` is a key of MONTHS, ``all``, or ``near``."""

    zoom: str
    first: date
    last: date


def whole_years(days: Iterable[date]) -> Window:
    """The years of all these days (at least one)."""
    known = sorted(days)
    return Window("all", date(known[0].year, 1, 1), date(known[-1].year, 12, 31))


def window_around(day: date, *, zoom: str) -> Window:
    """The calendar year, half-year, quarter or month that holds the day."""
    months = MONTHS[zoom]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Window(zoom, start, _months_on(start, months) - timedelta(days=1))


def months_around(day: date) -> Window:
    """Twelve months: that of the day, the four before it and the seven after."""
    start = _months_on(day.replace(day=1), -4)
    return Window("near", start, _months_on(start, 12) - timedelta(days=1))


def neighbours(window: Window) -> tuple[date | None, date | None]:
    """A day of the window before and one of the window after; None beyond the years that are shown, or for ``all``."""
    if window.zoom == "all":
        return None, None
    before, after = window.first - timedelta(days=1), window.last + timedelta(days=1)
    return before if before >= FIRST else None, after if after <= LAST else None


def divisions(window: Window) -> list[tuple[date, date]]:
    """First and last day of each part of the axis: years of all, months of a year or half, weeks, days of a month."""
    if window.zoom == "all":
        return [(date(y, 1, 1), date(y, 12, 31)) for y in range(window.first.year, window.last.year + 1)]
    if window.zoom in ("near", "year", "half"):
        starts = [_months_on(window.first, number) for number in range(MONTHS.get(window.zoom, 12))]
        return [(start, _months_on(start, 1) - timedelta(days=1)) for start in starts]
    step = 7 if window.zoom == "quarter" else 1
    start = window.first - timedelta(days=window.first.weekday() if step == 7 else 0)
    parts = []
    while start <= window.last:
        parts.append((max(start, window.first), min(start + timedelta(days=step - 1), window.last)))
        start += timedelta(days=step)
    return parts


def _months_on(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
