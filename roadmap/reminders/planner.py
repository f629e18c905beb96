"""The tick of the reminders: milestones whose time has come → occurrences and mails, in one transaction a batch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from roadmap.models import Milestone, OutboxMessage, Person, ReminderOccurrence
from roadmap.outbox.insert import NewMessage, bring_forward, insert_once
from roadmap.outbox.withdraw import give_up_keys, pulled_back, withdraw_superseded
from roadmap.reminders.known import known_about
from roadmap.reminders.look import look_at
from roadmap.reminders.merging import News, latest_only
from roadmap.vocabulary import MessageKind, MessageState


def plan_due_reminders(*, now: datetime, limit: int = 500) -> int:
    """Plan what up to ``limit`` milestones have earned by ``now``; returns how many were looked at.

    Safe to run twice, late, or beside itself: what is locked by another run is left to it. The number of queries does
    not depend on the number of milestones (writes go in the database's own batches).
    """
    with transaction.atomic():
        milestones = _milestones_due(now, limit)
        if not milestones:
            return 0
        known = known_about(milestones, now=now)
        news: list[News] = []
        for milestone in milestones:
            earned, milestone.remind_at = look_at(milestone, known, now=now)
            news += latest_only(earned)
        _write(news, now)
        Milestone.objects.bulk_update(milestones, ["remind_at"])
    return len(milestones)


def are_reminders_due(*, now: datetime) -> bool:
    """Whether the planner has any milestone to look at. One query."""
    return Milestone.objects.filter(remind_at__lte=now).exists()


def _milestones_due(now: datetime, limit: int) -> list[Milestone]:
    due = Milestone.objects.filter(remind_at__lte=now).order_by("remind_at", "pk")
    with_frame = due.select_related("initiative__roadmap", "phase", "organisation", "owner")
    return list(with_frame.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])


def _write(news: Sequence[News], now: datetime) -> None:
    """One mail a person for all that is told, and an occurrence for each thing told or folded."""
    told: defaultdict[Person, list[News]] = defaultdict(list)
    for item in news:
        if item.told:
            told[item.meant.person].append(item)
    mails = _mails_for(told, now)
    ReminderOccurrence.objects.bulk_create(
        ReminderOccurrence(
            rule=item.rule,
            milestone=item.milestone,
            recipient=item.meant.person,
            audience=item.meant.audience,
            instead_of=item.meant.instead_of,
            occurrence=name,
            planned_at=now,
            is_provisional=item.told is not None and name == item.told.name and item.told.is_provisional,
            message=mails[item.meant.person] if item.told and name == item.told.name else None,
        )
        for item in news
        for name in (*item.folded, *([item.told.name] if item.told else []))
    )


def _mails_for(told: dict[Person, list[News]], now: datetime) -> dict[Person, OutboxMessage]:
    """The mail that carries each person's news: one that isn't on its way yet, if any: an outage ends in one mail."""
    if not told:
        return {}
    people = {person.pk: person for person in told}
    waiting: defaultdict[Person, list[OutboxMessage]] = defaultdict(list)
    for row in pulled_back(OutboxMessage.objects.filter(recipient__in=told, kind=MessageKind.REMINDER, repeats=0)):
        waiting[people[row.recipient_id]].append(row)
    mails = {person: _joined(rows) for person, rows in waiting.items()}
    OutboxMessage.objects.filter(pk__in=[row.pk for row in mails.values()]).update(rendered=None)
    new = {person: _message(person, items) for person, items in told.items()}
    bring_forward([(row, new[person]) for person, row in mails.items()], now=now)
    rows = _inserted([message for person, message in new.items() if person not in mails], now)
    return {person: mails.get(person) or rows[message.key] for person, message in new.items()}


def _joined(rows: Sequence[OutboxMessage]) -> OutboxMessage:
    """The one of a person's waiting mails that goes first, with the reminders of all.

    There are several where one was on its way when another was written, and came back; with two, a milestone's next
    reminder might join the one while the other tells of it, too.
    """
    first, *others = sorted(rows, key=lambda row: (row.deliver_after, row.pk))
    if others:
        ReminderOccurrence.objects.filter(message__in=others).update(message=first)
        withdraw_superseded(others)
    return first


def _inserted(messages: Sequence[NewMessage], now: datetime) -> dict[str, OutboxMessage]:
    """The rows of ``messages``, which nobody else writes: their milestones are locked.

    A key may be that of a mail on its way or sent which told of other things only, as what had named it was no longer
    so at the time. It tells nobody what is so again now; that takes a mail of its own.
    """
    rows = insert_once(messages, deliver_after=now)
    taken = [row for row in rows.values() if row.state != MessageState.PENDING or row.repeats]
    if taken:
        give_up_keys(taken)
        rows |= insert_once([one for one in messages if one.key in {row.key for row in taken}], deliver_after=now)
    return rows


def _message(person: Person, items: Sequence[News]) -> NewMessage:
    return NewMessage(
        key=_key(person, items),
        kind=MessageKind.REMINDER,
        recipient=person,
        of_use_until=min((item.last_day for item in items if item.last_day), default=date.max),
    )


def _key(person: Person, items: Iterable[News]) -> str:
    """The mail's name by business facts: whom, and which crossings of which rules."""
    names = sorted(f"{item.rule.code}/{item.milestone.code}/{item.told.name}" for item in items if item.told)
    return f"reminder/p{person.pk}/{sha256('|'.join(names).encode()).hexdigest()[:16]}"
