"""Webhooks: told of what happened, signed, tried again, logged, and switched off when nobody answers for days."""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from roadmap.editing.many_reports import record_progress_of_many
from roadmap.editing.milestones import complete_milestone, create_milestone
from roadmap.editing.progress import Report, record_progress
from roadmap.editing.webhooks import change_webhook, create_webhook, deliver_again, renew_secret, try_webhook
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, Webhook, WebhookAttempt, WebhookDelivery
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox import webhooks
from roadmap.outbox.outside import Answer, NotOutside, NotReached
from roadmap.outbox.signing import secret_of
from roadmap.outbox.webhooks import deliver_webhooks, forget_old_deliveries, release_dead_webhooks
from roadmap.vocabulary import Door, HookEvent, MessageState
from tests import factories as make
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
URL = "https://hooks.example/in"


class Outside:
    """The other side: ``replies`` are answered in turn, the last one for ever; ``got`` is what came."""

    def __init__(self) -> None:
        self.replies: list[Answer | Exception] = [Answer(204, "")]
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: dict[str, str], **_options: Any) -> Answer:
        self.got.append((url, body, headers))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def outside(monkeypatch: Any) -> Iterator[Outside]:
    other_side = Outside()
    monkeypatch.setattr(webhooks, "post_outside", other_side.post)
    return other_side


def listening(events=tuple(HookEvent), **fields) -> Webhook:
    return create_webhook(make.make_person(), by=SYSTEM, url=URL, events=list(events), **fields)[0]


def deliver(at: datetime = NOW) -> int:
    return deliver_webhooks(clock=lambda: at)


def test_every_kind_of_change_is_told_in_its_transaction(outside):
    listening()
    milestone = make.make_milestone()
    frame = {"initiative": milestone.initiative, "phase": milestone.phase, "title_zh": "新", "title_en": "New"}
    days = {"planned_start_on": date(2026, 1, 1), "due_on": date(2026, 12, 31)}
    create_milestone(by=SYSTEM, now=NOW, code="new", **frame, **days)
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    complete_milestone(milestone, by=SYSTEM, now=NOW)
    told = list(WebhookDelivery.objects.order_by("id").values_list("event", flat=True))
    assert told == [
        *("milestone.created", "progress.recorded", "milestone.changed", "milestone.changed", "milestone.completed")
    ]
    with transaction.atomic():
        record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=20)
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 5


def test_only_the_branch_and_the_events_asked_for_are_told():
    own, other = make.make_organisation(), make.make_organisation()
    below = make.make_organisation(own)
    branch = listening([HookEvent.PROGRESS_RECORDED], organisation=own)
    listening([HookEvent.MILESTONE_COMPLETED])
    silent = listening()
    change_webhook(silent, by=SYSTEM, is_active=False)
    for organisation in (own, below, other, None):
        milestone = make.make_milestone(organisation=organisation)
        record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    assert [one.webhook for one in WebhookDelivery.objects.all()] == [branch, branch]


@pytest.mark.parametrize("number", NUMBERS)
def test_telling_of_many_costs_the_same_number_of_queries(number, django_assert_num_queries):
    listening()
    milestones = [make.make_milestone() for _ in range(3)]
    reports = [(milestones[index % 3], Report(percent_complete=5)) for index in range(number)]
    Milestone.objects.update(status="active")
    # one of them for the newest reports of before, as a fall needs its reason
    with django_assert_num_queries(10):
        record_progress_of_many(reports, by=SYSTEM, now=NOW)
    assert WebhookDelivery.objects.count() == number


def test_delivery_is_signed_so_that_its_receiver_can_check_it(outside):
    webhook = listening()
    try_webhook(webhook, by=SYSTEM, now=NOW)
    assert deliver() == 1
    ((url, body, headers),) = outside.got
    delivery = WebhookDelivery.objects.get()
    assert url == URL
    assert json.loads(body) == {
        "id": str(delivery.number), "type": "ping", "timestamp": NOW.isoformat(), "data": {"webhook": webhook.pk}
    }  # fmt: skip
    key = b64decode(secret_of(webhook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert b64decode(headers["webhook-signature"].removeprefix("v1,")) == hmac.digest(key, signed, hashlib.sha256)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert (delivery.state, delivery.sent_at) == (MessageState.SENT, NOW)


def test_secrets_differ_and_a_new_one_ends_the_old():
    first, second = listening(), listening()
    before = secret_of(first)
    renewed, after = renew_secret(first, by=SYSTEM)
    assert len({before, after, secret_of(second)}) == 3
    assert (after, len(b64decode(after.removeprefix("whsec_")))) == (secret_of(renewed), 32)


def test_failure_is_logged_and_tried_again_later_until_it_is_taken(outside):
    try_webhook(listening(), by=SYSTEM, now=NOW)
    outside.replies = [Answer(500, "x" * 2000), NotReached("no answer"), Answer(302, ""), Answer(200, "thanks")]
    at = NOW
    for _ in range(4):
        assert (deliver(at), deliver(at)) == (1, 0)
        at += timedelta(hours=3)
    tries = list(WebhookAttempt.objects.values_list("status", "error"))
    assert tries == [(500, "HTTP 500"), (None, "no answer"), (302, "HTTP 302"), (200, "")]
    assert [len(one.answer) for one in WebhookAttempt.objects.all()] == [1024, 0, 0, 6]
    assert len({headers["webhook-id"] for _url, _body, headers in outside.got}) == 1
    assert WebhookDelivery.objects.get().state == MessageState.SENT
    assert Webhook.objects.get().failing_since is None


def test_address_within_is_given_up_at_once(outside):
    try_webhook(listening(), by=SYSTEM, now=NOW)
    outside.replies = [NotOutside("leads within")]
    deliver()
    row = WebhookDelivery.objects.get()
    assert (row.state, row.last_error, row.tries.get().error) == (MessageState.FAILED, "leads within", "leads within")


def test_who_fails_for_days_is_switched_off_and_can_be_started_again(outside):
    webhook = listening()
    outside.replies = [NotReached("gone")]
    for days in (0, 4):
        try_webhook(webhook, by=SYSTEM, now=NOW + timedelta(days=days))
        deliver(NOW + timedelta(days=days))
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.failing_since) == (True, NOW)
    off = NOW + Webhook.PATIENCE
    try_webhook(webhook, by=SYSTEM, now=off)
    deliver(off)
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_at) == (False, off)
    deliver(off + timedelta(days=1))
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {MessageState.WITHDRAWN}
    again = change_webhook(webhook, by=SYSTEM, is_active=True)
    assert (again.is_active, again.disabled_at, again.failing_since) == (True, None, None)


