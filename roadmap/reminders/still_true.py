"""Whether the reminders of a claimed mail are still true, and news, asked right before it is made and sent.

Each kind says so of the fact in the name; of no kind is told what was cancelled, snoozed, or answered meanwhile. Nor
what another mail has told since, where the outcome of a mail was unknown for a while and it goes again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Q

from roadmap.clock import day_in
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.withdraw import forget
from roadmap.reminders.claimed import ON_ITS_WAY, check_anew, last_answer, reports_in, take_out
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.kinds.facts import read_occurrence
from roadmap.reminders.milestone_facts import Reports
from roadmap.vocabulary import MessageState, MilestoneStatus


def reminders_still_true(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Take out those reminders of a claimed mail that are no longer true, or no longer news; False when none is left.

    It covers what withdrawing at the edit can't touch: mail that a worker held while the milestone changed. One query
    where nothing is taken out.
    """
    reminders = check_anew(row, memory)
    reports = reports_in(reminders)
    untrue = [one for one in reminders if not _is_still_true(one, reports, memory.now)]
    if untrue or row.repeats or any(one.told_again for one in reminders):
        gone = _taken_out(row, reminders, untrue, now=memory.now)
        if gone:
            take_out(row, gone, memory)
            return len(gone) < len(reminders)
    return bool(reminders)


def _taken_out(row: OutboxMessage, reminders: Sequence[Any], untrue: Sequence[Any], *, now: datetime) -> set[int]:
    """Forget the untrue ones, and leave those to others that these tell; the numbers of both."""
    with transaction.atomic():
        if untrue:
            Milestone.objects.filter(pk__in={one.milestone_id for one in untrue}).ask_planner_to_look(at=now)
            forget(untrue)
        overtaken = _overtaken(row, reminders, now=now)
        ReminderOccurrence.objects.filter(pk__in=overtaken).update(message=None)
    return {one.pk for one in untrue} | set(overtaken)


def _overtaken(row: OutboxMessage, reminders: Sequence[Any], *, now: datetime) -> list[int]:
    """Those whose news the reader hears from another mail, by the same rule. It can only be so where this mail goes
    again, or where the other one does and this reminder was planned while it was on its way."""
    if not (row.repeats or any(one.told_again for one in reminders)):
        return []
    others = ReminderOccurrence.objects.exclude(message=row).filter(
        Q(message__state=MessageState.SENT) | ON_ITS_WAY,
        recipient=row.recipient_id,
        milestone__in=[reminder.milestone_id for reminder in reminders],
    )
    told: dict[tuple[int, int, str], datetime] = {}
    for other in others.select_related("message"):
        as_of = _tells_as_of(other, goes_again_too=row.repeats > 0, now=now)
        told[_thread(other)] = max(as_of, told.get(_thread(other), as_of))
    return [one.pk for one in reminders if told.get(_thread(one), one.planned_at) > one.planned_at]


def _tells_as_of(other: ReminderOccurrence, *, goes_again_too: bool, now: datetime) -> datetime:
    """The moment as of which the mail of ``other`` tells its fact; ``goes_again_too``: the mail that asks does.

    A mail tells what it was planned for. One that goes again tells what is true when it is sent, and what was planned
    meanwhile couldn't join it. Where two go again and neither is sent yet, each would leave its news to the other: then
    it is the one planned later that tells.
    """
    mail = cast("OutboxMessage", other.message)
    if not mail.repeats or (goes_again_too and mail.sent_at is None):
        return other.planned_at
    return (mail.sent_at or now) + timedelta.resolution  # what was planned at that very moment, too


def _thread(reminder: ReminderOccurrence) -> tuple[int, int, str]:
    return reminder.rule_id, reminder.milestone_id, read_occurrence(reminder.occurrence).subject


def _is_still_true(reminder: Any, reports: Reports, now: datetime) -> bool:
    milestone, told = reminder.milestone, read_occurrence(reminder.occurrence)
    today = day_in(reminder.zone, at=now)
    is_snoozed = reminder.snoozed is not None and reminder.snoozed > today
    answered_at = last_answer(reminder) if told.step else None
    is_answered = answered_at is not None and answered_at >= reminder.planned_at
    if milestone.status == MilestoneStatus.CANCELLED or is_snoozed or is_answered:
        return False
    return KINDS[reminder.rule.kind].is_still_true(told, reports.facts_of(milestone), today=today)
