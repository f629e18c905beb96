"""Outbox, subscriptions, people and tokens."""

import html
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.coded_reasons import coded
from roadmap.editing.answering import answer_on_track
from roadmap.editing.invitations import invite_person
from roadmap.models import ApiToken, DigestSubscription, Person, SuppressedAddress
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.vocabulary import Door, MessageState, Role
from tests import factories as make
from tests.admin.rows import make_message, make_subscription

pytestmark = pytest.mark.django_db

GOOD = "an orchard of 42 lanterns"


def address(name: str, *args: object) -> str:
    return reverse(f"admin:roadmap_{name}", args=args)


def test_failed_mail_is_sent_again_from_the_list(browser: Client):
    failed, sent = (
        make_message(state=MessageState.FAILED, last_error="550", attempts=5),
        make_message(state=MessageState.SENT, sent_at=datetime(2026, 11, 1, tzinfo=UTC)),
    )
    chosen = {"action": "send_chosen_again", "_selected_action": [failed.pk, sent.pk]}
    browser.post(address("outboxmessage_changelist"), chosen)
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.attempts, sent.state) == (MessageState.PENDING, 0, MessageState.SENT)


def test_office_sees_a_hopeless_mail_at_once_with_its_reason(browser: Client):
    now = datetime(2026, 11, 2, tzinfo=UTC)
    reader = invite_person(by=SYSTEM, now=now, full_name="Lin", email="lin@example.org").person
    Person.objects.filter(pk=reader.pk).update(email="no address")
    deliver_pending(clock=lambda: now)
    message = reader.messages.get()
    counts = {one["state"]: one["count"] for one in browser.get(reverse("admin:index")).context["mail"]}
    assert (counts[MessageState.FAILED], counts[MessageState.PENDING]) == (1, 0)
    told = "&#x27;no address&#x27; is no address that can be mailed to."
    listed = browser.get(address("outboxmessage_changelist"), {"state__exact": "failed"}).content.decode()
    page = browser.get(address("outboxmessage_change", message.pk)).content.decode()
    assert (told[:50] in listed, told in page) == (True, True)


def test_office_sees_which_digests_were_given_up_and_whose(browser: Client):
    lost = make_message(state=MessageState.GIVEN_UP, subject="Weekly digest")
    counts = {one["state"]: one["count"] for one in browser.get(reverse("admin:index")).context["mail"]}
    assert counts[MessageState.GIVEN_UP] == 1
    listed = browser.get(address("outboxmessage_changelist"), {"state__exact": "given_up"}).content.decode()
    shown = ("Weekly digest", str(lost.recipient), "Left to the next issue, result unknown")
    assert [word in listed for word in shown] == [True] * 3


def test_failed_mail_is_sent_again_from_its_page(browser: Client):
    failed = make_message(state=MessageState.FAILED)
    page = browser.post(address("outboxmessage_send_this_again", failed.pk), follow=True)
    assert "It will be sent again." in page.content.decode()
    page = browser.post(address("outboxmessage_send_this_again", failed.pk), follow=True)
    assert "Only a failed mail can be sent again." in page.content.decode()


def test_mail_is_not_sent_by_a_mere_look(browser: Client):
    failed = make_message(state=MessageState.FAILED)
    browser.get(address("outboxmessage_send_this_again", failed.pk))
    failed.refresh_from_db()
    assert failed.state == MessageState.FAILED


@pytest.mark.parametrize("page", ["outboxmessage_changelist", "reminderoccurrence_changelist"])
def test_other_peoples_mail_is_the_offices_to_read(page: str, lead: Person, enter: Any, browser: Client):
    assert enter(lead).get(address(page)).status_code == 403
    assert browser.get(address(page)).status_code == 200


@pytest.mark.both_databases("roadmap.admin.mail")
def test_a_subscription_is_paused_ended_and_started_anew(browser: Client, filled: Any):
    subscription = make_subscription()
    page = address("digestsubscription_change", subscription.pk)

    def save(**change: str) -> DigestSubscription:
        sent = filled(browser.get(page)) | change
        if change.get("is_active") == "":
            del sent["is_active"]
        assert browser.post(page, sent).status_code == 302
        subscription.refresh_from_db()
        return subscription

    paused = save(paused_until="2026-12-20")
    assert (paused.is_active, paused.paused_until) == (True, date(2026, 12, 20))
    ended = save(is_active="")
    assert (ended.is_active, ended.next_issue_at) == (False, None)
    anew = save(is_active="on", paused_until="")
    assert (anew.is_active, anew.paused_until, anew.next_issue_at is None) == (True, None, False)
    assert set(subscription.history.values_list("door", flat=True)[:3]) == {Door.ADMIN}


def test_people_see_their_own_subscriptions_and_tokens(lead: Person, enter: Any, browser: Client):
    make_subscription()
    make_subscription(person=lead)
    ApiToken.objects.create(person=lead, name="mine", prefix="rmt_a", digest="a")
    ApiToken.objects.create(person=make.make_person(), name="theirs", prefix="rmt_b", digest="b")
    for page in ("digestsubscription_changelist", "apitoken_changelist"):
        assert enter(lead).get(address(page)).context["cl"].result_count == 1
        assert browser.get(address(page)).context["cl"].result_count == 2