def test_what_a_dead_worker_held_is_sent_by_another(outside):
    try_webhook(listening(), by=SYSTEM, now=NOW)
    WebhookDelivery.objects.update(state=MessageState.SENDING, leased_until=NOW, fence=1)
    assert deliver() == 0
    assert release_dead_webhooks(clock=lambda: NOW) == 1
    assert (deliver(), len(outside.got)) == (1, 1)


def test_delivery_is_sent_again_under_its_number_when_asked(outside):
    webhook = listening()
    delivery = try_webhook(webhook, by=SYSTEM, now=NOW)
    with pytest.raises(InvalidChange):
        deliver_again(delivery, by=SYSTEM, now=NOW)
    deliver()
    assert deliver_again(delivery, by=SYSTEM, now=NOW).state == MessageState.PENDING
    deliver()
    assert [headers["webhook-id"] for _url, _body, headers in outside.got] == [str(delivery.number)] * 2
    assert delivery.tries.count() == 2


def test_slow_receivers_end_a_stretch_and_what_is_left_waits(outside, monkeypatch):
    webhook = listening()
    for _ in range(3):
        try_webhook(webhook, by=SYSTEM, now=NOW)
    monkeypatch.setattr(webhooks, "STRETCH_SECONDS", -1)
    assert (deliver(), outside.got) == (0, [])
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {MessageState.PENDING}


def test_fault_of_ours_holds_up_nothing_else(outside, monkeypatch):
    webhook = listening()
    first, second = (try_webhook(webhook, by=SYSTEM, now=NOW) for _ in range(2))
    outside.replies = [RuntimeError("a bug"), Answer(200, "")]
    monkeypatch.setattr(webhooks.log, "exception", lambda *_arguments: None)
    assert deliver() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.last_error) == (MessageState.PENDING, "RuntimeError: a bug")
    assert second.state == MessageState.SENT


def test_hopeless_delivery_fails_at_once(outside, monkeypatch):
    row = try_webhook(listening(), by=SYSTEM, now=NOW)
    outside.replies = [UnicodeError("label too long")]
    monkeypatch.setattr(webhooks.log, "exception", lambda *_arguments: None)
    deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (MessageState.FAILED, 1, "UnicodeError: label too long")


def test_log_is_kept_a_month(outside):
    try_webhook(listening(), by=SYSTEM, now=NOW)
    deliver()
    WebhookDelivery.objects.update(created_at=NOW)
    kept = NOW + timedelta(days=30)
    assert (forget_old_deliveries(now=kept), WebhookDelivery.objects.count()) == (0, 1)
    forget_old_deliveries(now=kept + timedelta(seconds=1))
    assert (WebhookDelivery.objects.count(), WebhookAttempt.objects.count()) == (0, 0)


def test_webhooks_are_their_owners_and_the_offices(monkeypatch):
    webhook = listening()
    stranger, office = make.make_person(), make.make_office_person()
    with pytest.raises(NotAllowed):
        change_webhook(webhook, by=Actor(stranger, Door.API), is_active=False)
    with pytest.raises(NotAllowed):
        create_webhook(stranger, by=Actor(make.make_person(), Door.API), url=URL, events=["progress.recorded"])
    assert not change_webhook(webhook, by=Actor(office, Door.API), is_active=False).is_active
    for wrong in ({"url": "gopher://x/"}, {"events": []}, {"events": ["x"]}):
        with pytest.raises(InvalidChange):
            create_webhook(stranger, by=SYSTEM, **{"url": URL, "events": ["progress.recorded"], **wrong})
    monkeypatch.setattr("roadmap.editing.webhooks.MOST_WEBHOOKS", 0)
    with pytest.raises(InvalidChange):
        create_webhook(stranger, by=SYSTEM, url=URL, events=["progress.recorded"])
