"""Whether the reminders of a claimed mail are still true, and news, asked right before it is sent.

Each kind says so of the fact in the name; of no kind is told what was cancelled, snoozed, or answered meanwhile. Nor
what a later mail has told, where the outcome of a mail was unknown for a while and it goes again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

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


def reminders_still_true(row: OutboxMessage, now: datetime) -> bool:
    """Take out those reminders of a claimed mail that are no longer true, or no longer news; False when none is left.

    It covers what withdrawing at the edit can't touch: mail that a worker held while the milestone changed.
    """
    with transaction.atomic():
        reminders = list(row.reminders.all())
        untrue = untrue_among(reminders, now=now)
        if untrue:
            about = {reminder.milestone_id for reminder in untrue}
            Milestone.objects.filter(pk__in=about).ask_planner_to_look(at=now)
            forget(untrue)
        overtaken = _overtaken(row, reminders)
        ReminderOccurrence.objects.filter(pk__in=overtaken).update(message=None)
        if untrue or overtaken:
            row.rendered = None
    return row.reminders.exists()


def _overtaken(row: OutboxMessage, reminders: Iterable[ReminderOccurrence]) -> list[int]:
    """Those of a mail that goes again of whose fact the same rule has told the reader something later meanwhile."""
    if not row.repeats:  # until then, what comes later joins the mail that waits
        return []
    sent = ReminderOccurrence.objects.filter(
        recipient=row.recipient_id,
        milestone__in=[reminder.milestone_id for reminder in reminders],
        message__state=MessageState.SENT,
    )
    later: dict[tuple[int, int, str], datetime] = {}
    for other in sent.order_by("planned_at"):
        later[_thread(other)] = other.planned_at
    return [one.pk for one in reminders if later.get(_thread(one), one.planned_at) > one.planned_at]


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
