"""One milestone before all rules: what it has earned for whom, and when to look at it again. No queries, no writes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from roadmap.clock import day_in, instant_at
from roadmap.models import Milestone, ReminderRule
from roadmap.reminders.escalation import LAST_STEP, Heard, next_escalation
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import AGAIN, RuleFacts, read_occurrence
from roadmap.reminders.known import Known
from roadmap.reminders.merging import News, folded
from roadmap.reminders.optional import is_optional
from roadmap.reminders.plan import (
    Threshold,
    is_planned,
    news_among,
    next_hour,
    next_threshold,
    tell_at,
    thresholds_crossed,
)
from roadmap.reminders.recipients import HAVE_SOMEBODY_BEHIND, Meant
from roadmap.reminders.scope import speaks_of
from roadmap.vocabulary import DayKind, MilestoneStatus, RuleKind

ONE_MOMENT = timedelta(microseconds=1)


def look_at(milestone: Milestone, known: Known, *, now: datetime) -> tuple[list[News], datetime | None]:
    """What the milestone has earned, and when to look at it again (None: never, until somebody edits it).

    Its ``remind_at`` is taken to be since when the planner was to look at it.
    """
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
    facts, state = facts_of(rule), known.reports.facts_of(milestone)
    ahead = next_threshold(facts, state, zone=zone, calendar=known.calendar_of(milestone), now=now)
    crossed = thresholds_crossed(facts, state, zone=zone, calendar=known.calendar_of(milestone), now=now)
    looks = [ahead.at] if ahead else []
    if not crossed:
        return [], looks
    people = known.recipients.of(rule.audiences, milestone)
    if not people and HAVE_SOMEBODY_BEHIND.intersection(rule.audiences):
        looks.append(_hour_after(rule, zone, now))
    news = []
    for meant in people:
        if (wakes_at := _asleep_until(rule, milestone, meant, known, now)) is not None:
            looks.append(wakes_at)
            continue
        planned = known.planned(rule, milestone, meant.ids)
        heard = [threshold for threshold in crossed if meant.since is None or threshold.at >= meant.since]
        heard = _with_what_was_put_off(heard, planned, rule, milestone, meant, known)
        earned = news_among(heard, planned=planned)
        told = next((threshold for threshold in heard if threshold.name == earned.told), None)
        if told is not None and (told_at := _tell_at(told, rule, milestone, now)) > now:
            looks.append(told_at)
            continue
        found = _wanted(News(rule, milestone, meant, told, earned.folded))
        news.append(folded(found) if _is_known_today(found, known, now) else found)
    if rule.escalate_after_days:
        passed_up, look = _passed_up(rule, milestone, known, now, crossed=crossed, news=news)
        news += passed_up
        looks += look
    return news, looks


def _tell_at(threshold: Threshold, rule: ReminderRule, milestone: Milestone, now: datetime) -> datetime:
    return tell_at(
        threshold.at,
        asked_at=min(milestone.remind_at or now, now),
        now=now,
        send_at=rule.send_at,
        zone=milestone.initiative.roadmap.time_zone,
        last_day=last_day_of(threshold, rule),
    )


def last_day_of(threshold: Threshold, rule: ReminderRule) -> date | None:
    """The last day on which it helps to hear of the threshold; None where it helps on any."""
    return KINDS[rule.kind].last_day(read_occurrence(threshold.name))


def _hour_after(rule: ReminderRule, zone: str, now: datetime) -> datetime:
    """When to look again, where nobody can be told now (no owner, no lead, no office with an address)."""
    return next_hour(rule.send_at, zone=zone, since=now + ONE_MOMENT)


def _is_known_today(news: News, known: Known, now: datetime) -> bool:
    """Whether the person has heard the same news on this very day, by any rule.

    A rule that waits for an answer has to have asked itself.
    """
    if news.told is None:
        return False
    zone = news.milestone.initiative.roadmap.time_zone
    kind, told, today = KINDS[news.rule.kind], read_occurrence(news.told.name), day_in(zone, at=now)
    return any(
        one.is_told
        and kind.is_known_by(told, read_occurrence(one.name))
        and {one.recipient, one.instead_of} & news.meant.ids
        and day_in(zone, at=one.at) == today
        and (rule == news.rule.pk or not news.rule.escalate_after_days)
        for rule, one in known.heard_of.get(news.milestone.pk, ())
    )


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
    if until is None or not heard or not is_planned(heard[0].name, planned):
        return heard
    zone = milestone.initiative.roadmap.time_zone
    subject = heard[-1].name.partition("/")[0]
    again = Threshold(f"{subject}/{AGAIN}{until}", instant_at(until, rule.send_at, zone=zone))
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
    if (told_at := _tell_at(escalation.threshold, rule, milestone, now)) > now:
        return [], [told_at]
    if escalation.is_held_up:
        return [], [_hour_after(rule, milestone.initiative.roadmap.time_zone, now)]
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
