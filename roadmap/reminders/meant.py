"""Whether those to whom a claimed reminder goes are still meant: owners change, rules are switched off, mail waits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence
from roadmap.reminders.recipients import recipients_for
from roadmap.vocabulary import UNANSWERED, Audience


def reader_is_still_meant(row: OutboxMessage, now: datetime) -> bool:
    """Forget those reminders of ``row`` that its reader is no longer meant to get; False when none is left.

    The planner is asked to look anew, so that whoever is meant now is told. What was passed up for want of an answer
    stays, as its reader was chosen for that.
    """
    reminders = list(row.reminders.select_related("rule", "milestone__organisation", "milestone__owner"))
    doubtful = [one for one in reminders if not _is_plainly_meant(one)]
    gone = _no_longer_meant(doubtful) if doubtful else []
    if gone:
        with transaction.atomic():
            Milestone.objects.filter(pk__in={one.milestone_id for one in gone}).ask_planner_to_look(at=now)
            ReminderOccurrence.objects.filter(pk__in=[one.pk for one in gone]).delete()
        row.rendered = None
    return len(gone) < len(reminders)


def _is_plainly_meant(reminder: ReminderOccurrence) -> bool:
    if UNANSWERED in reminder.occurrence:
        return True
    owns = reminder.milestone.owner_id == reminder.recipient_id
    return owns and reminder.rule.is_active and Audience.OWNER in reminder.rule.audiences


def _no_longer_meant(reminders: Sequence[ReminderOccurrence]) -> list[ReminderOccurrence]:
    audiences = {audience for one in reminders for audience in one.rule.audiences}
    recipients = recipients_for([one.milestone for one in reminders], audiences=audiences)
    return [
        one
        for one in reminders
        if not one.rule.is_active
        or one.recipient_id not in {meant.person.pk for meant in recipients.of(one.rule.audiences, one.milestone)}
    ]
