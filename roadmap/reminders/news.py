"""What a mail has to tell of each of its milestones: the reminders that it carries, read by kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from roadmap.models import OutboxMessage
from roadmap.vocabulary import UNANSWERED, MilestoneStatus, RuleKind

OF_OPEN_ONES = (RuleKind.DUE, RuleKind.SILENCE)


class Topic(Enum):
    """What a milestone is listed under, the most pressing first."""

    UNANSWERED = "unanswered"
    LATE = "late"
    UNVERIFIED = "unverified"
    EVIDENCE = "evidence"
    SILENT = "silent"
    AHEAD = "ahead"


_TOPIC_OF = {
    RuleKind.SILENCE: Topic.SILENT,
    RuleKind.EVIDENCE: Topic.EVIDENCE,
    RuleKind.UNVERIFIED: Topic.UNVERIFIED,
}


@dataclass(frozen=True)
class Before:
    """Somebody who was told before, and the day on which."""

    name: str
    day: date


@dataclass(frozen=True)
class Told:
    """One reminder as the mail reads it.

    Of what was passed up, ``waited_days`` says for how many working days no answer came, ``before`` whom it was told
    to by then. ``instead_of`` names who would have been told and is on leave.
    """

    rule: int
    kind: RuleKind
    occurrence: str
    audience: str
    is_provisional: bool
    waited_days: int = 0
    before: Sequence[Before] = ()
    instead_of: str = ""

    @property
    def fact(self) -> str:
        """What its name hangs on: ``due``, ``silent`` or ``done``."""
        return self.occurrence.partition("=")[0]

    @property
    def day(self) -> date:
        """The day of that fact."""
        return date.fromisoformat(self.occurrence.partition("/")[0].partition("=")[2])

    @property
    def step(self) -> int:
        """How far up it was passed for want of an answer; 0: it wasn't."""
        return step_of(self.occurrence)

    @property
    def topic(self) -> Topic | None:
        """What it is about; None for the due date, of which today says whether it is late."""
        return Topic.UNANSWERED if self.step else _TOPIC_OF.get(self.kind)


def step_of(occurrence: str) -> int:
    """How far up ``due=2026-12-31/unanswered-T-30-2`` was passed: 2; 0 for what wasn't."""
    asked = occurrence.partition("/")[2]
    return int(asked.rpartition("-")[2]) if asked.startswith(UNANSWERED) else 0


def topic_of(told: Iterable[Told], *, is_late: bool) -> Topic:
    """Under what a milestone of which all this is told is listed."""
    topics = {one.topic or (Topic.LATE if is_late else Topic.AHEAD) for one in told}
    return next(topic for topic in Topic if topic in topics)


def news_by_milestone(row: OutboxMessage) -> Mapping[int, Sequence[Told]]:
    """What ``row`` tells of which milestone (by id), without what can't be so any more. One query."""
    told: defaultdict[int, list[Told]] = defaultdict(list)
    reminders = (
        row.reminders.exclude(milestone__status=MilestoneStatus.CANCELLED)
        .exclude(milestone__status=MilestoneStatus.DONE, rule__kind__in=OF_OPEN_ONES)
        .order_by("pk")
    )
    columns = ("milestone", "rule", "rule__kind", "occurrence", "audience", "is_provisional")
    for milestone, rule, kind, name, audience, is_provisional, escalates_after, *absent in reminders.values_list(
        *columns, "rule__escalate_after_days", "instead_of__full_name", "instead_of__username"
    ):
        waited_days = step_of(name) * (escalates_after or 1)
        names = [one for one in absent if one]
        told[milestone].append(
            Told(rule, RuleKind(kind), name, audience, is_provisional, waited_days, instead_of="".join(names[:1]))
        )
    return told
