"""What a kind of reminder says of itself: when it is earned and of which milestones, whether it is still true, and in
which words it is told. Each kind is a file beside this one; it is given values, and asks no database.

Whom a reminder reaches is the rule's word (its audiences), the same for all kinds: ``reminders.recipients``.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap.reminders.kinds.days import Crossing
from roadmap.reminders.kinds.facts import MilestoneFacts, Occurrence, RuleFacts, Situation, Told
from roadmap.workdays import WorkCalendar

Text = str | Promise
T = TypeVar("T")

PLAN_NUMBERS = ("offsets", "after_days", "repeat_every_days")  # of a rule, that a kind may refuse


@dataclass(frozen=True)
class Subject:
    """The subject line of a mail, and the milestone that it names."""

    words: str
    named: Situation


class Topic(ABC):
    """What a mail lists milestones under. ``rank``: the most pressing comes first, with the lowest number."""

    rank: int
    heading: Text
    colour = "amber"
    tone = "warn"  # the class of its heading, for readers in the dark

    @abstractmethod
    def counted(self, number: int) -> str:
        """That the mail tells of so many of its milestones, in a sentence."""

    def opening(self, numbers: Mapping["Topic", int]) -> str:
        """The same where there are any; ``numbers`` are those of all topics in the mail."""
        return self.counted(numbers[self]) if self in numbers else ""

    @abstractmethod
    def headline(self, milestone: Situation, told: Sequence[Told]) -> str:
        """Why a milestone is told of now, in a few words for a subject line; ``told`` is what falls under the topic."""

    def lines(self, milestones: Sequence[Situation]) -> list[str]:
        """What is said once, above all milestones that are listed under it; then none of them says it again."""
        return []

    def subject(self, listed: Mapping["Topic", Sequence[Situation]]) -> Subject | None:
        """That of a mail that lists these, under this topic first; None where words that fit all topics will do."""
        return None

    def to_do(self, milestone: Situation) -> str:
        """What its reader is to do now, where the topic asks for something of its own; else empty."""
        return ""


class ReminderKind(ABC):
    """One kind. Days are those of the roadmap's zone."""

    topics: Sequence[Topic]
    help: Text  # when such a rule speaks, for whoever writes one
    speaks_of_done_ones = False
    begins_with_lead_times = False  # a new rule for which none are given
    needs_after_days = False
    is_told_once_a_phase = False  # a person who has heard it of one milestone of a phase has heard it of all
    unwanted: Mapping[str, Text] = {}  # of PLAN_NUMBERS, those that a rule must not give, and why
    # An example of such a rule: on which days it tells before and after the ``day``
    example_before: Text = ""
    example_after: Text = ""

    # when it is earned

    @abstractmethod
    def days(
        self, rule: RuleFacts, milestone: MilestoneFacts, calendar: WorkCalendar, since: date
    ) -> Iterator[Crossing]:
        """The days on which the rule tells of the milestone as it is, earliest first, maybe without end; of those
        before ``since`` some are left out."""

    @abstractmethod
    def example(
        self, rule: RuleFacts, day: date, told: Callable[[MilestoneFacts], list[T]]
    ) -> tuple[Sequence[T], Sequence[T]]:
        """What is ``told`` of an example milestone on which something falls on ``day``: before that day, and after."""

    def ends_on(self, milestone: MilestoneFacts) -> date | None:
        """The last day on which such a rule speaks of the milestone, whatever it missed; None: there is no end."""
        return None

    def last_day(self, told: Occurrence) -> date | None:
        """The last day on which it helps to hear of it; None where it helps on any."""
        return None

    def is_known_by(self, told: Occurrence, heard: Occurrence) -> bool:
        """Whether ``told`` is no news for somebody who ``heard`` the other on the same day."""
        return False

    def missing(self, given: Mapping[str, object]) -> Text:
        """What a rule with these ``PLAN_NUMBERS`` lacks, without which it would never say anything; else empty."""
        return ""

    def wrong_numbers(self, given: Mapping[str, object]) -> dict[str, Text]:
        """What is wrong with those of a rule's ``PLAN_NUMBERS`` that are given, by field."""
        wrong = {name: why for name, why in self.unwanted.items() if given.get(name)}
        if self.needs_after_days and "after_days" in given and given["after_days"] is None:
            wrong["after_days"] = _("Give the number of days after which it reminds.")
        return wrong

    # whether it is still true

    @abstractmethod
    def is_still_true(self, told: Occurrence, milestone: MilestoneFacts, *, today: date) -> bool:
        """Whether the fact in the name holds, and what is asked for is still wanted."""

    # what it says

    def topic_of(self, milestone: Situation) -> Topic:
        """What the milestone is listed under."""
        return self.topics[0]

    def sentence(self, milestone: Situation, told: Told) -> str:
        """What one reminder says beyond the due date; empty where the date says it all."""
        return ""
