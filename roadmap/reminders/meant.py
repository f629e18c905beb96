"""Whether those to whom a claimed reminder goes are still meant: owners change, rules are switched off, mail waits."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence
from roadmap.outbox.render import BatchMemory
from roadmap.reminders.claimed import checked, people_meant, take_out
from roadmap.vocabulary import UNANSWERED, Audience


def reader_is_still_meant(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Forget those reminders of ``row`` that its reader is no longer meant to get; False when none is left.

    The planner is asked to look anew, so that whoever is meant now is told. What was passed up for want of an answer
    stays, as its reader was chosen for that.
    """
    reminders = checked(row, memory)
    doubtful = [one for one in reminders if UNANSWERED not in one.occurrence and not _is_plainly_meant(one)]
    gone = _no_longer_meant(row, doubtful, memory) if doubtful else []
    if gone:
        with transaction.atomic():
            Milestone.objects.filter(pk__in={one.milestone_id for one in gone}).ask_planner_to_look(at=memory.now)
            ReminderOccurrence.objects.filter(pk__in=[one.pk for one in gone]).delete()
        take_out(row, {one.pk for one in gone}, memory)
    return len(gone) < len(reminders)


def _is_plainly_meant(reminder: Any) -> bool:
    if reminder.may_be_away:
        return False
    owns = reminder.milestone.owner_id == reminder.recipient_id
    return owns and reminder.rule.is_active and Audience.OWNER in reminder.rule.audiences


def _no_longer_meant(row: OutboxMessage, reminders: Sequence[Any], memory: BatchMemory) -> list[Any]:
    lines, people = people_meant(row, reminders, memory)
    return [
        one
        for one in reminders
        if not one.rule.is_active
        or row.recipient_id not in {meant.person.pk for meant in people.of(one.rule.audiences, lines[one.milestone_id])}
    ]
