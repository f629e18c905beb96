"""Evidence that is missing: before the due date, and once a milestone is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.days import Crossing, lead_days, waits
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.reminders.kinds.kind import ReminderKind, Text, Topic
from roadmap.workdays import WorkCalendar

T = TypeVar("T")


class Missing(Topic):
    """Without evidence."""

    rank = 40
    heading = gettext_lazy("Evidence missing")

    def counted(self, number: int) -> str:
        return ngettext(
            "Evidence is missing for %(count)d milestone.",
            "Evidence is missing for %(count)d milestones.",
            number,
        ) % {"count": number}

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        return _("Evidence missing")

    def to_do(self, milestone: Situation) -> str:
        if milestone.is_owner and milestone.is_open:
            return _("Please report its progress, and attach the evidence once it is done.")
        if milestone.is_owner:
            return _("Please attach the evidence that it is done: a link, a note or a file.")
        return _("Please make sure that the evidence is attached.")


MISSING = Missing()


class Evidence(ReminderKind):
    """Days before the due date, or so many after it was reported as done; until evidence is attached."""

    topics = (MISSING,)
    help = gettext_lazy("Evidence missing: before the due date and once done.")
    speaks_of_done_ones = True
    example_before = gettext_lazy("For a milestone due on %(day)s without evidence this rule reminds on: %(before)s.")
    example_after = gettext_lazy("For one done on %(day)s without evidence this rule reminds on: %(after)s.")

    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        due, done = milestone.due_on, milestone.reported_done_on
        if milestone.has_evidence:
            return
        if done is not None:
            yield from waits(rule, max(done, milestone.entered_on), calendar, f"done={done}/evidence-", since)
        elif milestone.is_open:
            yield from lead_days(rule, due, calendar, f"due={due}/evidence-T-")

    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        return told(MilestoneFacts(day)), told(MilestoneFacts(day, is_open=False, reported_done_on=day))

    def last_day(self, told: Occurrence) -> date | None:
        return told.day if told.fact == "due" else None

    def missing(self, given: Mapping[str, object]) -> Text:
        if not given["offsets"] and given["after_days"] is None:
            return gettext_lazy("Give lead times, or the days after completion; or both.")
        return ""

    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        if milestone.has_evidence:
            return False
        is_due = milestone.is_open and told.subject == f"due={milestone.due_on}"
        return is_due or told.subject == f"done={milestone.reported_done_on}"

    def sentence(self, milestone: Situation, told: Told) -> str:
        if told.occurrence.fact == "done":
            day = date_format(told.occurrence.day, "DATE_FORMAT")
            return _("Reported done on %(day)s, without any evidence.") % {"day": day}
        return _("No evidence is attached yet.")


KIND = Evidence()
