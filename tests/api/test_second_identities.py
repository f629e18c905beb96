"""Nobody confirms their own work by an account that they made up: one of another address of their own."""

import mailbox
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from roadmap.account_rights import brought_in
from roadmap.coded_reasons import coded
from roadmap.editing.invitations import accept_invitation, link_token
from roadmap.editing.people import create_sample_person
from roadmap.editing.verification import who_may_confirm
from roadmap.errors import InvalidChange
from roadmap.models import Invitation, Milestone, Organisation, Person
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, PersonKind, Role
from tests import factories as make
from tests.api.conftest import NOW, caller_for
from tests.api.test_second_names import confirms, program_of, says_it_is_done

pytestmark = pytest.mark.django_db
PASSWORD = "A long one, 2026"
GUEST = {"full_name": "Guest", "email": "guest@example.org", "role": "lead", "organisation": "gacc", "language": "en"}


@pytest.fixture
def lead(milestone: Milestone) -> Person:
    """The lead of the milestone's organisation, which nobody owns."""
    Milestone.objects.update(owner=None)
    return make.make_person(role=Role.LEAD, organisation=milestone.organisation)


def enter(person: Person) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(person)
    return browser


def invited(by: Person, **fields: Any) -> Person:
    """Somebody who was invited through the API, and took the invitation up in a browser of their own."""
    assert caller_for(by).post("invitations/", {**GUEST, **fields}).status_code == 201
    made = Invitation.objects.latest("pk")
    assert accept(made, Client()) == 200
    return Person.objects.get(pk=made.person_id)


def accept(invitation: Invitation, browser: Client) -> int:
    answer = browser.post(f"/invitation/{link_token(invitation)}/", {"password": PASSWORD, "again": PASSWORD})
    return answer.status_code


def change(person: Person, by: Person, **fields: Any) -> Any:
    """The form of the administration, with other values in these fields; its answer."""
    browser, page = enter(by), f"/admin/roadmap/person/{person.pk}/change/"
    form = browser.get(page).context["adminform"].form
    given = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in {**given, **fields}.items() if value not in (None, False)}
    return browser.post(page, sent)


def test_who_was_invited_doesnt_confirm_what_the_inviter_reported(lead: Person, milestone: Milestone):
    guest = invited(lead)
    says_it_is_done(caller_for(lead), milestone)
    refused = caller_for(guest).post(f"milestones/{milestone.pk}/verify/", {}, If_Match="*")
    assert (refused.status_code, "created your account" in refused.json()["detail"]) == (403, True)
    assert guest not in who_may_confirm(milestone)
    verifier = make.make_person(role=Role.VERIFIER, organisation=milestone.organisation)
    assert [verifier in who_may_confirm(milestone), confirms(caller_for(verifier), milestone)] == [True, 200]


def test_the_page_of_the_administration_refuses_it_too(lead: Person, milestone: Milestone):
    guest = invited(lead)
    says_it_is_done(caller_for(lead), milestone)
    version = Milestone.objects.get().version
    page = f"/admin/roadmap/milestone/{milestone.pk}/verify/"
    enter(guest).post(page, {"version": version, "reason": ""}, follow=True)
    assert Milestone.objects.get().verified_at is None


def test_who_was_invited_doesnt_confirm_what_the_inviters_program_reported(lead: Person, milestone: Milestone):
    guest = invited(lead, role="observer")
    Person.objects.filter(pk=guest.pk).update(role=Role.VERIFIER)  # as the office makes of them
    says_it_is_done(program_of(caller_for(lead)), milestone)
    assert confirms(caller_for(guest), milestone) == 403


def test_who_invites_confirms_what_colleagues_report_and_they_what_others_do(lead: Person, milestone: Milestone):
    first, second = invited(lead), invited(lead, email="second@example.org")
    says_it_is_done(caller_for(first), milestone)
    assert {lead, second} <= set(who_may_confirm(milestone))
    assert confirms(caller_for(second), milestone) == 200
    Milestone.objects.update(verified_at=None, verified_by=None, verified_on=None)
    assert confirms(caller_for(lead), milestone) == 200


