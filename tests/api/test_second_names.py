"""Nobody confirms their own work under a second name, and nobody hands on more than the token that asks holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from roadmap.editing.invitations import accept_invitation
from roadmap.editing.leave import change_leave, end_leave
from roadmap.editing.people import set_password
from roadmap.editing.tokens import make_token
from roadmap.editing.verification import who_may_confirm
from roadmap.models import Invitation, Milestone, Person
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, PersonKind, Role, Scope
from tests import factories as make
from tests.admin.rows import make_invitation, make_leave
from tests.api.conftest import NOW, Caller, caller_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(milestone: Milestone) -> Person:
    """The lead of the milestone's organisation, which nobody owns."""
    Milestone.objects.update(owner=None)
    return make.make_person(role=Role.LEAD, organisation=milestone.organisation)


def program_of(caller: Caller, role: str = "lead") -> Caller:
    """A program of the organisation, made with its token by the caller, through the API."""
    account = caller.post(
        "service-accounts/", {"username": "program", "full_name": "P", "organisation": "gacc", "role": role}
    ).json()
    scopes = [scope.value for scope in Scope]
    made = caller.post("tokens/", {"name": "t", "scopes": scopes, "person": account["id"]}).json()
    return Caller(Client(), made["token"])


def says_it_is_done(caller: Caller, milestone: Milestone) -> None:
    path = f"milestones/{milestone.pk}/"
    assert caller.post(f"{path}progress-updates/", {"percent_complete": 100}).status_code == 201
    assert caller.post(f"{path}evidence/", {"kind": "note", "title": "t", "note": "n"}).status_code == 201
    assert caller.post(f"{path}complete/", {}, If_Match="*").status_code == 200


def confirms(caller: Caller, milestone: Milestone) -> int:
    return int(caller.post(f"milestones/{milestone.pk}/verify/", {}, If_Match="*").status_code)


@pytest.mark.parametrize("role", ["lead", "contributor"])
def test_a_program_does_not_confirm_what_its_lead_reported(lead: Person, milestone: Milestone, role: str):
    caller = caller_for(lead)
    program = program_of(caller, role)
    says_it_is_done(caller, milestone)
    assert confirms(program, milestone) == 403


def test_no_program_confirms_anything(lead: Person, milestone: Milestone):
    says_it_is_done(caller_for(lead), milestone)
    for role in Role:
        program = make.make_person(kind=PersonKind.SERVICE, role=role, organisation=milestone.organisation, email="")
        assert confirms(caller_for(program), milestone) == 403


def test_whoever_manages_a_program_does_not_confirm_what_it_reported(lead: Person, milestone: Milestone):
    program = program_of(caller_for(lead))
    says_it_is_done(program, milestone)
    head = make.make_person(role=Role.VERIFIER, organisation=milestone.organisation)
    milestone.organisation.lead = head
    milestone.organisation.save()
    other_lead = make.make_person(role=Role.LEAD, organisation=milestone.organisation)
    for person in (lead, other_lead, head, make.make_office_person()):
        assert confirms(caller_for(person), milestone) == 403
    verifier = make.make_person(role=Role.VERIFIER, organisation=milestone.organisation)
    assert confirms(caller_for(verifier), milestone) == 200


def test_a_token_made_for_another_person_is_no_second_name(office: Caller, milestone: Milestone):
    Milestone.objects.update(owner=None)
    head = Person.objects.get(username="office")
    other = make.make_person(role=Role.LEAD, organisation=milestone.organisation)
    _token, text = make_token(other, by=Actor(head, Door.API), now=NOW, name="t")
    says_it_is_done(Caller(Client(), text), milestone)
    assert confirms(office, milestone) == 403
    second = make.make_person(role=Role.LEAD, organisation=milestone.organisation)
    _token, text = make_token(second, by=Actor(head, Door.API), now=NOW, name="t")
    assert confirms(Caller(Client(), text), milestone) == 403  # the same hands may hold both
    assert confirms(caller_for(second), milestone) == 200


@pytest.mark.parametrize("who_is_away", ["reporter", "verifier"])
@pytest.mark.parametrize(
    ("from_days_ago", "until_days_ago", "then", "expected"),
    [
        (1, 0, "stays", 403),
        (1, 0, "taken back", 403),
        (1, 0, "given to another", 403),
        (9, 1, "stays", 200),
        (-1, -9, "taken back", 200),
    ],
)
def test_whoever_stands_in_counts_as_the_one_away(
    lead: Person,
    milestone: Milestone,
    who_is_away: str,
    from_days_ago: int,
    until_days_ago: int,
    then: str,
    expected: int,
):
    verifier = make.make_person(role=Role.VERIFIER, organisation=milestone.organisation)
    away, deputy = (lead, verifier) if who_is_away == "reporter" else (verifier, lead)
    from_on, until_on = (NOW.date() - timedelta(days=ago) for ago in (from_days_ago, until_days_ago))
    leave = make_leave(away, deputy=deputy, from_on=from_on, until_on=until_on)
    says_it_is_done(caller_for(lead), milestone)
    if then == "taken back":
        end_leave(leave, by=SYSTEM, now=NOW)
    elif then == "given to another":
        change_leave(leave, by=SYSTEM, now=NOW, deputy=make.make_person())
    assert confirms(caller_for(verifier), milestone) == expected


