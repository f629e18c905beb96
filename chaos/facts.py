"""The log of facts: what people decided and when, written by whoever acted and read by the model. JSON, one a line.

A fact is the whole state that a thing has from then on. It came true between ``began`` and ``ended``: before, whoever
acted had not yet asked for it; after, the database had said yes.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class MilestoneState:
    """A milestone from an act on; ``owner`` is an address, the rule's columns are those of its roadmap."""

    code: str
    due_on: date
    is_open: bool
    owner: str
    zone: str
    send_at: time
    offsets: tuple[int, ...]
    overdue_every_days: int
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class SubscriptionState:
    """A digest subscription from an act on. Each reader has one."""

    reader: str
    is_active: bool
    frequency: str
    weekday: int
    month_day: int
    send_at: time
    zone: str
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Settled:
    """From ``calm_from`` on nothing disturbed the program; at ``at`` it had nothing left to do, if ``in_time``."""

    calm_from: datetime
    at: datetime
    in_time: bool


@dataclass(frozen=True)
class SentAgain:
    """A person asked for a failed mail to be sent again."""

    message_id: str
    at: datetime


@dataclass(frozen=True)
class Awake:
    """The program ran between these instants; ``wall`` is the wall clock's reading at ``since``."""

    since: datetime
    until: datetime
    wall: float


@dataclass(frozen=True)
class Trouble:
    """What was done to the cluster, by the wall's clock; ``processes`` are the numbers of those that it struck."""

    kind: str
    began: float
    ended: float
    processes: tuple[int, ...]
    waiting: int


Fact = MilestoneState | SubscriptionState | Settled | SentAgain | Awake | Trouble
KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (MilestoneState, SubscriptionState, Settled, SentAgain, Awake, Trouble)
}


class FactLog:
    """Appends facts to a file; each is whole or absent, so several processes may write to one."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    def add(self, *facts: Fact) -> None:
        """On disk when it comes back."""
        lines = [json.dumps([type(fact).__name__, asdict(fact)], default=str) + "\n" for fact in facts]
        os.write(self._descriptor, "".join(lines).encode())
        os.fsync(self._descriptor)


def read_facts(file: Path) -> Iterator[Fact]:
    """All facts, in the order in which they were written."""
    with file.open() as lines:
        for line in lines:
            kind, values = json.loads(line)
            yield KINDS[kind](**{name: _typed(KINDS[kind], name, value) for name, value in values.items()})


def _typed(kind: type, name: str, value: Any) -> Any:
    wanted = kind.__dataclass_fields__[name].type  # type: ignore[attr-defined]
    if wanted in (date, datetime, time):
        return wanted.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
