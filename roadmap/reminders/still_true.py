"""Whether the reminders of a claimed mail are still true, and news, asked right before it is sent.

Each kind says so of the fact in the name; of no kind is told what was cancelled, snoozed, or answered meanwhile. Nor
what another mail has told since, where the outcome of a mail was unknown for a while and it goes again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from roadmap.clock import day_in
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, Snooze
from roadmap.outbox.withdraw import forget
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import read_occurrence
from roadmap.reminders.milestone_facts import Reports, last_answers, reports_on
from roadmap.vocabulary import MessageState, MilestoneStatus

# until when the reader of a reminder has snoozed those of its milestone, by its present due date
_SNOOZED = Subquery(
    Snooze.objects.filter(
        milestone=OuterRef("milestone"), person=OuterRef("recipient"), due_on=OuterRef("milestone__due_on")
    ).values("until")[:1]
)
# whether a mail that went again since the reminder was planned, or will, tells of its milestone as it is on that day
_ON_ITS_WAY = Q(message__state__in=[MessageState.PENDING, MessageState.SENDING], message__repeats__gt=0)
_TOLD_AGAIN = Exists(
    ReminderOccurrence.objects.exclude(message=OuterRef("message")).filter(
        _ON_ITS_WAY
        | Q(message__state=MessageState.SENT, message__repeats__gt=0, message__sent_at__gte=OuterRef("planned_at")),
        recipient=OuterRef("recipient"),
        milestone=OuterRef("milestone"),
        rule=OuterRef("rule"),
    )
)


def reminders_still_true(row: OutboxMessage, now: datetime) -> bool:
    """Take out those reminders of a claimed mail that are no longer true, or no longer news; False when none is left.

    It covers what withdrawing at the edit can't touch: mail that a worker held while the milestone changed.
    """
    with transaction.atomic():
        reminders = list(row.reminders.annotate(told_again=_TOLD_AGAIN))
        untrue = untrue_among(reminders, now=now)
        if untrue:
            about = {reminder.milestone_id for reminder in untrue}
            Milestone.objects.filter(pk__in=about).ask_planner_to_look(at=now)
            forget(untrue)
        overtaken = _overtaken(row, reminders, now=now)
        ReminderOccurrence.objects.filter(pk__in=overtaken).update(message=None)
        if untrue or overtaken:
            row.rendered = None
    return row.reminders.exists()


def _overtaken(row: OutboxMessage, reminders: Iterable[Any], *, now: datetime) -> list[int]:
    """Those of whose fact the reader hears otherwise by the same rule: from a later reminder, where this mail goes
    again; or from a mail that goes again, where this reminder was planned before its sending and couldn't join it."""
    if not (row.repeats or any(one.told_again for one in reminders)):
        return []
    others = ReminderOccurrence.objects.exclude(message=row).filter(
        Q(message__state=MessageState.SENT) | _ON_ITS_WAY,
        recipient=row.recipient_id,
        milestone__in=[reminder.milestone_id for reminder in reminders],
    )
    told: dict[tuple[int, int, str], datetime] = {}
    for other in others.select_related("message"):
        message, since = cast("OutboxMessage", other.message), other.planned_at
        if message.repeats and not (row.repeats and message.sent_at is None):  # of two that go again, the later one
            since = (message.sent_at or now) + timedelta.resolution  # what was planned at that moment, too
        told[_thread(other)] = max(since, told.get(_thread(other), since))
    return [one.pk for one in reminders if told.get(_thread(one), one.planned_at) > one.planned_at]


def _thread(reminder: ReminderOccurrence) -> tuple[int, int, str]:
    return reminder.rule_id, reminder.milestone_id, read_occurrence(reminder.occurrence).subject


def untrue_among(reminders: Iterable[ReminderOccurrence], *, now: datetime) -> list[ReminderOccurrence]:
    """Those of ``reminders`` that are no longer true, or whose reader has snoozed them: five queries for any number."""
    rows = list(
        ReminderOccurrence.objects.filter(pk__in=[reminder.pk for reminder in reminders])
        .annotate(snoozed=_SNOOZED)
        .select_related("rule", "milestone__initiative__roadmap", "milestone__phase")
    )
    milestones = list({row.milestone_id: row.milestone for row in rows}.values())
    reports, answers = reports_on(milestones), last_answers([milestone.pk for milestone in milestones])
    return [row for row in rows if not _is_still_true(row, reports, answers.get(row.milestone_id), now)]


def _is_still_true(reminder: Any, reports: Reports, answered_at: datetime | None, now: datetime) -> bool:
    milestone, told = reminder.milestone, read_occurrence(reminder.occurrence)
    today = day_in(milestone.initiative.roadmap.time_zone, at=now)
    is_snoozed = reminder.snoozed is not None and reminder.snoozed > today
    is_answered = told.step > 0 and answered_at is not None and answered_at >= reminder.planned_at
    if milestone.status == MilestoneStatus.CANCELLED or is_snoozed or is_answered:
        return False
    return KINDS[reminder.rule.kind].is_still_true(told, reports.facts_of(milestone), today=today)
