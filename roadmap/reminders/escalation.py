"""Whom an unanswered reminder is passed to, and when: owner → organisation's lead → programme office. Pure.

A stretch without an answer begins with the first reminder that nobody answered; it is passed up once a step, however
many reminders follow. An acknowledgement or a report ends it. Each step has as long to answer as the one before.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time

from roadmap.clock import day_in, instant_at
from roadmap.reminders.plan import Threshold
from roadmap.vocabulary import UNANSWERED
from roadmap.workdays import WorkCalendar

LAST_STEP = 2


@dataclass(frozen=True)
class Heard:
    """A reminder that was planned for a person: when it went out or, until then, when it was planned.

    ``is_told``: a mail carries it; folded ones only count as steps done. ``is_waiting``: that mail isn't out yet.
    ``instead_of`` is who was meant and on leave.
    """

    recipient: int
    name: str
    at: datetime
    is_told: bool = True
    is_waiting: bool = False
    instead_of: int | None = None


@dataclass(frozen=True)
class Escalation:
    """The next step up: its threshold, its number from 1, and the ids of those who know already.

    ``is_held_up``: the reminder that it waits on is not out yet, so the step can't be due.
    """

    threshold: Threshold
    step: int
    knowing: frozenset[int]
    is_held_up: bool


def next_escalation(
    heard: Iterable[Heard],
    *,
    current: Collection[str],
    answered_at: datetime | None,
    after_days: int,
    send_at: time,
    zone: str,
    calendar: WorkCalendar,
) -> Escalation | None:
    """The next step for want of an answer; None when all is answered, or everybody knows.

    ``heard`` are one rule's reminders of one milestone, ``current`` the names of its thresholds that are crossed as
    things stand: what was told of another due date counts no more. ``after_days`` are working days.
    """
    told = sorted(heard, key=lambda one: one.at)
    fresh = [one for one in told if one.is_told and one.name in current and _is_open(one, answered_at)]
    if not fresh:
        return None
    first = fresh[0]
    subject, _slash, asked = first.name.partition("/")
    steps = {step: f"{subject}/{UNANSWERED}{asked}-{step}" for step in range(1, LAST_STEP + 1)}
    done = [step for step, name in steps.items() if any(one.name == name for one in told)]
    step = max(done, default=0) + 1
    if step > LAST_STEP:
        return None
    before = [one for one in told if one.name == (steps[step - 1] if step > 1 else first.name)]
    asked_on = day_in(zone, at=before[0].at)
    day = calendar.shift(asked_on, after_days)
    return Escalation(
        threshold=Threshold(
            steps[step], instant_at(day, send_at, zone=zone), calendar.is_provisional_between(asked_on, day)
        ),
        step=step,
        knowing=frozenset(
            person
            for one in told
            if one.name in {first.name, *steps.values()}
            for person in (one.recipient, one.instead_of)
            if person is not None
        ),
        is_held_up=all(one.is_waiting for one in before),
    )


def _is_open(one: Heard, answered_at: datetime | None) -> bool:
    return answered_at is None or one.at > answered_at
