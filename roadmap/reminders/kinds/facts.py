"""What the kinds of reminders are told of rules, milestones and reminders. Pure: values in, no database, no words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from roadmap.vocabulary import UNANSWERED, RuleKind

AGAIN = "again-"  # as in due=2026-12-31/again-2027-01-04


@dataclass(frozen=True)
class RuleFacts:
    """What the plan needs of a reminder rule. ``offsets`` are days before the day ahead that the kind looks at, in any
    order.

    ``after_days`` is the wait of the kinds that count from a day in the past; None: not at all.
    """

    offsets: tuple[int, ...]
    in_working_days: bool
    repeat_every_days: int | None
    send_at: time
    kind: RuleKind = RuleKind.DUE
    after_days: int | None = None


@dataclass(frozen=True)
class MilestoneFacts:
    """What the plan needs of a milestone that isn't cancelled.

    ``quiet_since`` is the day of the last report or, without any, from which one was to be expected.
    ``reported_done_on`` is the day on which it was completed or, while it is open, last reported at 100 percent;
    for what was done before the milestone was entered, waits begin on ``entered_on``.
    """

    due_on: date
    is_open: bool = True
    quiet_since: date | None = None
    reported_done_on: date | None = None
    entered_on: date = date.min
    is_verified: bool = False
    has_evidence: bool = False
    gate_on: date | None = None  # of its phase


@dataclass(frozen=True)
class Occurrence:
    """The name of a reminder, taken apart: ``due=2026-12-31/T-30`` hangs on the fact ``due`` of that day, and asks
    ``T-30``. ``step`` says how far up it was passed for want of an answer, 0 where it wasn't; ``asked`` is then what
    nobody answered."""

    fact: str
    day: date
    asked: str
    step: int = 0

    @property
    def subject(self) -> str:
        """The fact with its day, as the name has it."""
        return f"{self.fact}={self.day}"


def read_occurrence(name: str) -> Occurrence:
    """The name taken apart; ``due=2026-12-31/unanswered-T-30-2`` was passed up twice."""
    subject, _slash, asked = name.partition("/")
    fact, _equals, day = subject.partition("=")
    step = 0
    if asked.startswith(UNANSWERED):
        asked, _dash, number = asked.removeprefix(UNANSWERED).rpartition("-")
        step = int(number)
    return Occurrence(fact, date.fromisoformat(day), asked, step)


BEFORE, PAST = "T-", "overdue-"  # as in due=2026-12-31/T-30 and due=2026-12-31/overdue-2
_NUMBERED = re.compile(rf"(.*?)({BEFORE}|{PAST})?(\d+)")


def place_of(name: str) -> tuple[str, tuple[bool, int]] | None:
    """The series that a crossing belongs to, and its place in it: lead times come before repeats, each in the order of
    their days. None for what is in no series, as it was put off by its reader."""
    subject, _slash, asked = name.partition("/")
    numbered = _NUMBERED.fullmatch(asked)
    if numbered is None or asked.startswith(AGAIN):
        return None
    series, sort, number = numbered[1], numbered[2], int(numbered[3])
    return f"{subject}/{series}", (False, -number) if sort == BEFORE else (True, number)


@dataclass(frozen=True)
class Before:
    """Somebody who was told before, and the day on which."""

    name: str
    day: date


@dataclass(frozen=True)
class Told:
    """One reminder as the mail reads it.

    Of what was passed up, ``waited_days`` says for how many working days no answer came, ``before`` whom it was told
    to by then. ``instead_of`` names who would have been told and is on leave.
    """

    rule: int
    kind: RuleKind
    name: str
    audience: str
    is_provisional: bool
    waited_days: int = 0
    before: Sequence[Before] = ()
    instead_of: str = ""

    @property
    def occurrence(self) -> Occurrence:
        """Its name taken apart."""
        return read_occurrence(self.name)


@dataclass(frozen=True)
class Situation:
    """How a milestone stands on the day of the mail, for its reader: what words about it depend on.

    ``title`` is cut for a subject line. ``due`` is its due date in words, ``lateness`` how far off that is, ``gate``
    the day of its phase's gate.
    """

    title: str
    today: date
    due_on: date
    due: str
    lateness: str
    is_open: bool
    has_owner: bool
    is_owner: bool
    is_contributor: bool
    is_watcher: bool
    is_silent: bool
    has_report: bool
    is_fully_earned: bool
    is_behind: bool
    phase: str
    gate: str
    gate_on: date

    @property
    def days_to_gate(self) -> int:
        """Those to the gate of its phase; negative past it."""
        return (self.gate_on - self.today).days

    @property
    def days_left(self) -> int:
        """Those to the due date; negative past it."""
        return (self.due_on - self.today).days

    @property
    def is_overdue(self) -> bool:
        """Open past its due date."""
        return self.is_open and self.days_left < 0
