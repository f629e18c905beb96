"""Which days are worked, and counting in them. Pure: people's overrides are handed in (``WorkdayOverride`` rows).

China's published years (with make-up days, 调休) come from chinesecalendar; a year not yet published falls back to the
statutory holidays and is *provisional*: its make-up days are still unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import holidays

SATURDAY = 5
FIRST_PUBLISHED = min(chinese_calendar.holidays).year
LAST_PUBLISHED = max(chinese_calendar.holidays).year
ONE_DAY = timedelta(days=1)


@cache
def _statutory_days(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=year))


@dataclass(frozen=True)
class WorkCalendar:
    """China's working days, with people's own word on single days over them."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        if day in self.overrides:
            return self.overrides[day]
        if FIRST_PUBLISHED <= day.year <= LAST_PUBLISHED:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY and day not in _statutory_days(day.year)

    def is_provisional(self, day: date) -> bool:
        """Whether the schedule of the day's year isn't published yet, so that the answer may still change."""
        return day.year > LAST_PUBLISHED and day not in self.overrides

    def working_day_on_or_before(self, day: date) -> date:
        """``day`` itself if it is worked, else the last worked day before it."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def shift(self, day: date, working_days: int) -> date:
        """The worked day that many working days after ``day`` (before it, if negative); 0 is ``day`` itself."""
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many worked days follow ``start`` up to and with ``end``; negative when ``end`` lies before ``start``."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
