"""Mails of a made-up kind of content, so that delivery is tested apart from what mails say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr
from itertools import count

import pytest

from roadmap.models import OutboxMessage, Person
from roadmap.outbox import claim, render
from roadmap.outbox.patience import claim_lease
from roadmap.outbox.render import BatchMemory, Mail, inlined
from roadmap.vocabulary import MessageKind
from tests.factories import make_person

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
_numbers = count(1)


@dataclass
class Clock:
    """A clock that stands still unless moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Words:
    """What the renderer answers, and how often it was asked."""

    answer: Callable[[OutboxMessage], Mail | None] = lambda row: Mail(
        subject=f"主题 {row.key}",
        text="你好\n.一个点\n",
        html=inlined("<html><head><style>p { color: red; }</style></head><body><p>你好</p></body></html>"),
    )
    asked: list[int] = field(default_factory=list)

    def __call__(self, row: OutboxMessage, memory: BatchMemory) -> Mail | None:
        self.asked.append(row.pk)
        return self.answer(row)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    words = Words()
    monkeypatch.setitem(render._renderers, MessageKind.DIGEST, words)
    return words


def make_message(recipient: Person | None = None, **fields: object) -> OutboxMessage:
    person = recipient or make_person()
    return OutboxMessage.objects.create(
        **{
            "key": f"digest/test-{next(_numbers)}",
            "kind": MessageKind.DIGEST,
            "recipient": person,
            "address": person.email,
            "language": person.language,
            "deliver_after": NOW,
            **fields,
        }
    )


def claimed(clock: Clock, *, limit: int = 10) -> list[OutboxMessage]:
    """What a worker holds that has claimed and done nothing else yet."""
    queue = OutboxMessage.objects.select_related("recipient")
    return claim.claim(queue, now=clock(), lease=claim_lease(), limit=limit)


def name_in(value: str) -> str:
    """The name before an address. (Python 3.11's ``policy.default`` reads a space between the encoded words of a name,
    against RFC 2047, 6.2.)"""
    words = parseaddr(value.replace("\r\n", ""))[0]
    return str(make_header(decode_header(words))) if value.startswith("=?") else words