def test_a_corrected_address_counts_as_given_whoever_corrects_it_afterwards(lead: Person, milestone: Milestone):
    office, other = make.make_office_person(), make.make_office_person()
    guest = invited(lead)
    assert change(guest, office, email="mine@example.org").status_code == 302
    assert change(guest, other, email="theirs@example.org").status_code == 302
    says_it_is_done(caller_for(office), milestone)
    assert confirms(caller_for(guest), milestone) == 403


@pytest.mark.parametrize("steps", [["mine@example.org"], ["", "mine@example.org"]])
def test_who_turns_a_persons_mail_elsewhere_doesnt_confirm_what_that_person_reports(
    lead: Person, milestone: Milestone, steps: list[str]
):
    office, other = make.make_office_person(), make.make_office_person()
    for address in steps:
        assert change(lead, office, email=address).status_code == 302
    says_it_is_done(caller_for(lead), milestone)
    assert change(lead, other, email="lead@example.org").status_code == 302  # as if nothing had been
    assert [confirms(caller_for(person), milestone) for person in (office, other)] == [403, 403]
    assert confirms(caller_for(make.make_office_person()), milestone) == 200


def test_ones_own_address_is_changed_by_oneself(milestone: Milestone):
    office, other = make.make_office_person(), make.make_office_person()
    assert change(office, office, email="new@example.org").status_code == 302
    says_it_is_done(caller_for(office), milestone)
    assert confirms(caller_for(other), milestone) == 200


def test_an_account_that_was_entered_without_an_address_is_of_who_entered_it(milestone: Milestone):
    office = make.make_office_person()
    given = {"username": "made-up", "full_name": "M", "role": "office", "language": "en", "time_zone": "UTC"}
    entered = enter(office).post(
        "/admin/roadmap/person/add/", {**given, "calendar": "CN", "is_active": "on", "optional_reminders": "on"}
    )
    assert entered.status_code == 302, entered.context["adminform"].form.errors
    made_up = Person.objects.get(username="made-up")
    says_it_is_done(caller_for(office), milestone)
    assert confirms(caller_for(made_up), milestone) == 403
    assert brought_in([made_up.pk, office.pk], by=[office.pk]) == {made_up.pk}


@pytest.mark.parametrize("is_inviter_who_reports", [True, False])
def test_who_takes_up_an_invitation_of_another_in_their_own_session_gave_the_password(
    lead: Person, milestone: Milestone, is_inviter_who_reports: bool
):
    assert caller_for(make.make_office_person()).post("invitations/", GUEST).status_code == 201
    made = Invitation.objects.get()
    page = enter(lead).get(f"/invitation/{link_token(made)}/").content.decode()
    assert "neither of you can verify" in page
    assert accept(made, enter(lead)) == 200
    guest = Person.objects.get(pk=made.person_id)
    assert guest.password_set_by == lead
    reporter, other = (lead, guest) if is_inviter_who_reports else (guest, lead)
    says_it_is_done(caller_for(reporter), milestone)
    assert confirms(caller_for(other), milestone) == 403


def test_ones_own_invitation_is_ones_own_wherever_it_is_taken_up(lead: Person):
    made = Invitation.objects.create(person=lead, made_at=NOW, expires_at=NOW.replace(year=2027))
    accept_invitation(made, PASSWORD, now=NOW, signed_in=lead)
    assert Person.objects.get(pk=lead.pk).password_set_by is None


WAYS = [
    *("OWN@Example.org", "own@Ｅxample.org", " own@example.org "),
    *("zhang@海关.中国", "ZHANG@xn--d6qv69d.xn--fiqs8s"),
]


def by_invitation_api(office: Person, address: str) -> list[str]:
    answer = caller_for(office).post("invitations/", {**GUEST, "email": address})
    return [error["pointer"].removeprefix("#/") for error in answer.json().get("errors", [])]


def by_invitation_page(office: Person, address: str) -> list[str]:
    form = {**GUEST, "organisation": Organisation.objects.get(code="gacc").pk, "email": address}
    answer = enter(office).post("/admin/roadmap/person/invite/", form)
    return list(answer.context["form"].errors) if answer.status_code == 200 else []


