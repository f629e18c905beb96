"""The gate of a phase: so many days before it, one mail a phase to those who have something open in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.days import Crossing, lead_days
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.reminders.kinds.kind import ReminderKind, Subject, Text, Topic
from roadmap.workdays import WorkCalendar

T = TypeVar("T")

COUNTS_AHEAD = gettext_lazy("Leave this empty: this kind of rule reminds before the gate, once for each lead time.")


class Approaching(Topic):
    """Open while the gate of its phase comes near. What concerns the phase is said once, above its milestones."""

    rank = 60
    heading = gettext_lazy("Phase gate ahead")

    def counted(self, number: int) -> str:
        return ngettext(
            "A phase gate is near, and %(count)d milestone is still open.",
            "A phase gate is near, and %(count)d milestones are still open.",
            number,
        ) % {"count": number}

    def lines(self, milestones: Sequence[Situation]) -> list[str]:
        words = gettext_lazy("%(phase)s: gate on %(day)s (%(how_long)s).")
        phases = {one.phase: one for one in milestones}.values()
        return [str(words) % {"phase": one.phase, "day": one.gate, "how_long": _how_long(one)} for one in phases]

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        days = milestone.days_to_gate
        if days == 0:
            return _("Phase gate today")
        return ngettext("%(count)d day to the phase gate", "%(count)d days to the phase gate", days) % {"count": days}

    def subject(self, listed: Mapping[Topic, Sequence[Situation]]) -> Subject | None:
        milestones = listed[self]
        if len(listed) > 1 or len({one.phase for one in milestones}) > 1 or len(milestones) == 1:
            return None
        first, number = milestones[0], len(milestones)
        words = ngettext(
            "Gate of %(phase)s (%(how_long)s): %(count)d milestone still open",
            "Gate of %(phase)s (%(how_long)s): %(count)d milestones still open",
            number,
        )
        return Subject(words % {"phase": first.phase, "how_long": _how_long(first), "count": number}, first)


APPROACHING = Approaching()


class Gate(ReminderKind):
    """Days before the gate of an open milestone's phase. A person hears of a phase once for each lead time."""

    topics = (APPROACHING,)
    help = gettext_lazy("Phase gate: before the gate, one mail a phase about what is still open in it.")
    begins_with_lead_times = True
    is_told_once_a_phase = True
    unwanted = {"after_days": COUNTS_AHEAD, "repeat_every_days": COUNTS_AHEAD}
    example_before = gettext_lazy("For a phase with its gate on %(day)s this rule reminds on: %(before)s.")

    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        gate = milestone.gate_on
        if milestone.is_open and gate is not None:
            yield from lead_days(rule, gate, calendar, f"gate={gate}/T-")

    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        return told(MilestoneFacts(day, gate_on=day)), []

    def ends_on(self, milestone: MilestoneFacts) -> date | None:
        return milestone.gate_on

    def last_day(self, told: Occurrence) -> date | None:
        return told.day

    def missing(self, given: Mapping[str, object]) -> Text:
        return "" if given["offsets"] else _("Without lead times, this rule would never send anything.")

    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        return milestone.is_open and told.subject == f"gate={milestone.gate_on}" and today <= told.day

    def sentence(self, milestone: Situation, told: Told) -> str:
        """For where it is listed under something more pressing."""
        values = {"phase": milestone.phase, "how_long": _how_long(milestone)}
        return _("The gate of its phase, %(phase)s: %(how_long)s.") % values


def _how_long(milestone: Situation) -> str:
    days = milestone.days_to_gate
    if days == 0:
        return _("today")
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


KIND = Gate()
