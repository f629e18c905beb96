"""What a stretch of sending hands on to the next one, and what it doesn't."""

import pytest

from roadmap.models import OutboxMessage, Roadmap
from roadmap.outbox import deliver, render
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.relay import Relay
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.vocabulary import MessageKind
from tests.factories import make_roadmap
from tests.outbox.conftest import Clock, Words, make_message
from tests.servers.smtp import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def leave(relay: Relay) -> None:
    of_plan = relay.take()
    of_plan.known["figures"] = 42
    relay.leave(of_plan)


def test_what_is_left_is_taken_once() -> None:
    relay = Relay()
    leave(relay)
    assert relay.take().known == {"figures": 42}
    assert relay.take().known == {}


def test_nothing_is_known_of_a_plan_that_was_changed() -> None:
    relay = Relay()
    make_roadmap()
    leave(relay)
    Roadmap.objects.update(title_zh="改过的")
    assert relay.take().known == {}


def test_nothing_is_known_of_a_plan_that_was_changed_after_it_was_taken() -> None:
    relay = Relay()
    of_plan = relay.take()
    make_roadmap()
    of_plan.known["figures"] = 42
    relay.leave(of_plan)
    assert relay.take().known == {}


def test_queue_sent_in_stretches_works_out_the_same_once(
    clock: Clock, words: Words, smtp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[int] = []

    def rendered(row: OutboxMessage, memory: BatchMemory) -> Mail | None:
        memory.once_a_plan("figures", lambda: worked_out.append(row.pk))
        return words(row, memory)

    monkeypatch.setitem(render._renderers, MessageKind.DIGEST, rendered)
    monkeypatch.setattr(deliver, "LONGEST_RUN_SECONDS", 0)
    monkeypatch.setattr(deliver, "CLAIMED_TOGETHER", 2)
    rows = [make_message() for _ in range(4)]
    assert [deliver_pending(clock=clock) for _ in range(3)] == [2, 2, 0]
    assert (worked_out, len(smtp_sink.raw)) == ([rows[0].pk], 4)
    make_message()
    deliver_pending(clock=clock)
    assert len(worked_out) == 2  # the queue had come to its end, so nothing was kept
