"""A worker dies at every single step, found by counting: each SQL statement that writes or commits, each word to and
from the mail server. (Dying before a statement that only reads is dying after the step before it.)

What dies is this process's own run, by an exception that nothing catches; then others take over, hours later. Without a
receipt source only what was between its final dot and the note of the answer may be told twice (or, a digest, be left
to the next issue); with one, everything arrives exactly once.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from roadmap.digests.planner import plan_due_digests
from roadmap.models import DigestSubscription, OutboxMessage, ReminderRule
from roadmap.outbox import render
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.render import Mail
from roadmap.outbox.smtp import Lane
from roadmap.outbox.unknown import settle_unknown
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Frequency, MessageKind, MessageState
from tests.factories import make_milestone, make_person
from tests.outbox.conftest import NOW, Clock
from tests.servers.smtp import Sink
from tests.servers.waiting import wait_for

pytestmark = pytest.mark.django_db

OWNER, READER = "owner@example.org", "reader@example.org"
EVERYTHING = {OWNER: 1, READER: 1}
WINDOW_BEGINS = NOW - timedelta(days=7)
# ROLLBACK is what the database does by itself when its client is gone
LEAVES_NOTHING = ("SELECT", "SAVEPOINT", "ROLLBACK")


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@dataclass
class Steps:
    """Counts the steps of a run, and dies before the one of number ``dies_at``."""

    dies_at: int | None = None
    names: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.dies_at:
            raise Died(name)

    def around_sql(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(LEAVES_NOTHING):
            self.step(sql[:60])  # after it and before the next one is the same
        return execute(sql, params, many, context)

    @contextmanager
    def counted(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Each SQL statement and each act on a connection to the mail server is a step."""
        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(self.around_sql))
            patch = stack.enter_context(monkeypatch.context())
            for name in ("go_on", "_write"):  # each answer, and each command, the body, the final dot
                patch.setattr(Lane, name, self._stepped(name, getattr(Lane, name)))
            yield

    def _stepped(self, name: str, act: Callable[..., None]) -> Callable[..., None]:
        def stepped(lane: Lane, *arguments: Any) -> None:
            self.step(f"before {name}, {lane.phase}")
            act(lane, *arguments)
            self.step(f"after {name}, {lane.phase}")

        return stepped


