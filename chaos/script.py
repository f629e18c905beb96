"""What people do meanwhile, through the program's own acts, in a process of its own: ``python -m chaos.script STEP …``.

Steps: ``world`` (make it), ``acts`` (until told to end), ``again`` (send failed mails again). Each writes its facts.
"""

import os
import random as chance
import signal
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection

from chaos.facts import FactLog, SentAgain
from chaos.world import OFFICE, OFFSETS, build, state_of, subscription_state
from roadmap import clock
from roadmap.digests.subscriptions import change_subscription, unsubscribe
from roadmap.editing import milestones as acts
from roadmap.models import DigestSubscription, Milestone, OutboxMessage, Person
from roadmap.models.history import Actor
from roadmap.outbox.resend import send_again
from roadmap.vocabulary import Door, MessageState

BETWEEN_ACTS = 0.2  # seconds, on average
T = TypeVar("T")
WHY = "as agreed"
FOLDER = Path(os.environ["DATA_DIR"])


class Script:
    """One person's hand on many milestones; remembers where they stood, to move them back."""

    def __init__(self, *, seed: str, facts: FactLog) -> None:
        self.random = chance.Random(seed)
        self.facts = facts
        self.by = Actor(person=Person.objects.get(username=OFFICE), door=Door.WEB)
        self.milestones = list(Milestone.objects.order_by("pk").values_list("pk", flat=True))
        self.subscriptions = list(DigestSubscription.objects.order_by("pk").values_list("pk", flat=True))
        self.people = list(Person.objects.exclude(email="").order_by("pk"))
        self.moved_from: dict[int, list[date]] = {}

    def act(self) -> None:
        """One act, of a kind by chance, and the fact that it leaves."""
        kinds: dict[Callable[[], None], int] = {
            self._move: 34,
            self._move_back: 22,
            self._close: 12,
            self._reopen: 12,
            self._hand_over: 8,
            self._switch_digest: 12,
        }
        self.random.choices(list(kinds), list(kinds.values()))[0]()

    def _move(self) -> None:
        """Mostly to a day whose reminder is due about now, so that mail is under way while dates change."""
        milestone = self._milestone(is_open=True)
        if milestone is None:
            return
        ahead = self.random.choice((*OFFSETS, *OFFSETS, *range(40)))
        due_on = clock.now().date() + timedelta(days=ahead)
        if due_on != milestone.due_on:
            self.moved_from.setdefault(milestone.pk, []).append(milestone.due_on)
            self._do(milestone, lambda now: acts.reschedule_milestone(
                milestone, by=self.by, now=now, due_on=due_on, reason=WHY))  # fmt: skip

    def _move_back(self) -> None:
        moved = [pk for pk, days in self.moved_from.items() if days]
        if not moved:
            return
        milestone = Milestone.objects.get(pk=self.random.choice(moved[-5:]))
        due_on = self.moved_from[milestone.pk].pop()
        if milestone.status in ("planned", "active") and due_on != milestone.due_on:
            self._do(milestone, lambda now: acts.reschedule_milestone(
                milestone, by=self.by, now=now, due_on=due_on, reason=WHY))  # fmt: skip

    def _close(self) -> None:
        milestone = self._milestone(is_open=True)
        if milestone is not None and self.random.random() < 0.7:
            self._do(milestone, lambda now: acts.complete_milestone(milestone, by=self.by, now=now, reason=WHY))
        elif milestone is not None:
            self._do(milestone, lambda now: acts.cancel_milestone(milestone, by=self.by, now=now, reason=WHY))

    def _reopen(self) -> None:
        milestone = self._milestone(is_open=False)
        if milestone is not None:
            self._do(milestone, lambda now: acts.reopen_milestone(milestone, by=self.by, now=now, reason=WHY))

    def _hand_over(self) -> None:
        milestone = self._milestone(is_open=True)
        if milestone is not None:
            owner = self.random.choice(self.people)
            self._do(milestone, lambda now: acts.reassign_milestone(
                milestone, by=self.by, now=now, owner=owner, organisation=None, reason=WHY))  # fmt: skip

    def _switch_digest(self) -> None:
        subscription = DigestSubscription.objects.get(pk=self.random.choice(self.subscriptions))
        switch = unsubscribe if subscription.is_active else change_subscription
        began = clock.now()
        _insist(lambda: switch(subscription, by=self.by, now=clock.now(), reason=WHY))
        found = _patiently(lambda: DigestSubscription.objects.select_related("person").get(pk=subscription.pk))
        self.facts.add(subscription_state(found, began=began, ended=clock.now()))

    def _milestone(self, *, is_open: bool) -> Milestone | None:
        tried = self.random.sample(self.milestones, min(40, len(self.milestones)))
        found = Milestone.objects.filter(pk__in=tried)
        rows = [row for row in found.order_by("pk") if (row.status in ("planned", "active")) == is_open]
        return self.random.choice(rows) if rows else None

    def _do(self, milestone: Milestone, act: Callable[[datetime], object]) -> None:
        began = clock.now()
        _insist(lambda: act(clock.now()))
        found = _patiently(
            lambda: Milestone.objects.select_related("initiative__roadmap", "owner").get(pk=milestone.pk)
        )
        self.facts.add(_patiently(lambda: state_of(found, began=began, ended=clock.now())))


def _insist(act: Callable[[], object]) -> None:
    """Once; when the database went away meanwhile, what came of it is read from the row afterwards."""
    try:
        act()
    except (OperationalError, InterfaceError):
        connection.close()


def _patiently(read: Callable[[], T]) -> T:
    """What was read, however long the database is away."""
    while True:
        try:
            return read()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.2)


def act_until_told(seed: str, facts: FactLog) -> None:
    """One act after the other, until SIGTERM; the act under way is finished and noted."""
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    script = _patiently(lambda: Script(seed=seed, facts=facts))
    while not ended:
        try:
            script.act()
        except (OperationalError, InterfaceError):  # while it looked around; nothing was asked for yet
            connection.close()
        time.sleep(script.random.expovariate(1 / BETWEEN_ACTS))


def send_failed_again(facts: FactLog) -> None:
    """Every failed mail, as a person does in the admin."""
    for message in OutboxMessage.objects.filter(state=MessageState.FAILED):
        now = clock.now()
        if send_again(message, now=now):
            facts.add(SentAgain(message_id=message.message_id, at=now))


def main(step: str, *arguments: str) -> None:
    """One step of the script."""
    facts = FactLog(FOLDER / "facts.jsonl")
    if step == "world":
        people, seed = arguments
        build(people=int(people), seed=int(seed), facts=facts, now=clock.now())
    elif step == "acts":
        act_until_told(arguments[0], facts)
    elif step == "again":
        send_failed_again(facts)
    else:
        sys.exit(f"no such step: {step}")


if __name__ == "__main__":
    main(*sys.argv[1:])
