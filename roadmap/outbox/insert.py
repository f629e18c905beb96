"""Putting mails into the outbox, each at most once by its key. Runs inside the transaction of whoever decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roadmap.models import OutboxMessage, Person
from roadmap.vocabulary import MessageKind


@dataclass(frozen=True)
class NewMessage:
    """A mail to be: ``key`` names the business fact, ``facts`` is what the kind's renderer needs (plain JSON)."""

    key: str
    kind: MessageKind
    recipient: Person
    facts: Mapping[str, Any] = field(default_factory=dict)


def insert_once(messages: Sequence[NewMessage], *, deliver_after: datetime) -> dict[str, OutboxMessage]:
    """The rows of ``messages`` by key; those whose key was there already are left as they are."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                key=message.key,
                kind=message.kind,
                recipient=message.recipient,
                address=message.recipient.email,
                language=message.recipient.language,
                facts=dict(message.facts),
                deliver_after=deliver_after,
            )
            for message in messages
        ],
        ignore_conflicts=True,
    )
    return {row.key: row for row in OutboxMessage.objects.filter(key__in=[message.key for message in messages])}
