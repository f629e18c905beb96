"""Silence: nobody has reported on an open milestone for so many days."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.days import Crossing, waits
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.reminders.kinds.kind import ReminderKind, Topic
from roadmap.workdays import WorkCalendar

T = TypeVar("T")


class Silent(Topic):
    """Without a report for a long time."""

    rank = 50
    heading = gettext_lazy("No recent report")

    def counted(self, number: int) -> str:
        return ngettext(
            "%(count)d milestone has no recent report.",
            "%(count)d milestones have no recent report.",
            number,
        ) % {"count": number}

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        return _days_without_report(max((milestone.today - one.occurrence.day).days for one in told))

    def to_do(self, milestone: Situation) -> str:
        return please_report(milestone) if milestone.is_owner and milestone.days_left >= 0 else ""


SILENT = Silent()


class Silence(ReminderKind):
    """So many days after the last report, and repeats."""

    topics = (SILENT,)
    help = gettext_lazy("No recent report: when nobody has reported.")
    needs_after_days = True
    unwanted = {"offsets": gettext_lazy("Leave this empty: this kind of rule doesn't look at the due date.")}
    example_after = gettext_lazy("For a milestone last reported on %(day)s this rule reminds on: %(after)s.")

    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        quiet = milestone.quiet_since
        if milestone.is_open and quiet is not None:
            yield from waits(rule, quiet, calendar, f"silent={quiet}/", since)

    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        return [], told(MilestoneFacts(day, quiet_since=day))

    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        return milestone.is_open and told.subject == f"silent={milestone.quiet_since}"

    def sentence(self, milestone: Situation, told: Told) -> str:
        how_long = _days_without_report((milestone.today - told.occurrence.day).days)
        return _("%(how_long)s.") % {"how_long": how_long}


def please_report(milestone: Situation) -> str:
    """What is asked of the owner of a milestone on which nobody has reported for long."""
    if not milestone.has_report:
        return _("Please report its progress; nobody has reported on it yet.")
    if milestone.is_fully_earned:
        return _("Please report it done, or say what is still missing.")
    return _("Please report its progress; the last report is too old to rely on.")


def _days_without_report(days: int) -> str:
    return ngettext("No report for %(count)d day", "No report for %(count)d days", days) % {"count": days}


KIND = Silence()
