"""Taking back mail that is no longer true, so that what comes true again can be earned anew.

Callers run it inside the transaction that makes it untrue.
"""

from collections.abc import Iterable

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr

from roadmap.models import (
    DigestSubscription,
    Milestone,
    OutboxMessage,
    Person,
    ReminderOccurrence,
    ReminderRule,
)
from roadmap.vocabulary import MessageKind, MessageState


def withdraw_reminders_about(milestone: Milestone) -> int:
    """Forget the reminders of ``milestone`` that wait to be sent; returns how many mails were touched.

    A mail with nothing left in it is withdrawn; one that also tells of others is made anew without this one.
    """
    return _forget_waiting(ReminderOccurrence.objects.filter(milestone=milestone))


def withdraw_reminders_of(rule: ReminderRule) -> int:
    """The same for all that ``rule`` has earned and that waits to be sent."""
    return _forget_waiting(ReminderOccurrence.objects.filter(rule=rule))


def withdraw_reminders_to(person: Person, *, about: Milestone) -> int:
    """The same for what waits to be sent to ``person`` about one milestone."""
    return _forget_waiting(ReminderOccurrence.objects.filter(milestone=about, recipient=person))


def withdraw_reminders_among(reminders: QuerySet[ReminderOccurrence]) -> int:
    """The same for those of ``reminders`` that wait to be sent."""
    return _forget_waiting(reminders)


def _forget_waiting(reminders: QuerySet[ReminderOccurrence]) -> int:
    rows = pulled_back(OutboxMessage.objects.filter(pk__in=reminders.filter(message__isnull=False).values("message")))
    if not rows:
        return 0
    forget(reminders.filter(message__in=rows))
    still_telling = set(ReminderOccurrence.objects.filter(message__in=rows).values_list("message_id", flat=True))
    _withdraw(row for row in rows if row.pk not in still_telling)
    OutboxMessage.objects.filter(pk__in=still_telling).update(rendered=None)
    return len(rows)


def forget(reminders: Iterable[ReminderOccurrence]) -> None:
    """Forget reminders that told nobody, so that they can be earned anew; with them those that were left out since, as
    these would have said the same of the same fact: else neither would ever be told. Two queries.
    """
    told = list(reminders)
    if not told:  # somebody else has forgotten them meanwhile
        return
    silent = ReminderOccurrence.objects.filter(
        message=None,
        milestone__in={one.milestone_id for one in told},
        recipient__in={one.recipient_id for one in told},
        planned_at__gte=min(one.planned_at for one in told),
    )
    facts = {(one.milestone_id, one.recipient_id, _fact(one)) for one in told}
    left_out = [one for one in silent if (one.milestone_id, one.recipient_id, _fact(one)) in facts]
    ReminderOccurrence.objects.filter(pk__in=[one.pk for one in (*told, *left_out)]).delete()


def _fact(reminder: ReminderOccurrence) -> str:
    return reminder.occurrence.partition("/")[0]


def waiting_digests(subscriptions: Iterable[DigestSubscription]) -> list[OutboxMessage]:
    """The unsent issues of the subscriptions, locked until the transaction ends, oldest first."""
    by_id = {subscription.pk: subscription for subscription in subscriptions}
    digests = OutboxMessage.objects.filter(
        kind=MessageKind.DIGEST, recipient__in={subscription.person_id for subscription in by_id.values()}
    )
    return [row for row in pulled_back(digests) if row.facts["subscription"] in by_id]


def digests_given_up(subscriptions: Iterable[DigestSubscription]) -> list[OutboxMessage]:
    """The issues of the subscriptions of which it never became known whether they arrived. One query."""
    by_id = {subscription.pk: subscription for subscription in subscriptions}
    rows = OutboxMessage.objects.filter(
        kind=MessageKind.DIGEST, state=MessageState.GIVEN_UP,
        recipient__in={subscription.person_id for subscription in by_id.values()},
    )  # fmt: skip
    return [row for row in rows.defer("rendered") if row.facts["subscription"] in by_id]


def withdraw_superseded(rows: Iterable[OutboxMessage]) -> int:
    """Take back unsent mails whose content is left to a later one; returns how many."""
    return _withdraw(rows)


def withdrawn_key(row: OutboxMessage) -> str:
    """The key that a withdrawn mail steps aside to, so that the same fact, should it come true again, is told."""
    return f"withdrawn/{row.pk}/{row.key}"[:200]


def pulled_back(messages: QuerySet[OutboxMessage]) -> list[OutboxMessage]:
    """Those of ``messages`` that wait, locked until the transaction ends, oldest first.

    Also those that a worker holds and hasn't begun to hand over: its claim ends here, so that it can't hand them over.
    """
    unsent = Q(state=MessageState.PENDING) | Q(state=MessageState.SENDING, committing_at=None)
    rows = list(messages.filter(unsent).select_for_update(no_key=True).order_by("pk"))
    held = [row.pk for row in rows if row.state == MessageState.SENDING]
    if held:
        OutboxMessage.objects.filter(pk__in=held).update(
            state=MessageState.PENDING, leased_until=None, fence=F("fence") + 1
        )
    return rows


def give_up_keys(rows: Iterable[OutboxMessage]) -> None:
    """Let the keys of mails step aside that were named by news which they don't tell: it was taken out again."""
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(key=_aside())


def _withdraw(rows: Iterable[OutboxMessage]) -> int:
    """One statement for all of them; the key steps aside as ``withdrawn_key`` says."""
    waiting = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows], state=MessageState.PENDING)
    return waiting.update(state=MessageState.WITHDRAWN, key=_aside(), rendered=None)


def _aside() -> Substr:
    text = CharField()
    return Substr(Concat(Value("withdrawn/"), Cast("pk", text), Value("/"), "key", output_field=text), 1, 200)
