"""One milestone before all rules: what it has earned for whom, and when to look at it again. No queries, no writes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from roadmap.clock import day_in, instant_at
from roadmap.models import Milestone, ReminderRule
from roadmap.reminders.escalation import LAST_STEP, Heard, next_escalation
from roadmap.reminders.known import Known
from roadmap.reminders.merging import News, folded
from roadmap.reminders.optional import is_optional
from roadmap.reminders.plan import RuleFacts, Threshold, news_among, next_threshold, thresholds_crossed
from roadmap.reminders.recipients import HAVE_SOMEBODY_BEHIND, Meant
from roadmap.reminders.scope import speaks_of
from roadmap.vocabulary import DayKind, MilestoneStatus, RuleKind

# When a threshold is crossed and nobody can be told (no owner, no lead, no office with an address): look again then
ASK_AGAIN_AFTER = timedelta(days=1)


def look_at(milestone: Milestone, known: Known, *, now: datetime) -> tuple[list[News], datetime | None]:
    """What the milestone has earned, and when to look at it again (None: never, until somebody edits it)."""
    news: list[News] = []
    looks: list[datetime] = []
    if milestone.status != MilestoneStatus.CANCELLED:
        for rule in known.rules:
            if speaks_of(rule, milestone):
                earned, ahead = _by_rule(rule, milestone, known, now)
                news += earned
                looks += ahead
    return news, min(looks, default=None)


def facts_of(rule: ReminderRule) -> RuleFacts:
    """The rule as the plan reads it."""
    return RuleFacts(
        kind=RuleKind(rule.kind),
        offsets=tuple(rule.offsets),
        in_working_days=rule.day_kind == DayKind.WORKING,
        after_days=rule.after_days,
        repeat_every_days=rule.repeat_every_days,
        send_at=rule.send_at,
    )


def _by_rule(
    rule: ReminderRule, milestone: Milestone, known: Known, now: datetime
) -> tuple[list[News], list[datetime]]:
    zone = milestone.initiative.roadmap.time_zone
    facts, standing = facts_of(rule), known.reports.standing_of(milestone)
    ahead = next_threshold(facts, standing, zone=zone, calendar=known.calendar_of(milestone), now=now)
    crossed = thresholds_crossed(facts, standing, zone=zone, calendar=known.calendar_of(milestone), now=now)
    looks = [ahead.at] if ahead else []
    if not crossed:
        return [], looks
    people = known.recipients.of(rule.audiences, milestone)
    if not people and HAVE_SOMEBODY_BEHIND.intersection(rule.audiences):
        looks.append(now + ASK_AGAIN_AFTER)
    news = []
    for meant in people:
        if (wakes_at := _asleep_until(rule, milestone, meant, known, now)) is not None:
            looks.append(wakes_at)
            continue
        planned = known.planned(rule.pk, milestone.pk, meant.ids)
        heard = [threshold for threshold in crossed if meant.since is None or threshold.at >= meant.since]
        heard = _with_what_was_put_off(heard, planned, rule, milestone, meant, known)
        earned = news_among(heard, planned=planned)
        told = next((threshold for threshold in heard if threshold.name == earned.told), None)
        news.append(_wanted(News(rule, milestone, meant, told, earned.folded)))
    if rule.escalate_after_days:
        passed_up, look = _passed_up(rule, milestone, known, now, crossed=crossed, news=news)
        news += passed_up
        looks += look
    return news, looks


def _asleep_until(
    rule: ReminderRule, milestone: Milestone, meant: Meant, known: Known, now: datetime
) -> datetime | None:
    """When the person may be reminded again; None where they have not put it off, or the day has come."""
    zone = milestone.initiative.roadmap.time_zone
    until = known.snoozed.get((milestone.pk, meant.person.pk))
    return instant_at(until, rule.send_at, zone=zone) if until and until > day_in(zone, at=now) else None


def _with_what_was_put_off(
    heard: list[Threshold], planned: set[str], rule: ReminderRule, milestone: Milestone, meant: Meant, known: Known
) -> list[Threshold]:
    """Whoever was told and put it off is told again on the day that they chose."""
    until = known.snoozed.get((milestone.pk, meant.person.pk))
    if until is None or not heard or not planned.intersection(threshold.name for threshold in heard):
        return heard
    zone = milestone.initiative.roadmap.time_zone
    subject = heard[-1].name.partition("/")[0]
    again = Threshold(f"{subject}/again-{until}", instant_at(until, rule.send_at, zone=zone))
    return sorted([*heard, again], key=lambda threshold: threshold.at)


def _passed_up(
    rule: ReminderRule,
    milestone: Milestone,
    known: Known,
    now: datetime,
    *,
    crossed: Sequence[Threshold],
    news: Sequence[News],
) -> tuple[list[News], list[datetime]]:
    """What goes to the next in line for want of an answer, and when to look whether one has come."""
    told_now = [_heard_now(item.meant, item.told, now) for item in news if item.told]
    escalation = next_escalation(
        [*known.heard.get((rule.pk, milestone.pk), ()), *told_now],
        current={threshold.name for threshold in crossed},
        answered_at=known.answered.get(milestone.pk),
        after_days=rule.escalate_after_days or 1,
        send_at=rule.send_at,
        zone=milestone.initiative.roadmap.time_zone,
        calendar=known.calendar_of(milestone),
    )
    if escalation is None:
        return [], []
    if escalation.threshold.at > now:
        return [], [escalation.threshold.at]
    if escalation.is_held_up:
        return [], [now + ASK_AGAIN_AFTER]
    up = known.recipients.lead_beside(milestone, escalation.knowing) if escalation.step == 1 else []
    passed, looks = [], []
    for meant in up or known.recipients.office_beside(escalation.knowing):
        if (wakes_at := _asleep_until(rule, milestone, meant, known, now)) is not None:
            looks.append(wakes_at)
        else:
            passed.append(News(rule, milestone, meant, escalation.threshold, ()))
    if passed and escalation.step < LAST_STEP:  # the next step's answer is waited for as long
        day = known.calendar_of(milestone).shift(
            day_in(milestone.initiative.roadmap.time_zone, at=now), rule.escalate_after_days or 1
        )
        looks.append(instant_at(day, rule.send_at, zone=milestone.initiative.roadmap.time_zone))
    return passed, looks


def _heard_now(meant: Meant, told: Threshold, now: datetime) -> Heard:
    absent = meant.instead_of.pk if meant.instead_of else None
    return Heard(meant.person.pk, told.name, now, is_waiting=True, instead_of=absent)


def _wanted(news: News) -> News:
    """What its reader left is recorded and not told."""
    is_left = news.told is not None and is_optional(news.told.name, audience=news.meant.audience)
    return folded(news) if is_left and not news.meant.person.optional_reminders else news
