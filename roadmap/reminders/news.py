"""What a mail has to tell of each of its milestones: the reminders that it carries, and what each falls under."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from roadmap.models import ReminderOccurrence
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


def news_by_milestone(reminders: Iterable[ReminderOccurrence]) -> Mapping[int, Sequence[Told]]:
    """What a mail with these ``reminders`` tells of which milestone (by id), without what can't be so any more. No
    query where rule, milestone and who is on leave are at hand."""
    told: defaultdict[int, list[Told]] = defaultdict(list)
    for one in reminders:
        if one.milestone.status == MilestoneStatus.CANCELLED:
            continue
        if one.milestone.status == MilestoneStatus.DONE and one.rule.kind in OF_OPEN_ONES:
            continue
        waited_days = read_occurrence(one.occurrence).step * (one.rule.escalate_after_days or 1)
        told[one.milestone_id].append(
            Told(
                one.rule_id,
                RuleKind(one.rule.kind),
                one.occurrence,
                one.audience,
                one.is_provisional,
                waited_days,
                instead_of=str(one.instead_of or ""),
            )
        )
    return told
