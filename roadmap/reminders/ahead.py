"""What the rules have yet to say of one milestone, as things stand now. Nothing is written; a report changes it all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from roadmap.models import Milestone, ReminderOccurrence, ReminderRule, WorkdayOverride
from roadmap.reminders.known import heard_of_phases
from roadmap.reminders.look import facts_of, last_day_of
from roadmap.reminders.milestone_facts import reports_on
from roadmap.reminders.plan import Threshold, is_planned, next_threshold, tell_at, thresholds_ahead, thresholds_crossed
from roadmap.reminders.scope import speaks_of
from roadmap.vocabulary import Audience, MessageState, MilestoneStatus

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
    facts = reports_on([milestone]).facts_of(milestone)
    calendar = WorkdayOverride.objects.calendar(roadmap.calendar)
    found = [
        Ahead(rule, threshold)
        for rule in rules
        if speaks_of(rule, milestone)
        for threshold in thresholds_ahead(
            facts_of(rule), facts, zone=roadmap.time_zone, calendar=calendar, now=now, most=MOST_OF_A_RULE
        )
    ]
    return sorted(found, key=lambda one: (one.threshold.at, one.rule.pk))


@dataclass(frozen=True)
class WouldBeTold:
    """What a milestone earns as it is given: what rules tell at once, as their next hour would be too late, and what
    comes first after that."""

    at_once: list[Ahead]
    next: Ahead | None


def next_reminders(milestones: Sequence[Milestone], *, now: datetime) -> dict[int, Ahead]:
    """By milestone, what is told first of all that ``reminders_ahead`` has; those of which nothing comes are missing.

    Three queries for any number of milestones, and one for each calendar that their roadmaps count in.
    """
    found: dict[int, Ahead] = {}
    for milestone, rule, given in _by_rule(milestones):
        threshold = next_threshold(facts_of(rule), now=now, **given)
        known = found.get(milestone.pk)
        if threshold and (known is None or (threshold.at, rule.pk) < (known.threshold.at, known.rule.pk)):
            found[milestone.pk] = Ahead(rule, threshold)
    return found


def would_be_told(milestones: Sequence[Milestone], *, now: datetime) -> dict[int, WouldBeTold]:
    """By milestone, what it would earn if it were stored as given, once the mail that waits is withdrawn.

    What its owner (or, where a rule tells others, anybody) was told already doesn't count, nor what they heard of its
    phase where that is told once. Up to two queries more than ``next_reminders``, twice.
    """
    told: defaultdict[tuple[int, int], defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    heard = ReminderOccurrence.objects.filter(milestone__in=[one.pk for one in milestones]).order_by()
    for rule, milestone, name, recipient in heard.exclude(message__state=MessageState.PENDING).values_list(
        "rule", "milestone", "occurrence", "recipient"
    ):
        told[rule, milestone][recipient].add(name)
    at_once: defaultdict[int, list[Ahead]] = defaultdict(list)
    later: defaultdict[int, list[Ahead]] = defaultdict(list)
    pairs = list(_by_rule(milestones))
    of_phases = heard_of_phases(milestones, {by_rule for _one, by_rule, _given in pairs})
    for one, by_rule, given in pairs:
        crossed = thresholds_crossed(facts_of(by_rule), now=now, **given)
        if not crossed:
            continue
        name = crossed[-1].name
        heard_by = [
            *told[by_rule.pk, one.pk].items(),
            *((who, names) for (*of, who), names in of_phases.items() if of == [by_rule.pk, one.phase_id]),
        ]
        knowing = {person for person, names in heard_by if is_planned(name, names)}
        for_owner = Audience.OWNER in by_rule.audiences and one.owner_id is not None
        if not knowing or (for_owner and one.owner_id not in knowing):
            latest = crossed[-1]
            at = tell_at(
                latest.at, asked_at=now, now=now, send_at=by_rule.send_at, zone=given["zone"],
                last_day=last_day_of(latest, by_rule),
            )  # fmt: skip
            (at_once if at <= now else later)[one.pk].append(Ahead(by_rule, replace(latest, at=at)))
    following = next_reminders(milestones, now=now)
    return {
        one.pk: WouldBeTold(
            at_once[one.pk],
            min(
                [*later[one.pk], *([following[one.pk]] if one.pk in following else [])],
                key=lambda ahead: (ahead.threshold.at, ahead.rule.pk),
                default=None,
            ),
        )
        for one in milestones
    }


def _by_rule(milestones: Sequence[Milestone]) -> Iterator[tuple[Milestone, ReminderRule, Any]]:
    """Each milestone with each rule that speaks of it, and what the plan has to be given."""
    alive = [one for one in milestones if one.status != MilestoneStatus.CANCELLED]
    roadmaps = {one.initiative.roadmap for one in alive}
    rules = list(ReminderRule.objects.filter(roadmap__in=roadmaps, is_active=True).select_related("organisation"))
    reports = reports_on(alive)
    calendars = {code: WorkdayOverride.objects.calendar(code) for code in {one.calendar for one in roadmaps}}
    for milestone in alive:
        roadmap = milestone.initiative.roadmap
        facts = reports.facts_of(milestone)
        given = {"milestone": facts, "zone": roadmap.time_zone, "calendar": calendars[roadmap.calendar]}
        for rule in rules:
            if speaks_of(rule, milestone):
                yield milestone, rule, given
