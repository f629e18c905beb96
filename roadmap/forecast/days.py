"""Working days by number, so that dates can be added and compared in whole arrays. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class WorkDays:
    """The working days of a stretch, ascending; a day's number is its place among them.

    What lies beyond the last of them counts as the last.
    """

    days: Sequence[date]

    @classmethod
    def of(cls, calendar: WorkCalendar, *, first: date, last: date) -> "WorkDays":
        """Those of ``calendar`` from the one to the other, and one before the first."""
        start = calendar.shift(first, -1).toordinal()
        stretch = (date.fromordinal(number) for number in range(start, last.toordinal() + 1))
        return cls([day for day in stretch if calendar.is_working(day)])

    def up_to(self, day: date) -> int:
        """The number of the last working day up to ``day``: what is done on a day off is done by the day before it."""
        return max(bisect_right(self.days, day) - 1, 0)

    def since(self, day: date) -> int:
        """The number of the first working day from ``day`` on: nobody begins on a day off."""
        return min(bisect_left(self.days, day), len(self.days) - 1)

    def day(self, number: float) -> date:
        """The day of that number."""
        return self.days[min(max(int(number), 0), len(self.days) - 1)]

    @property
    def last(self) -> int:
        """The greatest number: what comes out there may as well be later."""
        return len(self.days) - 1