@pytest.fixture
def due(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> DigestSubscription:
    """An owner is due a reminder of two milestones; a reader is due a digest."""
    settings.MAIL_CONNECTIONS = 1
    for kind in MessageKind:  # what mails say is tested elsewhere, and takes its time
        monkeypatch.setitem(render._renderers, kind, lambda row, memory: Mail(row.key, "text\n", "<p>text</p>"))
    owner = make_person(username="owner")
    first = make_milestone(owner=owner, due_on=date(2026, 11, 30), remind_at=NOW)
    make_milestone(first.initiative, first.phase, owner=owner, due_on=date(2026, 11, 30), remind_at=NOW)
    roadmap = first.initiative.roadmap
    ReminderRule.objects.create(roadmap=roadmap, code="first", name_zh="规则", name_en="Rule")
    return DigestSubscription.objects.create(
        person=make_person(username="reader"),
        roadmap=roadmap,
        frequency=Frequency.WEEKLY,
        covered_until=WINDOW_BEGINS,
        next_issue_at=NOW,
        skip_when_empty=False,
    )


def run(clock: Clock) -> None:
    """One round of a worker, as the ticks do it."""
    release_dead(clock=clock)
    settle_unknown(now=clock())
    plan_due_reminders(now=clock())
    plan_due_digests(now=clock())
    deliver_pending(clock=clock)


def recover(clock: Clock) -> None:
    """Others work on: once leases are over, and once more when graces and waits are."""
    for _ in range(2):
        clock.move(minutes=30)
        run(clock)


def told(sink: Sink) -> Counter[str]:
    """How many mails each reader got."""
    return Counter(recipients[0] for recipients in sink.recipients)


def deaths(
    clock: Clock,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
    *,
    act: Callable[[Clock], object] = run,
    before: Callable[[], object] = lambda: None,
) -> Iterator[str]:
    """Runs of ``act`` after ``before``, each dead one step later than the last, until one lives. Everything is as it
    was at the start of each; the name of the step at which it died is given while its remains are there."""
    began, number = clock.now, 1
    journal = sink.journal
    while True:
        with transaction.atomic():
            clock.now = began
            sink.forget()
            if journal is not None:
                journal.clear()
            sink.journal = journal
            before()
            steps = Steps(dies_at=number)
            try:
                with steps.counted(monkeypatch):
                    act(clock)
            except Died:
                pass
            else:
                transaction.set_rollback(True)
                break
            yield steps.names[-1]
            transaction.set_rollback(True)
        number += 1
    assert number > 1, "no step was seen"


def in_the_window() -> set[str]:
    """Whose mails the dead worker had marked as being handed over, and no more."""
    marked = OutboxMessage.objects.filter(state=MessageState.SENDING, committing_at__isnull=False)
    return set(marked.values_list("address", flat=True))


@pytest.fixture
def with_journal(smtp_sink: Sink, settings: Settings, tmp_path: Path) -> Sink:
    """The sink copies each mail to a journal that the program may read."""
    smtp_sink.journal = Maildir(tmp_path / "journal", create=True)
    settings.MAIL_JOURNAL = f"maildir:{tmp_path / 'journal'}"
    settings.MAIL_JOURNAL_ADDRESS = "journal@example.org"
    return smtp_sink


@pytest.mark.on_postgresql
def test_with_a_receipt_source_whoever_dies_wherever_everything_arrives_once(
    clock: Clock, with_journal: Sink, due: DigestSubscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in deaths(clock, with_journal, monkeypatch):
        recover(clock)
        assert told(with_journal) == EVERYTHING, step
        assert set(OutboxMessage.objects.values_list("state", flat=True)) == {MessageState.SENT}, step


@pytest.mark.everything
def test_without_a_receipt_source_only_what_was_between_dot_and_note_is_uncertain(
    clock: Clock, smtp_sink: Sink, due: DigestSubscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubled, left = Counter[str](), 0
    for step in deaths(clock, smtp_sink, monkeypatch):
        uncertain = in_the_window()
        recover(clock)
        counted = told(smtp_sink)
        for reader in EVERYTHING:
            if reader not in uncertain:
                assert counted[reader] == 1, (step, reader)
            elif reader == READER:  # told or not, the next issue tells it
                due.refresh_from_db()
                assert (counted[reader] <= 1, due.covered_until) == (True, WINDOW_BEGINS), step
                left += 1
            else:
                assert counted[reader] in (1, 2), (step, reader)
            doubled[reader] += counted[reader] == 2
        copies = Counter(smtp_sink.raw)
        assert sum(copies.values()) - len(copies) == sum(count - 1 for count in counted.values()), "other bytes"
        repeated = OutboxMessage.objects.filter(repeats__gt=0).values_list("address", flat=True)
        assert set(repeated) == uncertain - {READER}, step
    assert doubled[OWNER] > 0, "the window was never hit"
    assert left > 0, "the window was never hit"


def test_deaths_while_outcomes_are_settled_double_nothing(
    clock: Clock, with_journal: Sink, due: DigestSubscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_died_right_after_a_dot() -> None:
        plan_due_reminders(now=clock())
        plan_due_digests(now=clock())
        with monkeypatch.context() as patch:
            finish = Lane.finish

            def finish_and_die(lane: Lane) -> None:
                finish(lane)
                wait_for(lambda: with_journal.raw)  # in its own thread, it has kept the mail
                raise Died

            patch.setattr(Lane, "finish", finish_and_die)
            with pytest.raises(Died):
                deliver_pending(clock=clock)
        clock.move(minutes=30)
        release_dead(clock=clock)
        clock.move(minutes=30)

    def settle(clock: Clock) -> None:
        settle_unknown(now=clock())

    for step in deaths(clock, with_journal, monkeypatch, act=settle, before=one_died_right_after_a_dot):
        recover(clock)
        assert told(with_journal) == EVERYTHING, step
