"""What the rules have yet to say of one milestone, as things stand now. Nothing is written; a report changes it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from roadmap.models import Milestone, ReminderRule, WorkdayOverride
from roadmap.reminders.look import facts_of
from roadmap.reminders.plan import Threshold, next_threshold, thresholds_ahead
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


def next_reminders(milestones: Sequence[Milestone], *, now: datetime) -> dict[int, Ahead]:
    """By milestone, what is told first of all that ``reminders_ahead`` has; those of which nothing comes are missing.

    Three queries for any number of milestones, and one for each calendar that their roadmaps count in.
    """
    roadmaps = {one.initiative.roadmap for one in milestones if one.status != MilestoneStatus.CANCELLED}
    rules = list(ReminderRule.objects.filter(roadmap__in=roadmaps, is_active=True).select_related("organisation"))
    facts = {rule.pk: facts_of(rule) for rule in rules}
    reports = reports_on(milestones)
    calendars = {code: WorkdayOverride.objects.calendar(code) for code in {one.calendar for one in roadmaps}}
    found: dict[int, Ahead] = {}
    for milestone in milestones:
        if milestone.status == MilestoneStatus.CANCELLED:
            continue
        roadmap, standing = milestone.initiative.roadmap, reports.standing_of(milestone)
        for rule in rules:
            if not speaks_of(rule, milestone):
                continue
            threshold = next_threshold(
                facts[rule.pk], standing, zone=roadmap.time_zone, calendar=calendars[roadmap.calendar], now=now
            )
            known = found.get(milestone.pk)
            if threshold and (known is None or (threshold.at, rule.pk) < (known.threshold.at, known.rule.pk)):
                found[milestone.pk] = Ahead(rule, threshold)
    return found
