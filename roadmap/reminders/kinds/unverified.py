"""Verification that is missing: a milestone is reported as done, and nobody else has confirmed it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from roadmap.reminders.kinds.days import Crossing, waits
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.reminders.kinds.kind import ReminderKind, Topic
from roadmap.workdays import WorkCalendar

T = TypeVar("T")


class Awaiting(Topic):
    """Reported as done, and not verified."""

    rank = 30
    heading = gettext_lazy("Reported done, not verified")

    def counted(self, number: int) -> str:
        return ngettext(
            "%(count)d milestone is reported done and not verified yet.",
            "%(count)d milestones are reported done and not verified yet.",
            number,
        ) % {"count": number}

    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        return _("Not verified yet")

    def to_do(self, milestone: Situation) -> str:
        if milestone.is_owner:
            return _("Please make sure that its evidence is attached; somebody other than you has to verify it.")
        if milestone.is_open:
            return _("Please look at it and complete it, or say what is still missing.")
        return _("Please look at its evidence and verify it, or reopen it and give the reason.")


AWAITING = Awaiting()


class Unverified(ReminderKind):
    """So many days after it was done or reported at 100 percent, and repeats, until somebody verifies it."""

    topics = (AWAITING,)
    help = gettext_lazy("Reported done, not verified: until somebody else verifies it.")
    speaks_of_done_ones = True
    needs_after_days = True
    unwanted = {"offsets": gettext_lazy("Leave this empty: this kind of rule doesn't look at the due date.")}
    example_after = gettext_lazy("For a milestone done on %(day)s and not verified this rule reminds on: %(after)s.")

    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        done = milestone.reported_done_on
        if done is not None and not milestone.is_verified:
            yield from waits(rule, max(done, milestone.entered_on), calendar, f"done={done}/unverified-", since)

    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        return [], told(MilestoneFacts(day, is_open=False, reported_done_on=day))

    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        return not milestone.is_verified and told.subject == f"done={milestone.reported_done_on}"

    def sentence(self, milestone: Situation, told: Told) -> str:
        day = date_format(told.occurrence.day, "DATE_FORMAT")
        if milestone.is_open:
            return _("Reported at 100%% on %(day)s, and not completed yet.") % {"day": day}
        return _("Completed on %(day)s; nobody has verified it yet.") % {"day": day}


KIND = Unverified()
