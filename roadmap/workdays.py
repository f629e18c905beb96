"""Which days are worked, and counting in them. Pure: people's overrides are handed in (``WorkdayOverride`` rows).

Mainland China's published years (with make-up days, 调休) come from chinesecalendar; a year not yet published falls
back to the statutory holidays and is *provisional*: its make-up days are still unknown. Hong Kong and Macao have no
make-up days; their public holidays come from holidays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import holidays

MAINLAND = "CN"
SATURDAY = 5
FIRST_PUBLISHED = min(chinese_calendar.holidays).year
LAST_PUBLISHED = max(chinese_calendar.holidays).year
ONE_DAY = timedelta(days=1)


@cache
def _public_holidays(code: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(code, years=year))


@cache
def _is_published_workday(day: date) -> bool:
    """Kept, as the library looks through all its days each time: a quarter of what planning reminders took."""
    return bool(chinese_calendar.is_workday(day))


LANGUAGES = {"zh": "zh_CN", "en": "en_US"}
PUBLISHED_NAMES = {one.value: {"zh": one.chinese, "en": one.value} for one in chinese_calendar.Holiday}


@cache
def _holiday_names(code: str, year: int, language: str) -> Mapping[date, str]:
    return dict(holidays.country_holidays(code, years=year, language=LANGUAGES[language]))


@dataclass(frozen=True)
class WorkCalendar:
    """One calendar's working days, with people's own word on single days over them.

    ``code`` is ISO 3166's: ``CN``, ``HK`` or ``MO``. ``entered_years`` are years whose schedule people entered in full
    as overrides, so that they no longer count as provisional.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    code: str = MAINLAND
    entered_years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        if day in self.overrides:
            return self.overrides[day]
        if self.code == MAINLAND and FIRST_PUBLISHED <= day.year <= LAST_PUBLISHED:
            return _is_published_workday(day)
        return day.weekday() < SATURDAY and day not in _public_holidays(self.code, day.year)

    def occasion(self, day: date, *, language: str) -> str:
        """Which holiday a day off belongs to, in ``zh`` or ``en``; empty for other days and for people's own days."""
        if day in self.overrides or self.is_working(day):
            return ""
        if self.code == MAINLAND and FIRST_PUBLISHED <= day.year <= LAST_PUBLISHED:
            name = chinese_calendar.holidays.get(day)
            return PUBLISHED_NAMES[name][language] if name else ""
        return _holiday_names(self.code, day.year, language).get(day, "")

    def is_provisional(self, day: date) -> bool:
        """Whether the schedule of the day's year isn't published yet, so that the answer may still change."""
        is_open = self.code == MAINLAND and day.year > LAST_PUBLISHED and day.year not in self.entered_years
        return is_open and day not in self.overrides

    def is_provisional_between(self, start: date, end: date) -> bool:
        """Whether counting from one of these days to the other, whichever is the earlier, may still change."""
        first, last = sorted((start, end))
        years = range(max(first.year, LAST_PUBLISHED + 1), last.year + 1)
        return self.code == MAINLAND and any(year not in self.entered_years for year in years)

    def working_day_on_or_before(self, day: date) -> date:
        """``day`` itself if it is worked, else the last worked day before it."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def working_day_on_or_after(self, day: date) -> date:
        """``day`` itself if it is worked, else the next worked day."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def shift(self, day: date, working_days: int) -> date:
        """The worked day that many working days after ``day`` (before it, if negative); 0 is ``day`` itself."""
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def day_after_lag(self, done_on: date, lag_working_days: int) -> date:
        """The first working day on which a successor may begin, once so many have passed since ``done_on``."""
        return self.shift(done_on, lag_working_days + 1)

    def working_days_between(self, start: date, end: date) -> int:
        """How many worked days follow ``start`` up to and with ``end``; negative when ``end`` lies before ``start``."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