def test_a_token_is_shown_once(browser: Client, office: Person):
    response = browser.post(
        address("apitoken_add"), {"person": office.pk, "name": "Reports", "scopes": ["read", "progress:write"]}
    )
    text = response.context["token_text"]
    assert text in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.person, text.startswith(token.prefix)) == (office, True)
    assert token.scopes == "read progress:write"
    for page in (address("apitoken_changelist"), address("apitoken_change", token.pk)):
        assert text not in browser.get(page).content.decode()


def test_a_token_for_somebody_else_is_refused(lead: Person, enter: Any):
    colleague = make.make_person(organisation=lead.organisation)
    response = enter(lead).post(address("apitoken_add"), {"person": colleague.pk, "name": "Theirs", "scopes": ["read"]})
    assert response.context["adminform"].form.errors == {
        "__all__": ["Tokens are made and revoked by their owner, the organisation lead or the programme office."]
    }
    assert ApiToken.objects.count() == 0


def test_a_token_is_revoked_after_a_question(browser: Client, office: Person):
    token = ApiToken.objects.create(person=office, name="mine", prefix="rmt_a", digest="a")
    page = address("apitoken_revoke", token.pk)
    assert browser.get(page).status_code == 200
    token.refresh_from_db()
    assert token.revoked_at is None
    assert browser.post(page).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_a_password_is_set_by_an_act_and_kept_out_of_the_history(browser: Client):
    person = make.make_person(password="!unusable")
    page = address("person_password", person.pk)
    assert browser.post(page, {"password": GOOD, "again": GOOD}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(GOOD)
    newest = person.history.first()
    assert (newest.door, newest.history_change_reason, hasattr(newest, "password")) == (
        Door.ADMIN,
        coded("password-set"),
        False,
    )


@pytest.mark.parametrize(
    ("password", "again", "wrong"),
    [
        (GOOD, "something-else-2029", {"again"}),
        ("short", "short", {"password"}),
        ("wang-xiaoming", "wang-xiaoming", {"password"}),
    ],
)
def test_a_bad_password_is_refused(password: str, again: str, wrong: set[str], browser: Client):
    person = make.make_person(password="!unusable", username="wang-xiaoming")
    response = browser.post(address("person_password", person.pk), {"password": password, "again": again})
    assert set(response.context["form"].errors) == wrong


def test_the_office_makes_no_superusers_and_touches_none(enter: Any, filled: Any):
    office = make.make_office_person(password="!unusable")
    browser = enter(office)
    root = make.make_person(is_superuser=True, is_staff=True, password="!unusable")
    assert browser.post(address("person_change", root.pk), {}).status_code == 403
    assert browser.get(address("person_password", root.pk)).status_code == 403
    sent = filled(browser.get(address("person_change", office.pk))) | {"is_superuser": "on", "full_name": "New"}
    assert browser.post(address("person_change", office.pk), sent).status_code == 302
    office.refresh_from_db()
    assert (office.full_name, office.is_superuser) == ("New", False)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_edits_people_and_the_frame(role: Role, enter: Any):
    own = make.make_organisation()
    browser = enter(make.make_person(role=role, is_staff=True, organisation=own))
    pillar = make.make_pillar(make.make_roadmap())
    person = make.make_person(organisation=own)  # whom they see
    for page in (
        address("person_change", person.pk),
        address("pillar_change", pillar.pk),
        address("person_add"),
        address("reminderrule_add"),
        address("baseline_add"),
    ):
        assert browser.post(page, {"title_en": "x"}).status_code == 403
    assert browser.get(address("person_password", person.pk)).status_code == 403
    assert browser.get(address("pillar_change", pillar.pk)).status_code == 200


def test_a_suppressed_address_is_lifted_after_a_question(browser: Client, office: Person, lead: Person, enter: Any):
    holder = make.make_person(email="Lin@example.org", full_name="林岚")
    row = SuppressedAddress.objects.create(
        address="lin@example.org", reason="refused", evidence="550 5.1.1 no", since=datetime(2026, 11, 1, tzinfo=UTC)
    )
    page, listed = address("suppressedaddress_lift_this", row.pk), address("suppressedaddress_changelist")
    assert enter(lead).get(listed).status_code == 403
    assert "林岚" in browser.get(listed).content.decode()
    Person.objects.filter(pk=holder.pk).update(email="new@example.org")
    assert "no longer anybody's" in html.unescape(browser.get(listed).content.decode())
    assert "550 5.1.1 no" in browser.get(page).content.decode()
    row.refresh_from_db()
    assert row.lifted_at is None
    assert browser.post(page).status_code == 302
    row.refresh_from_db()
    assert (row.lifted_at, row.lifted_by) == (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), office)


@pytest.mark.both_databases("roadmap.editing.people")
def test_links_in_mails_are_ended_by_an_act_and_not_by_a_mere_look(browser: Client):
    person = make.make_person()
    page = address("person_end_links", person.pk)
    assert browser.get(page).status_code == 200
    assert Person.objects.get(pk=person.pk).answer_links_generation == 0
    assert browser.post(page).status_code == 302
    assert Person.objects.get(pk=person.pk).answer_links_generation == 1
    newest = person.history.first()
    assert (newest.door, newest.history_change_reason) == (Door.ADMIN, coded("links-ended"))


def test_answers_are_listed_with_what_they_recorded(browser: Client):
    milestone = make.make_milestone(owner=make.make_person())
    by = Actor(person=milestone.owner, door=Door.MAIL)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    answer_on_track(milestone, by=by, now=now, form_key="a", percent=Decimal(40))
    listed = browser.get(address("answer_changelist")).content.decode()
    assert ("On track" in listed, "40% as of 1 November 2026" in listed) == (True, True)