def limited(person: Person, *scopes: Scope, **fields: Any) -> Caller:
    return Caller(Client(), make_token(person, by=SYSTEM, now=NOW, name="t", scopes=scopes, **fields)[1])


ALL_BUT = {scope: tuple(other for other in Scope if other != scope) for scope in Scope}


@pytest.mark.parametrize(
    ("role", "lacking"),
    [
        *((role, Scope.READ) for role in Role),
        *((role, Scope.PROGRESS) for role in (Role.OFFICE, Role.LEAD, Role.CONTRIBUTOR)),
        *((role, Scope.CATALOGUE) for role in (Role.OFFICE, Role.LEAD, Role.VERIFIER)),
    ],
)
def test_no_role_is_handed_on_that_may_do_more_than_the_token(milestone: Milestone, role: Role, lacking: Scope):
    caller = limited(make.make_office_person(), *ALL_BUT[lacking])
    guest = {"full_name": "G", "email": "guest@example.org", "role": role, "organisation": "gacc"}
    program = {"username": "new", "full_name": "N", "organisation": "gacc", "role": role}
    waiting = make_invitation(role=role)
    for path, body in (
        ("invitations/", guest),
        (f"invitations/{waiting.pk}/again/", {}),
        ("service-accounts/", program),
    ):
        answer = caller.post(path, body)
        assert (path, answer.status_code, answer.json().get("scope")) == (path, 403, lacking)
    assert Invitation.objects.count() == 1
    assert not Person.objects.filter(username__in=["new", "guest@example.org"]).exists()


def test_no_token_outlives_the_one_that_made_it(milestone: Milestone):
    ends_at = NOW + timedelta(days=1)
    caller = limited(milestone.owner, *Scope, expires_at=ends_at)
    later = (ends_at + timedelta(seconds=1)).isoformat()
    for asked in ({}, {"expires_at": None}, {"expires_at": later}):
        refused = caller.post("tokens/", {"name": "t", "scopes": ["read"], **asked})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/expires_at")
    made = caller.post("tokens/", {"name": "t", "scopes": ["read"], "expires_at": ends_at.isoformat()})
    assert made.status_code == 201


def test_reading_is_not_handed_on_by_a_token_that_may_not_read(milestone: Milestone):
    caller = limited(milestone.owner, *ALL_BUT[Scope.READ])
    hook = {"url": "https://example.org/", "events": ["progress.recorded"]}
    for path, body in (("feeds/", {"name": "phone"}), ("webhooks/", hook)):
        answer = caller.post(path, body)
        assert (path, answer.status_code, answer.json()["scope"]) == (path, 403, "read")


PASSWORD = "A long one, 2026"


def given_by(office: Person, browser: Client, person: Person) -> None:
    """A password, by the page of the administration."""
    browser.force_login(office)
    answer = browser.post(
        f"/admin/roadmap/person/{person.pk}/password/", {"password": PASSWORD, "again": PASSWORD}, follow=True
    )
    person.refresh_from_db()
    assert (answer.status_code, person.check_password(PASSWORD)) == (200, True)


@pytest.mark.parametrize("is_giver_who_reports", [True, False])
def test_who_gave_a_password_doesnt_confirm_by_it_nor_what_was_said_by_it(
    lead: Person, milestone: Milestone, client: Client, is_giver_who_reports: bool
):
    office = make.make_office_person()
    given_by(office, client, lead)
    reporter, other = (office, lead) if is_giver_who_reports else (lead, office)
    says_it_is_done(caller_for(reporter), milestone)
    assert [one.pk for one in who_may_confirm(milestone) if one in (lead, office)] == []
    assert confirms(caller_for(other), milestone) == 403
    assert confirms(caller_for(make.make_office_person()), milestone) == 200


def test_who_chose_another_password_is_nobody_elses_hand(lead: Person, milestone: Milestone, client: Client):
    office = make.make_office_person()
    with travel(NOW - timedelta(days=9), tick=False):
        given_by(office, client, lead)
    with travel(NOW - timedelta(days=7), tick=False):
        times = {"made_at": NOW - timedelta(days=8), "expires_at": NOW}
        accept_invitation(Invitation.objects.create(person=lead, **times), PASSWORD, now=NOW - timedelta(days=7))
    says_it_is_done(caller_for(lead), milestone)
    assert confirms(caller_for(office), milestone) == 200


def test_a_password_taken_back_after_the_report_frees_nobody(lead: Person, milestone: Milestone, client: Client):
    office, other = make.make_office_person(), make.make_office_person()
    given_by(office, client, lead)
    says_it_is_done(caller_for(lead), milestone)
    set_password(lead, PASSWORD, by=Actor(other, Door.ADMIN), now=NOW)
    assert confirms(caller_for(office), milestone) == 403
