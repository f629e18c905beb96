"""Due dates and gates as an iCalendar file (RFC 5545), for the feed and for mails alike. Texts in the active language.

Who may see what, and which milestones belong in the file, is decided by whoever calls. The file bears no METHOD: it is
something to read in, not an invitation to answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from roadmap.calendars.edits import Edit, Edits
from roadmap.models import Milestone, Phase
from roadmap.texts import clean_text
from roadmap.vocabulary import MilestoneStatus, Provenance

ONE_DAY = timedelta(days=1)
END = b"END:VCALENDAR"


@dataclass(frozen=True)
class CalendarDay:
    """An event that lasts a whole day. ``uid`` and the number of its last ``edit`` let a calendar replace what it took
    in before; the same state makes the same bytes."""

    uid: str
    day: date
    title: str
    text: str
    address: str
    edit: Edit
    is_cancelled: bool = False


def milestone_day(milestone: Milestone, *, edits: Edits, is_provisional: Callable[[date], bool]) -> CalendarDay:
    """A milestone's due date; its initiative with pillar, its phase and organisation must be at hand.

    ``is_provisional`` says of a day that its year's days off aren't published yet, which the text then mentions.
    """
    initiative = milestone.initiative
    lines = [
        _one_line(f"{initiative.title} · {initiative.pillar.title}"),
        _one_line(milestone.phase.title),
        _one_line(str(milestone.organisation or "")),
        _("Done") if milestone.status == MilestoneStatus.DONE else "",
        days_off_unknown_text(milestone.due_on) if is_provisional(milestone.due_on) else "",
    ]
    return CalendarDay(
        uid=f"milestone-{milestone.pk}@{_host()}",
        day=milestone.due_on,
        title=_("Due: %(title)s") % {"title": f"{milestone.title}{_mark_of(milestone.provenance)}"},
        text="\n".join(line for line in lines if line),
        address=f"{settings.SITE_URL}/milestones/{milestone.code}/",
        edit=edits.of_milestone(milestone),
        is_cancelled=milestone.status == MilestoneStatus.CANCELLED,
    )


def gate_day(phase: Phase, *, edits: Edits) -> CalendarDay:
    """A phase's gate."""
    return CalendarDay(
        uid=f"gate-{phase.pk}@{_host()}",
        day=phase.gate_on,
        title=_("Gate: %(title)s") % {"title": f"{phase.title}{_mark_of(phase.days_provenance or phase.provenance)}"},
        text="",
        address=f"{settings.SITE_URL}/",
        edit=edits.of_gate(phase),
    )


def calendar_file(days: Iterable[CalendarDay], *, name: str) -> bytes:
    """The file in UTF-8, its lines folded and ended as RFC 5545 asks; ``name`` is what calendar programs call it."""
    language = "zh-Hans" if (get_language() or "").startswith("zh") else "en"
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{_host()}//Smart-Customs Roadmap Tracker//{language.upper()}")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", vText(_one_line(name)))
    opening, ending = calendar.to_ical().split(END)
    return b"".join([opening, *(_event(day) for day in days), END, ending])


def days_off_unknown_text(day: date) -> str:
    """What is said of a day whose year's days off aren't published yet."""
    return _("the days off of %(year)s are not published yet") % {"year": day.year}


@lru_cache(maxsize=4096)  # the same days stand in the files of many readers
def _event(day: CalendarDay) -> bytes:
    event = Event()
    event.add("uid", day.uid)
    event.add("dtstamp", day.edit.at)
    event.add("last-modified", day.edit.at)
    event.add("sequence", day.edit.number)
    event.add("dtstart", day.day)
    event.add("dtend", day.day + ONE_DAY)  # the first day after it (RFC 5545, 3.6.1)
    event.add("summary", _one_line(day.title))
    if day.text:
        event.add("description", _clean(day.text))
    event.add("url", day.address)
    event.add("status", "CANCELLED" if day.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a due date takes up nobody's day
    content: bytes = event.to_ical()
    return content


def _one_line(text: str) -> str:
    return _clean(text).replace("\n", " ")


def _clean(text: str) -> str:
    return clean_text(text).replace("\r\n", "\n").replace("\r", "\n")


def _mark_of(provenance: str) -> str:
    """What is said beside a title that was made up or planned by ourselves."""
    shown = provenance in (Provenance.SAMPLE, Provenance.DERIVED)
    return f" [{Provenance(provenance).label}]" if shown else ""


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
