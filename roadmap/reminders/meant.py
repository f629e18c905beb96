"""Whether those to whom a claimed reminder goes are still meant: owners change, rules are switched off, mail waits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from roadmap.models import Leave, Milestone, OutboxMessage, ReminderOccurrence
from roadmap.reminders.recipients import recipients_for
from roadmap.vocabulary import UNANSWERED, Audience


def reader_is_still_meant(row: OutboxMessage, now: datetime) -> bool:
    """Forget those reminders of ``row`` that its reader is no longer meant to get; False when none is left.

    The planner is asked to look anew, so that whoever is meant now is told. What was passed up for want of an answer
    stays, as its reader was chosen for that.
    """
    day = timedelta(days=1)  # no zone is further from UTC
    away = Leave.objects.filter(
        person=OuterRef("recipient"), from_on__lte=(now + day).date(), until_on__gte=(now - day).date()
    )
    told = row.reminders.annotate(may_be_away=Exists(away))
    reminders = list(told.select_related("rule", "milestone__organisation", "milestone__owner"))
    doubtful = [one for one in reminders if one.may_be_away or not _is_plainly_meant(one)]
    gone = _no_longer_meant([one for one in doubtful if UNANSWERED not in one.occurrence], now) if doubtful else []
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


def _no_longer_meant(reminders: Sequence[ReminderOccurrence], now: datetime) -> list[ReminderOccurrence]:
    audiences = {audience for one in reminders for audience in one.rule.audiences}
    recipients = recipients_for([one.milestone for one in reminders], audiences=audiences, now=now)
    return [
        one
        for one in reminders
        if not one.rule.is_active
        or one.recipient_id not in {meant.person.pk for meant in recipients.of(one.rule.audiences, one.milestone)}
    ]
