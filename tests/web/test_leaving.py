"""Unsubscribing from a mail: by one click without login, by the page's button; a look changes nothing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from roadmap.coded_reasons import coded
from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import subscribe
from roadmap.models import DigestSubscription, Milestone, OutboxMessage, Person, ReminderRule
from roadmap.models.history import SYSTEM
from roadmap.outbox.leaving import Leaving
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import Door, MessageKind, MessageState
from tests.factories import make_initiative, make_milestone, make_person, make_pillar, make_roadmap

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """It is half past eight in Shanghai on 23 November 2026."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stranger() -> Client:
    """A mail program: it knows no cookie, and form tokens are checked."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


@pytest.fixture
def digest() -> DigestSubscription:
    """A subscription whose issue waits to be sent, of a reader of English."""
    reader = make_person(language="en", email="reader@example.org")
    subscription = subscribe(reader, make_roadmap(), by=SYSTEM, now=NOW, first_issue_now=True)
    plan_due_digests(now=NOW)
    return subscription


def address(kind: MessageKind, pk: int) -> str:
    return f"/unsubscribe/{Leaving(kind, pk).token}/"


def changes(row: DigestSubscription | Person) -> list[tuple[str, Person | None, str]]:
    """Door, author and reason of each change since it was made, oldest first."""
    found = row.history.filter(history_type="~").order_by("history_id")
    return [(one.door, one.history_user, one.history_change_reason) for one in found]


def test_one_click_ends_the_digest_once_and_takes_back_what_waits(stranger: Client, digest: DigestSubscription) -> None:
    here = address(MessageKind.DIGEST, digest.pk)
    answers = [stranger.post(here, ONE_CLICK).status_code for _ in range(2)]
    digest.refresh_from_db()
    assert (answers, digest.is_active, digest.next_issue_at) == ([200, 200], False, None)
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    assert changes(digest) == [(Door.MAIL, digest.person, coded("left-by-mail"))]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_look_changes_nothing(method: str, stranger: Client, digest: DigestSubscription) -> None:
    response = getattr(stranger, method)(address(MessageKind.DIGEST, digest.pk))
    digest.refresh_from_db()
    assert (response.status_code, digest.is_active, changes(digest)) == (200, True, [])
    assert "no-store" in response["Cache-Control"]


def test_page_asks_confirms_and_takes_it_back(stranger: Client, digest: DigestSubscription) -> None:
    here = address(MessageKind.DIGEST, digest.pk)
    assert "<h1>Unsubscribe?</h1>" in stranger.get(here).content.decode()
    assert "<h1>You are unsubscribed</h1>" in stranger.post(here, {"act": "leave"}).content.decode()
    assert "<h1>You are unsubscribed already</h1>" in stranger.get(here).content.decode()
    assert "<h1>You are subscribed again</h1>" in stranger.post(here, {"act": "return"}).content.decode()
    digest.refresh_from_db()
    assert (digest.is_active, digest.next_issue_at is None) == (True, False)
    assert [reason for _door, _who, reason in changes(digest)] == [coded("left-by-mail"), coded("subscribed-again")]


def test_page_speaks_the_language_of_the_mail_unless_another_was_chosen(digest: DigestSubscription) -> None:
    here = address(MessageKind.DIGEST, digest.pk)
    Person.objects.update(language="zh-hans")
    assert "<h1>是否退订？</h1>" in Client(headers={"Accept-Language": "en"}).get(here).content.decode()
    chosen = Client()
    chosen.cookies["django_language"] = "en"
    assert "<h1>Unsubscribe?</h1>" in chosen.get(here).content.decode()


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "Yes"}, {"act": "delete"}])
def test_any_other_post_is_refused(body: dict[str, str], stranger: Client, digest: DigestSubscription) -> None:
    assert stranger.post(address(MessageKind.DIGEST, digest.pk), body).status_code == 400
    digest.refresh_from_db()
    assert digest.is_active is True


@pytest.mark.parametrize("token", ["digest-1", "digest-1.forged", "x"])
def test_forged_address_leads_nowhere(token: str, stranger: Client, digest: DigestSubscription) -> None:
    response = stranger.post(f"/unsubscribe/{token}/", ONE_CLICK)
    assert (response.status_code, "This link doesn't work" in response.content.decode()) == (404, True)


def test_closed_account_and_vanished_subscription_lead_nowhere(stranger: Client, digest: DigestSubscription) -> None:
    Person.objects.update(is_active=False)
    assert stranger.post(address(MessageKind.DIGEST, digest.pk), ONE_CLICK).status_code == 404
    assert stranger.post(address(MessageKind.REMINDER, digest.person_id), ONE_CLICK).status_code == 404
    assert stranger.post(address(MessageKind.DIGEST, digest.pk + 1), ONE_CLICK).status_code == 404


def planned_reminders(*due: date) -> Person:
    """Somebody who owns milestones due on those days, about which one mail waits."""
    roadmap, owner = make_roadmap(), make_person(language="en")
    ReminderRule.objects.create(roadmap=roadmap, code="first", name_zh="规则", name_en="Rule", offsets=[90])
    for day in due:
        make_milestone(make_initiative(make_pillar(roadmap)), owner=owner, due_on=day, remind_at=NOW)
    plan_due_reminders(now=NOW)
    return owner


def test_reminders_before_due_dates_are_left_and_the_overdue_stay(stranger: Client) -> None:
    owner = planned_reminders(date(2026, 12, 31), date(2026, 11, 10))
    mail = OutboxMessage.objects.get()
    assert mail.reminders.count() == 2
    page = stranger.post(address(MessageKind.REMINDER, owner.pk), ONE_CLICK).content.decode()
    assert "What you are responsible for is still sent when it is overdue or escalated to you" in page
    owner.refresh_from_db()
    mail.refresh_from_db()
    assert (owner.optional_reminders, mail.state) == (False, MessageState.PENDING)
    assert [one.occurrence for one in mail.reminders.all()] == ["due=2026-11-10/overdue-1"]
    assert changes(owner) == [(Door.MAIL, owner, coded("left-by-mail"))]


def test_mail_of_optional_reminders_alone_is_taken_back_and_not_planned_again(stranger: Client) -> None:
    owner = planned_reminders(date(2026, 12, 31))
    stranger.post(address(MessageKind.REMINDER, owner.pk), ONE_CLICK)
    Milestone.objects.update(remind_at=NOW)
    plan_due_reminders(now=NOW + timedelta(days=1))
    assert [row.state for row in OutboxMessage.objects.all()] == [MessageState.WITHDRAWN]


def test_reminders_are_taken_again_from_the_next_threshold_on(stranger: Client) -> None:
    owner = planned_reminders(date(2026, 12, 31))
    here = address(MessageKind.REMINDER, owner.pk)
    stranger.post(here, ONE_CLICK)
    answers = [stranger.post(here, {"act": "return"}).status_code for _ in range(2)]
    owner.refresh_from_db()
    assert (answers, owner.optional_reminders, len(changes(owner))) == ([200, 200], True, 2)
    plan_due_reminders(now=NOW)
    assert sorted(row.state for row in OutboxMessage.objects.all()) == [MessageState.PENDING, MessageState.WITHDRAWN]
