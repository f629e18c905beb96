"""Putting mails into the outbox, each at most once by its key. Runs inside the transaction of whoever decides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from roadmap.clock import day_in
from roadmap.models import OutboxMessage, Person, WorkdayOverride
from roadmap.outbox.habits import quiet_hours_of, rests_on_days_off
from roadmap.outbox.quiet import end_of_quiet, first_working_time
from roadmap.vocabulary import MessageKind
from roadmap.workdays import WorkCalendar


@dataclass(frozen=True)
class NewMessage:
    """A mail to be: ``key`` names the business fact, ``facts`` is what the kind's renderer needs (plain JSON).

    ``is_awaited``: its reader chose this very time, so quiet hours don't hold it up. ``of_use_until``: the last day on
    which it helps; it waits for a working day if one comes by then. None: days off don't matter to it.
    """

    key: str
    kind: MessageKind
    recipient: Person
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_awaited: bool = False
    of_use_until: date | None = None


def insert_once(messages: Sequence[NewMessage], *, deliver_after: datetime) -> dict[str, OutboxMessage]:
    """The rows of ``messages`` by key, each to be delivered as soon after ``deliver_after`` as it is welcome; those
    whose key was there already are left as they are."""
    is_working = _working_days()
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=message.key,
                kind=message.kind,
                recipient=message.recipient,
                address=message.recipient.email,
                language=message.recipient.language,
                facts=dict(message.facts),
                deliver_after=_welcome(message, deliver_after, is_working),
            )
            for message in messages
        ],
        ignore_conflicts=True,
    )
    return {row.key: row for row in OutboxMessage.objects.filter(key__in=[message.key for message in messages])}


def bring_forward(waiting: Iterable[tuple[OutboxMessage, NewMessage]], *, now: datetime) -> None:
    """Let mails that were put off go sooner, where the news that joins them is welcome sooner."""
    is_working = _working_days()
    sooner = []
    for row, news in waiting:
        at = _welcome(news, now, is_working)
        if not row.attempts and at < row.deliver_after:
            row.deliver_after = at
            sooner.append(row)
    if sooner:
        OutboxMessage.objects.bulk_update(sooner, ["deliver_after"])


def _welcome(message: NewMessage, at: datetime, is_working: Callable[[date], bool]) -> datetime:
    if message.is_awaited:
        return at
    hours = quiet_hours_of(message.recipient)
    if message.of_use_until is not None and rests_on_days_off(message.recipient):
        rested = first_working_time(at, hours, is_working=is_working)
        if day_in(hours.zone, at=rested) <= message.of_use_until:
            return rested
    return end_of_quiet(at, hours)


def _working_days() -> Callable[[date], bool]:
    """Whether a day is worked; the overrides are fetched at the first question, if there is one."""

    @cache
    def calendar() -> WorkCalendar:
        return WorkdayOverride.objects.calendar()

    return lambda day: calendar().is_working(day)