def by_form_of_person(office: Person, address: str) -> list[str]:
    answer = change(make.make_person(), office, email=address)
    return list(answer.context["adminform"].form.errors) if answer.status_code == 200 else []


def by_sample(office: Person, address: str) -> list[str]:
    try:
        create_sample_person(by=Actor(office, Door.COMMAND), username="s", full_name="S", email=address)
    except InvalidChange as error:
        return list(error.fields)
    return []


@pytest.mark.parametrize("door", [by_invitation_api, by_invitation_page, by_form_of_person, by_sample])
def test_an_address_belongs_to_one_account_however_it_is_written(
    milestone: Milestone, door: Callable[[Person, str], list[str]]
):
    office = make.make_office_person(email="own@example.org")
    make.make_person(email="zhang@海关.中国")
    assert [door(office, address) for address in WAYS] == [["email"]] * len(WAYS)


def test_other_addresses_of_a_domain_are_other_peoples(milestone: Milestone):
    office = make.make_office_person(email="own@example.org")
    assert [by_invitation_api(office, "own+more@example.org"), by_form_of_person(office, "o.wn@example.org")] == [
        [],
        [],
    ]


def test_an_account_whose_address_another_has_already_can_be_changed_otherwise():
    office, first, second = make.make_office_person(), make.make_person(), make.make_person()
    Person.objects.filter(pk=first.pk).update(email="zhang@海关.中国")
    Person.objects.filter(pk=second.pk).update(email="zhang@xn--d6qv69d.xn--fiqs8s")
    assert change(second, office, full_name="New").status_code == 302


@pytest.fixture
def letter(lead: Person, tmp_path: Path, settings: Any) -> str:
    """A mail with a link in the embedded mailbox, to the lead."""
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "S", f"Lead <{lead.email.upper()}>"
    mail.set_content("http://testserver/answer/living-secret/")
    return mailbox.Maildir(settings.MAILBOX_DIR, create=True).add(mail)


@pytest.mark.parametrize("is_reader_who_reports", [True, False])
def test_who_had_the_links_in_anothers_mail_shown_counts_as_that_person(
    lead: Person, milestone: Milestone, letter: str, is_reader_who_reports: bool
):
    office, page = make.make_office_person(), f"/mailbox/{letter}/"
    browser = enter(office)
    assert "living-secret" not in browser.get(page).content.decode()
    assert browser.post(f"{page}links/").status_code == 302
    assert "living-secret" in browser.get(page).content.decode()
    assert "living-secret" not in enter(make.make_office_person()).get(page).content.decode()
    noted = lead.history.latest()
    assert (noted.history_user, noted.history_change_reason) == (office, coded("links-shown"))
    reporter, other = (lead, office) if is_reader_who_reports else (office, lead)
    says_it_is_done(caller_for(reporter), milestone)
    assert other not in who_may_confirm(milestone)
    assert confirms(caller_for(other), milestone) == 403


def test_links_in_ones_own_mail_work_and_those_of_superusers_for_superusers_only(lead: Person, letter: str):
    page = f"/mailbox/{letter}/"
    Person.objects.filter(pk=lead.pk).update(is_superuser=True)
    office = enter(make.make_office_person())
    assert "<button" not in office.get(page).content.decode().partition('class="wide mail"')[2]
    assert office.post(f"{page}links/").status_code == 403
    assert "living-secret" not in office.get(page).content.decode()
    Person.objects.filter(pk=lead.pk).update(role=Role.OFFICE)
    assert "living-secret" in enter(lead).get(page).content.decode()
    assert lead.links_shown_to.count() == 0


def test_accounts_made_by_nobody_are_brought_in_by_nobody(milestone: Milestone):
    call_command("createsuperuser", username="first", email="first@example.org", interactive=False)
    first = Person.objects.get(username="first")
    program = make.make_person(kind=PersonKind.SERVICE, email="", organisation=milestone.organisation)
    assert brought_in([first.pk, program.pk], by=[first.pk, program.pk]) == set()
    assert SYSTEM.person is None
