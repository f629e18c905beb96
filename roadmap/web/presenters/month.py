"""One month as a calendar shows it: its days with what falls on them, days off and make-up days marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from roadmap.calendars.due_dates import days_off_unknown_text
from roadmap.models import Milestone, Phase
from roadmap.progress.facts import MilestoneLine
from roadmap.web.presenters.values import Badge, Sign, badge_of, milestone_sign
from roadmap.workdays import SATURDAY, WorkCalendar

SHOWN_A_DAY = 4


@dataclass(frozen=True)
class Entry:
    """Something on a day: a gate (no code), a due date, or the date that a report expects instead."""

    kind: str
    code: str
    title: str
    sub: str
    sign: Sign
    badge: Badge | None


@dataclass(frozen=True)
class DayView:
    """A day; ``kind`` is ``off``, ``make-up``, ``weekend`` or nothing, ``mark`` a word for it, ``column`` 1 for Monday.

    ``more`` counts what the day holds beyond its ``entries``.
    """

    number: int
    iso: str
    weekday: str
    full: str
    column: int
    kind: str
    mark: str
    occasion: str
    is_today: bool
    entries: list[Entry]
    more: int


@dataclass(frozen=True)
class MonthView:
    """A month of the calendar; ``provisional`` says what isn't known of its days off yet."""

    title: str
    weekdays: list[str]
    days: list[DayView]
    due: int
    expected: int
    gates: int
    provisional: str

    @property
    def is_empty(self) -> bool:
        """Nothing falls on any of its days."""
        return not (self.due or self.expected or self.gates)


def days_of_month(first: date) -> list[date]:
    """All days of the month that begins on ``first``."""
    return [day for day in (first + timedelta(days=n) for n in range(31)) if day.month == first.month]


def month_view(
    first: date, *, today: date, calendar: WorkCalendar, gates: Iterable[Phase], lines: Sequence[MilestoneLine]
) -> MonthView:
    """The month that begins on ``first``, with the gates and the measured milestones that touch it."""
    days = days_of_month(first)
    entries: dict[date, list[Entry]] = {day: [] for day in days}
    counts = {
        "gate": _put(entries, [(phase.gate_on, _gate(phase)) for phase in gates]),
        "due": _put(entries, [(line.milestone.due_on, _due(line)) for line in lines]),
        "forecast": _put(entries, [(day, _expected(line)) for line in lines if (day := expected_on(line))]),
    }
    return MonthView(
        title=date_format(first, "YEAR_MONTH_FORMAT"),
        weekdays=[date_format(date(2024, 1, number), "D") for number in range(1, 8)],  # it began on a Monday
        days=[_day(day, entries, today=today, calendar=calendar) for day in days],
        due=counts["due"],
        expected=counts["forecast"],
        gates=counts["gate"],
        provisional=days_off_unknown_text(first) if any(map(calendar.is_provisional, days)) else "",
    )


def expected_on(line: MilestoneLine) -> date | None:
    """The day that its latest report expects, of an open milestone, unless it is the due date."""
    latest = line.latest_update
    if latest is None or not line.figures.is_open or latest.forecast_on == line.milestone.due_on:
        return None
    return latest.forecast_on


def _put(entries: Mapping[date, list[Entry]], found: list[tuple[date, Entry]]) -> int:
    """Put each on its day, and count those that fall into the month."""
    within = [(day, entry) for day, entry in found if day in entries]
    for day, entry in within:
        entries[day].append(entry)
    return len(within)


def _day(day: date, entries: Mapping[date, list[Entry]], *, today: date, calendar: WorkCalendar) -> DayView:
    kind, mark = _kind(day, calendar)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return DayView(
        number=day.day,
        iso=day.isoformat(),
        weekday=date_format(day, "D"),
        full=_("%(weekday)s, %(day)s")
        % {"weekday": date_format(day, "l"), "day": date_format(day, "MONTH_DAY_FORMAT")},
        column=day.isoweekday(),
        kind=kind,
        mark=mark,
        occasion=calendar.occasion(day, language=language),
        is_today=day == today,
        entries=entries[day][:SHOWN_A_DAY],
        more=max(len(entries[day]) - SHOWN_A_DAY, 0),
    )


def _kind(day: date, calendar: WorkCalendar) -> tuple[str, str]:
    is_weekend, is_working = day.weekday() >= SATURDAY, calendar.is_working(day)
    if is_working:
        return ("make-up", pgettext("calendar", "worked")) if is_weekend else ("", "")
    if is_weekend and not calendar.occasion(day, language="en"):
        return "weekend", ""
    return "off", pgettext("calendar", "off")


def _gate(phase: Phase) -> Entry:
    badge = badge_of(phase.days_provenance or phase.provenance)  # what the calendar shows is the day
    return Entry("gate", "", phase.title, "", Sign("gate", _("Gate")), badge)


def _due(line: MilestoneLine) -> Entry:
    return _entry("due", line.milestone, milestone_sign(line.figures))


def _expected(line: MilestoneLine) -> Entry:
    return _entry("forecast", line.milestone, Sign("ghost", pgettext("calendar", "Forecast")))


def _entry(kind: str, milestone: Milestone, sign: Sign) -> Entry:
    return Entry(
        kind,
        milestone.code,
        milestone.title,
        milestone.organisation.name if milestone.organisation else "",
        sign,
        badge_of(milestone.provenance),
    )
