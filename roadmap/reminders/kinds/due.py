"""The due date: before it, and again and again once it is past."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.days import Crossing, lead_days, repeats
from roadmap.reminders.kinds.facts import BEFORE, PAST, MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.reminders.kinds.kind import ReminderKind, Subject, Text, Topic
from roadmap.workdays import WorkCalendar

T = TypeVar("T")


class OfDueDates(Topic):
    """How far off the due date is, before it or past it."""

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        return milestone.lateness

    def subject(self, listed: Mapping[Topic, Sequence[Situation]]) -> Subject | None:
        """Of a mail about due dates alone: the one that is overdue for longest, else the next one, and how many."""
        late, ahead = listed.get(LATE, ()), listed.get(AHEAD, ())
        if listed.keys() - {LATE, AHEAD}:
            return None
        first = (late or ahead)[0]
        values = {"title": first.title, "due": first.due, "days": first.lateness, "longest": -first.days_left}
        if len(late) + len(ahead) == 1:
            words = _("%(days)s: “%(title)s”, due on %(due)s")
        elif not late:
            words = _("%(count)d coming up, next “%(title)s” on %(due)s (%(days)s)")
        elif len(late) == 1:
            words = _("%(days)s: “%(title)s”; %(coming)d more coming up")
        elif ahead:
            words = ngettext(
                "%(count)d overdue, by up to %(longest)d day: “%(title)s”; %(coming)d more coming up",
                "%(count)d overdue, by up to %(longest)d days: “%(title)s”; %(coming)d more coming up",
                -first.days_left,
            )
        else:
            words = ngettext(
                "%(count)d overdue, by up to %(longest)d day: “%(title)s”",
                "%(count)d overdue, by up to %(longest)d days: “%(title)s”",
                -first.days_left,
            )
        return Subject(words % {**values, "count": len(late or ahead), "coming": len(ahead)}, first)


class Late(OfDueDates):
    """Overdue. What lies ahead is said in the same sentence."""

    rank = 20
    heading = gettext_lazy("Overdue")
    colour = "red"
    tone = "late"

    def counted(self, number: int) -> str:
        words = ngettext("%(count)d milestone is overdue.", "%(count)d milestones are overdue.", number)
        return words % {"count": number}

    def opening(self, numbers: Mapping[Topic, int]) -> str:
        late, ahead = numbers.get(LATE, 0), numbers.get(AHEAD, 0)
        if not (late and ahead):
            return super().opening(numbers) or (AHEAD.counted(ahead) if ahead else "")
        return ngettext(
            "%(count)d milestone is overdue and %(coming)d coming up.",
            "%(count)d milestones are overdue and %(coming)d coming up.",
            late,
        ) % {"count": late, "coming": ahead}


class Ahead(OfDueDates):
    """Coming up."""

    rank = 90
    heading = gettext_lazy("Coming up")
    colour = "green"
    tone = "good"

    def counted(self, number: int) -> str:
        words = ngettext("%(count)d milestone is coming up.", "%(count)d milestones are coming up.", number)
        return words % {"count": number}

    def opening(self, numbers: Mapping[Topic, int]) -> str:
        return ""  # said where what is late is said


LATE, AHEAD = Late(), Ahead()


class Due(ReminderKind):
    """Days before the due date of an open milestone, and repeats after it."""

    topics = (LATE, AHEAD)
    help = gettext_lazy("Due date: before it and when overdue.")
    begins_with_lead_times = True
    unwanted = {"after_days": gettext_lazy("Leave this empty: this kind of rule counts from the due date.")}
    example_before = gettext_lazy("For a milestone due on %(day)s this rule reminds on: %(before)s.")
    example_after = gettext_lazy("For a milestone overdue since %(day)s this rule reminds on: %(after)s.")

    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        due = milestone.due_on
        if milestone.is_open:
            yield from lead_days(rule, due, calendar, f"due={due}/{BEFORE}")
            yield from repeats(rule, due, due, calendar, f"due={due}/{PAST}", since, first=1)

    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        whole = told(MilestoneFacts(day))
        return whole[: len(rule.offsets)], whole[len(rule.offsets) :]

    def last_day(self, told: Occurrence) -> date | None:
        return told.day

    def is_known_by(self, told: Occurrence, heard: Occurrence) -> bool:
        """Both say how far off the same date is, and nothing else."""
        return not heard.step and heard.subject == told.subject and heard.asked.startswith((BEFORE, PAST))

    def missing(self, given: Mapping[str, object]) -> Text:
        if not given["offsets"] and given["repeat_every_days"] is None:
            return _("Without lead times and without repeats, this rule would never send anything.")
        return ""

    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        return milestone.is_open and told.subject == f"due={milestone.due_on}"

    def topic_of(self, milestone: Situation) -> Topic:
        return LATE if milestone.is_overdue else AHEAD


KIND = Due()
