"""What a mail has to tell of each of its milestones: the reminders that it carries, and what each falls under."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from roadmap.models import OutboxMessage
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import Situation, Told, read_occurrence
from roadmap.reminders.kinds.kind import Topic
from roadmap.reminders.passed_up import UNANSWERED, unanswered_sentence
from roadmap.vocabulary import MilestoneStatus, RuleKind

OF_OPEN_ONES = tuple(name for name, kind in KINDS.items() if not kind.speaks_of_done_ones)
# What milestones are listed under, the most pressing first
TOPICS = sorted([UNANSWERED, *(topic for kind in KINDS.values() for topic in kind.topics)], key=lambda one: one.rank)


def topic_of(told: Told, milestone: Situation) -> Topic:
    """What the milestone falls under for this one reminder."""
    return UNANSWERED if told.occurrence.step else KINDS[told.kind].topic_of(milestone)


def most_pressing(told: Iterable[Told], milestone: Situation) -> Topic:
    """Under what the milestone of which all this is told is listed."""
    topics = {topic_of(one, milestone) for one in told}
    return next(topic for topic in TOPICS if topic in topics)


def sentence_of(told: Told, milestone: Situation) -> str:
    """What the reminder says beyond the due date; empty where the date says it all."""
    return unanswered_sentence(told) if told.occurrence.step else KINDS[told.kind].sentence(milestone, told)


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
        waited_days = read_occurrence(name).step * (escalates_after or 1)
        names = [one for one in absent if one]
        told[milestone].append(
            Told(rule, RuleKind(kind), name, audience, is_provisional, waited_days, instead_of="".join(names[:1]))
        )
    return told
