"""An invitation from the office's form to the first sign-in: by mail, once, until it expires or is taken back."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from roadmap.editing.invitations import invite_again, invite_person, link_token, take_invitation_back
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Invitation, Organisation, OutboxMessage, Person
from roadmap.models.history import Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.outbox.showing import shown, without_powers
from roadmap.vocabulary import Door, Language, MessageState, Role
from tests import factories as make
from tests.servers.smtp import Sink

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)  # late in the evening in Shanghai
PASSWORD = "long enough for anybody"  # of made-up people


@pytest.fixture(autouse=True)
def _late(settings: Any) -> Any:
    settings.QUIET_HOURS = None
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office() -> Person:
    return make.make_office_person(full_name="Wang", language=Language.ENGLISH)


def entered(who: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(who)
    return client


def invited(by: Person, **fields: Any) -> Invitation:
    given = {"full_name": "Lin", "email": "Lin@Example.org", "role": Role.LEAD, "language": Language.ENGLISH}
    given["organisation"] = Organisation.objects.first() or make.make_organisation()
    return invite_person(by=Actor(by, Door.ADMIN), now=NOW, **{**given, **fields})


def test_office_invites_and_the_person_sets_a_password_and_signs_in(office: Person, smtp_sink: Sink) -> None:
    unit = make.make_organisation()
    client, page = entered(office), reverse("admin:roadmap_person_invite")
    assert "user name" in client.get(page).content.decode()
    form = {"full_name": "Lin", "email": "lin@example.org", "role": "lead", "organisation": unit.pk, "language": "en"}
    assert client.post(page, form).status_code == 302
    person = Person.objects.get(username="lin@example.org")
    assert (person.role, person.organisation, person.is_staff, person.has_usable_password()) == (
        Role.LEAD, unit, True, False,
    )  # fmt: skip
    listed = reverse("admin:roadmap_person_changelist")
    assert "sent, not accepted yet" in client.get(listed).content.decode()
    deliver_pending(clock=lambda: NOW)
    (mail,) = smtp_sink.messages
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Wang has created an account for you in the Smart-Customs Roadmap Tracker." in body
    assert "It works until Monday, 30 November 2026." in body
    link = re.search(r"(/invitation/\S+)", body)
    assert link
    harmless = shown(without_powers(bytes(OutboxMessage.objects.get().rendered or b"")))
    assert ("/invitation/not-in-previews/" in harmless.text, link[1] in harmless.html) == (True, False)
    guest = Client(headers={"Accept-Language": "en"})
    assert "Welcome, Lin" in guest.get(link[1]).content.decode()
    assert not Invitation.objects.filter(used_at__isnull=False).exists()
    weak = guest.post(link[1], {"password": "lin", "again": "lin"})
    assert (weak.status_code, "too short" in weak.content.decode()) == (422, True)
    assert guest.post(link[1], {"password": PASSWORD, "again": "other"}).status_code == 422
    assert "Your password is set" in guest.post(link[1], {"password": PASSWORD, "again": PASSWORD}).content.decode()
    assert guest.get(link[1]).status_code == 410
    assert guest.post(link[1], {"password": "another long one!", "again": "another long one!"}).status_code == 410
    signed = guest.post("/sign-in/", {"username": "lin@example.org", "password": PASSWORD})
    assert signed.status_code == 302
    assert "accepted" in client.get(listed).content.decode()
    acts = Person.history.filter(id=person.pk).exclude(door=Door.SYSTEM)  # each sign-in leaves the instant of it
    assert list(acts.values_list("history_user", "door")) == [
        (person.pk, Door.WEB),
        (office.pk, Door.ADMIN),
    ]


@pytest.mark.both_databases("roadmap.editing.invitations")
def test_a_link_ends_when_it_expires_is_taken_back_or_a_new_one_is_sent(office: Person, smtp_sink: Sink) -> None:
    first = invited(office)
    guest = Client(headers={"Accept-Language": "en"})
    address = f"/invitation/{link_token(first)}/"
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert guest.get(address).status_code == 410
    actor = Actor(office, Door.ADMIN)
    second = invite_again(first.person, by=actor, now=NOW)
    assert guest.get(address).status_code == 410
    assert guest.get(f"/invitation/{link_token(second)}/").status_code == 200
    states = OutboxMessage.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [MessageState.WITHDRAWN, MessageState.PENDING]
    take_invitation_back(first.person, by=actor, now=NOW)
    assert guest.get(f"/invitation/{link_token(second)}/").status_code == 410
    deliver_pending(clock=lambda: NOW)
    assert smtp_sink.messages == []
    assert not Person.objects.get(pk=first.person_id).is_active
    third = invite_again(first.person, by=actor, now=NOW)
    assert guest.get(f"/invitation/{link_token(third)}/").status_code == 200
    Person.objects.filter(pk=first.person_id).update(is_active=True)
    Invitation.objects.filter(pk=third.pk).update(used_at=NOW)
    with pytest.raises(InvalidChange):
        invite_again(first.person, by=actor, now=NOW)


def test_buttons_act_on_a_post_only(office: Person) -> None:
    person = invited(office).person
    client = entered(office)
    page = reverse("admin:roadmap_person_change", args=[person.pk])
    assert "Invite again" in client.get(page).content.decode()
    for name in ("resend_invitation", "revoke_invitation"):
        address = reverse(f"admin:roadmap_person_{name}", args=[person.pk])
        before = list(Invitation.objects.values())
        assert client.get(address).status_code == 200
        assert list(Invitation.objects.values()) == before
        client.post(address)
        assert list(Invitation.objects.values()) != before


def test_wrong_links_lock_nobody_out_of_the_office(office: Person) -> None:
    guest = Client()
    assert {guest.get(f"/invitation/{number}.guessed/").status_code for number in range(12)} == {404}
    assert guest.get(f"/invitation/{link_token(invited(office))}/").status_code == 200


def test_leads_invite_to_their_branch_and_roles_only() -> None:
    unit = make.make_organisation()
    below, foreign = make.make_organisation(unit), make.make_organisation()
    lead = make.make_person(role=Role.LEAD, organisation=unit, is_staff=True)
    for number, role in enumerate((Role.LEAD, Role.CONTRIBUTOR, Role.OBSERVER)):
        assert invited(lead, role=role, organisation=below, email=f"{number}@example.org").person.role == role
    for role, organisation in ((Role.OFFICE, below), (Role.AUDITOR, unit), (Role.LEAD, foreign), (Role.LEAD, None)):
        with pytest.raises(NotAllowed):
            invited(lead, role=role, organisation=organisation, email="x@example.org")
    for other in (Role.CONTRIBUTOR, Role.VERIFIER, Role.AUDITOR, Role.OBSERVER):
        with pytest.raises(NotAllowed):
            invited(make.make_person(role=other, organisation=unit), organisation=below, email="x@example.org")
    page = reverse("admin:roadmap_person_invite")
    shown = entered(lead).get(page).content.decode()
    assert (f'value="{below.pk}"' in shown, f'value="{foreign.pk}"' in shown, 'value="office"' in shown) == (
        True, False, False,
    )  # fmt: skip
    assert entered(make.make_person(is_staff=True)).get(page).status_code == 403


def test_what_is_wrong_is_told_at_its_field(office: Person) -> None:
    make.make_person(username="x", email="taken@example.org")
    for wrong, field in (
        ({"email": "taken@example.org"}, "email"),
        ({"email": ""}, "email"),
        ({"full_name": " "}, "full_name"),
        ({"role": "king"}, "role"),
    ):
        with pytest.raises(InvalidChange) as refused:
            invited(office, **wrong)
        assert field in refused.value.fields
    assert not Invitation.objects.exists()
