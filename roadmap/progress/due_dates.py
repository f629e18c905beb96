"""What to heed of a due date, which is taken all the same: told alike wherever one is given, and before it is."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import WorkdayOverride
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class Heed:
    """A code for programs, and the rest of a sentence that names the milestone and the day."""

    code: str
    text: str


def heed_of_due_date(due: date, *, gate_on: date, calendar: WorkCalendar) -> list[Heed]:
    """What to heed of such a due date, in the active language."""
    found = []
    if due > gate_on:
        day = date_format(gate_on, "Y-m-d")
        found.append(Heed("due_after_gate", _("after the gate of its phase (%(day)s)") % {"day": day}))
    if not calendar.is_working(due):
        found.append(Heed("due_on_day_off", _("not a working day")))
    return found


def told_of_due_date(*, title: str, due: date, gate_on: date, calendar: str) -> list[Heed]:
    """The same of a milestone of that title, in whole sentences; ``calendar`` is its roadmap's code. One query."""
    named = {"title": title, "day": date_format(due, "Y-m-d")}
    found = heed_of_due_date(due, gate_on=gate_on, calendar=WorkdayOverride.objects.calendar(calendar))
    return [Heed(one.code, _("“%(title)s” is due on %(day)s: %(told)s") % {**named, "told": one.text}) for one in found]
