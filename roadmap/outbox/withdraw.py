"""Taking back mail that is no longer true, so that what comes true again can be earned anew.

Callers run it inside the transaction that makes it untrue.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from roadmap.models import DigestSubscription, Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.outbox.claim import withdrawn_key
from roadmap.vocabulary import OPEN_STATUSES, MessageKind, MessageState


def withdraw_reminders_about(milestone: Milestone) -> int:
    """Forget the reminders of ``milestone`` that wait to be sent; returns how many mails were touched.

    A mail with nothing left in it is withdrawn; one that also tells of others is made anew without this one.
    """
    return _forget_waiting(ReminderOccurrence.objects.filter(milestone=milestone))


def withdraw_reminders_of(rule: ReminderRule) -> int:
    """The same for all that ``rule`` has earned and that waits to be sent."""
    return _forget_waiting(ReminderOccurrence.objects.filter(rule=rule))


def _forget_waiting(reminders: QuerySet[ReminderOccurrence]) -> int:
    waiting = OutboxMessage.objects.select_for_update(no_key=True).filter(
        state=MessageState.PENDING, pk__in=reminders.filter(message__isnull=False).values("message")
    )
    rows = list(waiting.order_by("pk"))
    if not rows:
        return 0
    reminders.filter(message__in=rows).delete()
    still_telling = set(ReminderOccurrence.objects.filter(message__in=rows).values_list("message_id", flat=True))
    _withdraw(row for row in rows if row.pk not in still_telling)
    OutboxMessage.objects.filter(pk__in=still_telling).update(rendered=None)
    return len(rows)


def waiting_digests(subscriptions: Iterable[DigestSubscription]) -> list[OutboxMessage]:
    """The unsent issues of the subscriptions, locked until the transaction ends, oldest first."""
    by_id = {subscription.pk: subscription for subscription in subscriptions}
    waiting = OutboxMessage.objects.select_for_update(no_key=True).filter(
        state=MessageState.PENDING,
        kind=MessageKind.DIGEST,
        recipient__in={subscription.person_id for subscription in by_id.values()},
    )
    return [row for row in waiting.order_by("pk") if row.facts["subscription"] in by_id]


def withdraw_superseded(rows: Iterable[OutboxMessage]) -> int:
    """Take back unsent mails whose content is left to a later one; returns how many."""
    return _withdraw(rows)


def drop_untrue_reminders(row: OutboxMessage, *, now: datetime) -> bool:
    """Forget those reminders of a claimed mail whose milestone was closed or moved since; True when there were any.

    It covers what ``withdraw_reminders_about`` can't touch: mail that a worker held while the milestone changed.
    """
    with transaction.atomic():
        untrue = [
            reminder
            for reminder in row.reminders.select_related("milestone")
            if reminder.milestone.status not in OPEN_STATUSES
            or not reminder.occurrence.startswith(f"due={reminder.milestone.due_on}/")
        ]
        if not untrue:
            return False
        about = {reminder.milestone_id for reminder in untrue}
        Milestone.objects.filter(pk__in=about).ask_planner_to_look(at=now)
        ReminderOccurrence.objects.filter(pk__in=[reminder.pk for reminder in untrue]).delete()
    return True


def _withdraw(rows: Iterable[OutboxMessage]) -> int:
    count = 0
    for row in rows:
        count += OutboxMessage.objects.filter(pk=row.pk, state=MessageState.PENDING).update(
            state=MessageState.WITHDRAWN, key=withdrawn_key(row), rendered=None
        )
    return count
