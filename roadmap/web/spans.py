"""The two days between which a page tells what changed: as asked in the address, and the usual ones to choose from."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from roadmap.models import Phase
from roadmap.web.frame import Frame, query_of
from roadmap.written_days import read_day

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """From the end of one day to the end of another; ``problem`` says what couldn't be taken as it was asked."""

    first: date
    last: date
    problem: str


@dataclass(frozen=True)
class Preset:
    """A usual span, ``is_chosen`` while it is shown."""

    label: str
    query: str
    is_chosen: bool


def span_asked(request: HttpRequest, *, frame: Frame) -> Span:
    """What ``?from=2026-01-01&to=2026-01-31`` asks for; without, the week that ends on the day shown.

    Days that can't be read, lie ahead or lie before the roadmap begins are left out with a word; two in the wrong order
    are turned round.
    """
    problems = []
    days: dict[str, date | None] = {"from": None, "to": None}
    for name in days:
        text = request.GET.get(name, "").strip()
        if text:
            days[name], problem = _day(text, frame)
            problems.append(problem)
    last = days["to"] or frame.as_of
    first = days["from"] or max(last - WEEK, frame.roadmap.starts_on)
    if first > last:
        first, last = last, first
        problems.append(_("The first day lay after the second; they were swapped."))
    return Span(first, last, " ".join(filter(None, problems)))


def presets(span: Span, phases: list[Phase], *, frame: Frame) -> list[Preset]:
    """The usual spans up to the last day of this one; since the last gate only once one has passed."""
    last = span.last
    passed = [phase.gate_on for phase in phases if phase.gate_on < last]
    found = [
        (pgettext("span", "one day"), last - timedelta(days=1)),
        (pgettext("span", "a week"), last - WEEK),
        (pgettext("span", "a month"), _month_before(last)),
        *([(pgettext("span", "since the last gate"), max(passed))] if passed else []),
        (pgettext("span", "from the beginning"), frame.roadmap.starts_on),
    ]
    ends = {} if last == frame.as_of else {"to": last.isoformat()}
    return [
        Preset(label, query_of(frame.kept | {"from": first.isoformat()} | ends), first == span.first)
        for label, first in found
        if frame.roadmap.starts_on <= first <= last
    ]


def _month_before(day: date) -> date:
    """The same day of the month before, or that month's last."""
    end = day.replace(day=1) - timedelta(days=1)
    return end.replace(day=min(day.day, end.day))


def _day(text: str, frame: Frame) -> tuple[date | None, str]:
    try:
        day = read_day(text)
    except ValueError:
        return None, _("“%(asked)s” is not a date, and is left out. Write it as 2026-01-31.") % {"asked": text[:20]}
    if frame.roadmap.starts_on <= day <= frame.today:
        return day, ""
    return None, _("%(day)s is left out: choose days from %(first)s to today.") % {
        "day": date_format(day),
        "first": date_format(frame.roadmap.starts_on),
    }
