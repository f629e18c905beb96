"""Sparklines: a handful of values as a row of bars, made of characters, which every mail program shows."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from roadmap.progress.shown import shown_percent

PERIODS = 12
LEVELS = "▁▂▃▄▅▆▇"
# A rise of less than this many points from end to end isn't drawn as a cliff
LEAST_SPAN = Decimal(5)


@dataclass(frozen=True)
class Spark:
    """The bars of some values, and the first and last value in whole percents."""

    text: str
    first: int
    last: int


def spark_of(values: Sequence[Decimal | None]) -> Spark | None:
    """The bars of the percentages, from the first known one on; None when fewer than two are known.

    They stand on the lowest value, not on zero: a sparkline shows the way, the numbers beside it say how far.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    lowest = min(known)
    span = max(max(known) - lowest, LEAST_SPAN)
    levels = [int((value - lowest) / span * (len(LEVELS) - 1) + Decimal("0.5")) for value in known]
    return Spark(
        text="".join(LEVELS[level] for level in levels),
        first=int(shown_percent(known[0])),
        last=int(shown_percent(known[-1])),
    )


def spark_days(frequency: str, *, today: date) -> list[date]:
    """Today and the days so many periods (of a ``Frequency``) before it, ascending."""
    if frequency == "monthly":
        return [_months_before(today, back) for back in range(PERIODS, -1, -1)]
    step = timedelta(days=7 if frequency == "weekly" else 1)
    return [today - back * step for back in range(PERIODS, -1, -1)]


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
