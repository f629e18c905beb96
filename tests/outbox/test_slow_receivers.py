"""Receivers of webhooks that hang, with real servers: whatever the one does, the others are told."""

import socketserver
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest

from roadmap.editing.webhooks import create_webhook, try_webhook
from roadmap.models import Webhook, WebhookDelivery
from roadmap.models.history import SYSTEM
from roadmap.outbox import outside, webhooks
from roadmap.outbox.outside import NotReached, post_outside
from roadmap.outbox.webhooks import deliver_webhooks
from roadmap.vocabulary import HookEvent, MessageState
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PATIENCE = 20  # of the tests, where something never comes


@contextmanager
def receiver(until: Event, asked: list[bytes]) -> Iterator[str]:
    """Takes each request and answers when ``until`` is set; before that a byte of a header now and then."""

    class Receiver(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())
            while self.rfile.readline().strip():
                pass
            try:
                self.wfile.write(b"HTTP/1.1 204 No Content\r\nX-Wait: ")
                ends = monotonic() + PATIENCE
                while not until.wait(0.05) and monotonic() < ends:
                    self.wfile.write(b"x")
                self.wfile.write(b"\r\n\r\n")
            except OSError:
                pass  # it was cut off

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/in"
        server.shutdown()


@pytest.fixture(autouse=True)
def _inner(settings: Any) -> None:
    settings.WEBHOOK_HTTPS_ONLY, settings.WEBHOOK_PORTS = False, range(1, 65536)
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


def listening(url: str, *, events: int) -> Webhook:
    webhook = create_webhook(make.make_person(), by=SYSTEM, url=url, events=[HookEvent.PROGRESS_RECORDED])[0]
    for _ in range(events):
        try_webhook(webhook, by=SYSTEM, now=NOW)
    return webhook


def states_of(webhook: Webhook) -> list[str]:
    return list(webhook.deliveries.order_by("id").values_list("state", flat=True))


@pytest.mark.parametrize("hanging", [1, 5])
def test_others_are_told_while_receivers_hang(hanging):
    told, always = Event(), Event()

    class Good(list):
        def append(self, line: bytes) -> None:
            super().append(line)
            if len(self) == 3:
                told.set()  # only now those that hang let go: whoever waited for them first would be too late

    always.set()
    began = monotonic()
    with ExitStack() as stack:
        slow = [listening(stack.enter_context(receiver(told, [])), events=2) for _ in range(hanging)]
        good = listening(stack.enter_context(receiver(always, Good())), events=3)
        tried = deliver_webhooks(clock=lambda: NOW)
    assert monotonic() - began < PATIENCE / 2
    assert tried == 2 * hanging + 3
    assert states_of(good) == [MessageState.SENT] * 3
    assert [states_of(one) for one in slow] == [[MessageState.SENT] * 2] * hanging


def test_receiver_that_drips_is_cut_off_and_its_other_events_wait(monkeypatch):
    monkeypatch.setattr(outside, "SECONDS_IN_ALL", 0.3)
    asked: list[bytes] = []
    with receiver(Event(), asked) as url:
        webhook = listening(url, events=3)
        began = monotonic()
        assert deliver_webhooks(clock=lambda: NOW) == 1
        assert (deliver_webhooks(clock=lambda: NOW), len(asked)) == (0, 1)
        assert monotonic() - began < PATIENCE / 2
        assert deliver_webhooks(clock=lambda: NOW + timedelta(minutes=1)) == 1
    assert states_of(webhook) == [MessageState.PENDING] * 3
    assert sorted(webhook.deliveries.values_list("attempts", flat=True)) == [0, 1, 1]


def test_many_receivers_that_hang_leave_room_for_one_that_answers(monkeypatch):
    monkeypatch.setattr(webhooks, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(webhooks, "MOST_FAILING_AT_ONCE", 2)
    told, always = Event(), Event()
    always.set()
    with ExitStack() as stack:
        for _ in range(4):
            listening(stack.enter_context(receiver(told, [])), events=1)
        Webhook.objects.update(failing_since=NOW)

        class Good(list):
            def append(self, line: bytes) -> None:
                told.set()

        good = listening(stack.enter_context(receiver(always, Good())), events=1)
        assert deliver_webhooks(clock=lambda: NOW) == 5
    assert told.is_set()
    assert states_of(good) == [MessageState.SENT]


def test_what_another_worker_sends_to_isnt_waited_for_twice():
    busy, free = listening("http://127.0.0.1:9/", events=2), listening("http://127.0.0.1:9/", events=1)
    first = busy.deliveries.order_by("id").first()
    WebhookDelivery.objects.filter(pk=first.pk).update(
        state=MessageState.SENDING, leased_until=NOW + webhooks.LEASE, fence=1
    )
    assert deliver_webhooks(clock=lambda: NOW) == 1
    assert (states_of(busy), free.deliveries.get().attempts) == ([MessageState.SENDING, MessageState.PENDING], 1)


def test_time_that_is_over_before_the_connection_stood_ends_it(monkeypatch):
    class AtOnce:
        daemon = False

        def __init__(self, _seconds: float, act: Any) -> None:
            self.start, self.cancel = act, lambda: None

    monkeypatch.setattr(outside, "Timer", AtOnce)
    asked: list[bytes] = []
    with receiver(Event(), asked) as url, pytest.raises(NotReached, match="before the connection stood"):
        post_outside(url, b"{}", {})
    assert asked in ([], [b""])
