"""Putting mails into the outbox, each at most once by its key. Runs inside the transaction of whoever decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from roadmap.models import OutboxMessage, Person
from roadmap.outbox.welcome import CalendarOf, calendars, welcome_from
from roadmap.vocabulary import MessageKind


@dataclass(frozen=True)
class NewMessage:
    """A mail to be: ``key`` names the business fact, ``facts`` is what the kind's renderer needs (plain JSON).

    ``awaited_until``: its reader chose this very time, so quiet hours don't hold it up before that instant.
    ``of_use_until``: the last day on which it helps; it waits for a working day if one comes by then. None: days off
    don't matter to it.
    """

    key: str
    kind: MessageKind
    recipient: Person
    facts: Mapping[str, Any] = field(default_factory=dict)
    awaited_until: datetime | None = None
    of_use_until: date | None = None


def insert_once(messages: Sequence[NewMessage], *, deliver_after: datetime) -> dict[str, OutboxMessage]:
    """The rows of ``messages`` by key, each to be delivered as soon after ``deliver_after`` as it is welcome; those
    whose key was there already are left as they are."""
    calendar_of = calendars()
    OutboxMessage.objects.bulk_create(
        [_row(message, deliver_after, calendar_of) for message in messages], ignore_conflicts=True
    )
    return {row.key: row for row in OutboxMessage.objects.filter(key__in=[message.key for message in messages])}


def bring_forward(waiting: Iterable[tuple[OutboxMessage, NewMessage]], *, now: datetime) -> None:
    """Let mails that were put off go sooner, where the news that joins them is welcome sooner."""
    calendar_of = calendars()
    changed = []
    for row, news in waiting:
        joined = _row(news, now, calendar_of)
        before = (row.deliver_after, row.of_use_until)
        if not row.attempts:
            row.deliver_after = min(row.deliver_after, joined.deliver_after)
        days = (row.of_use_until, joined.of_use_until)
        row.of_use_until = None if None in days else min(day for day in days if day)
        if before != (row.deliver_after, row.of_use_until):
            changed.append(row)
    if changed:
        OutboxMessage.objects.bulk_update(changed, ["deliver_after", "of_use_until"])


def _row(message: NewMessage, at: datetime, calendar_of: CalendarOf) -> OutboxMessage:
    row = OutboxMessage(
        key=message.key,
        kind=message.kind,
        recipient=message.recipient,
        address=message.recipient.email,
        language=message.recipient.language,
        facts=dict(message.facts),
        awaited_until=message.awaited_until,
        of_use_until=message.of_use_until,
    )
    row.deliver_after = welcome_from(row, at=at, calendar_of=calendar_of)
    return row
