"""What the rules have yet to say of one milestone, as things stand now. Nothing is written; a report changes it all."""

from dataclasses import dataclass
from datetime import datetime

from roadmap.models import Milestone, ReminderRule, WorkdayOverride
from roadmap.reminders.look import facts_of
from roadmap.reminders.plan import Threshold, thresholds_ahead
from roadmap.reminders.scope import speaks_of
from roadmap.reminders.standing import reports_on
from roadmap.vocabulary import MilestoneStatus

MOST_OF_A_RULE = 8  # rules may repeat without end


@dataclass(frozen=True)
class Ahead:
    """A threshold that isn't crossed yet, and whose it is."""

    rule: ReminderRule
    threshold: Threshold


def reminders_ahead(milestone: Milestone, *, now: datetime) -> list[Ahead]:
    """The next thresholds of each rule that speaks of ``milestone``, earliest first: four queries, none if cancelled.

    The milestone's initiative with its roadmap, and its organisation, must be at hand. What is passed up for want of an
    answer isn't foretold: nobody knows yet who answers.
    """
    if milestone.status == MilestoneStatus.CANCELLED:
        return []
    roadmap = milestone.initiative.roadmap
    rules = ReminderRule.objects.filter(roadmap=roadmap, is_active=True).select_related("organisation")
    standing = reports_on([milestone]).standing_of(milestone)
    calendar = WorkdayOverride.objects.calendar(roadmap.calendar)
    found = [
        Ahead(rule, threshold)
        for rule in rules
        if speaks_of(rule, milestone)
        for threshold in thresholds_ahead(
            facts_of(rule), standing, zone=roadmap.time_zone, calendar=calendar, now=now, most=MOST_OF_A_RULE
        )
    ]
    return sorted(found, key=lambda one: (one.threshold.at, one.rule.pk))
