"""Tokens and service accounts through the API."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from roadmap.editing.service_accounts import create_service_account
from roadmap.editing.tokens import digest_of, make_token
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import ApiToken, Person
from roadmap.models.history import SYSTEM, Actor
from roadmap.rights import managed_accounts, may_manage_account
from roadmap.vocabulary import Door, PersonKind, Role, Scope
from tests import factories as make
from tests.api.conftest import NOW, Caller, caller_for

pytestmark = pytest.mark.django_db
NEW = {"username": "inspection", "full_name": "查验系统", "organisation": "gacc"}


@pytest.mark.both_databases("roadmap.editing.tokens")
def test_token_is_made_shown_once_and_revoked(client, office):
    made = office.post("tokens/", {"name": "nightly", "scopes": ["progress:write", "read"]}, Idempotency_Key="k")
    text = made.json()["token"]
    assert (made.status_code, made.json()["scopes"]) == (201, ["read", "progress:write"])
    stored = ApiToken.objects.get(pk=made.json()["id"])
    assert (stored.digest, stored.prefix, stored.scopes) == (digest_of(text), text[:12], "read progress:write")
    again = office.post("tokens/", {"name": "nightly", "scopes": ["progress:write", "read"]}, Idempotency_Key="k")
    assert again.json() == {**made.json(), "token": None}
    address = f"tokens/{stored.pk}/"
    assert office.get(address).json() == {name: value for name, value in made.json().items() if name != "token"}
    caller = Caller(client, text)
    assert caller.get("tokens/").status_code == 200
    assert [office("DELETE", address).status_code for _ in range(2)] == [204, 204]
    assert (caller.get("tokens/").status_code, office.get(address).json()["revoked_at"][:10]) == (401, "2026-11-23")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"scopes": []}, "#/scopes"),
        ({"scopes": ["write"]}, "#/scopes/0"),
        ({"name": ""}, "#/name"),
        ({"expires_at": "2026-11-23T04:00:00Z"}, "#/expires_at"),
        ({"person": 99}, "#/person"),
        ({"digest": "x"}, "#/digest"),
    ],
)
def test_token_that_cant_be_made_is_told(office, wrong, pointer):
    answer = office.post("tokens/", {"name": "t", "scopes": ["read"], **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_token_makes_no_stronger_one(client, milestone):
    _token, text = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t", scopes=[Scope.READ, Scope.ACCOUNT])
    caller = Caller(client, text)
    refused = caller.post("tokens/", {"name": "t", "scopes": ["read", "progress:write"]})
    assert (refused.status_code, refused.json()["scope"]) == (403, "progress:write")
    challenge = 'Bearer realm="api", error="insufficient_scope", scope="progress:write"'
    assert (refused.headers["WWW-Authenticate"], refused.json()["type"].split("/")[-2]) == (challenge, "missing-scope")
    assert caller.post("tokens/", {"name": "t", "scopes": ["read"]}).status_code == 201
    reporting = caller.post(f"milestones/{milestone.pk}/progress-updates/", {"percent_complete": 5})
    assert (reporting.status_code, reporting.json()["scope"]) == (403, "progress:write")


@pytest.mark.both_databases("roadmap.editing.service_accounts")
def test_lead_makes_a_service_account_that_reports_under_its_name(lead, milestone):
    made = lead.post("service-accounts/", NEW)
    assert (made.status_code, made.json()["role"], made.json()["is_active"]) == (201, "contributor", True)
    account = made.json()["id"]
    token = lead.post("tokens/", {"name": "t", "scopes": ["read", "progress:write"], "person": account}).json()
    program = Caller(lead.client, token["token"])
    told = program.post("progress-updates/", {"milestone": "m-1", "percent_complete": 5})
    assert (told.status_code, told.json()["reported_by"]) == (201, {"id": account, "name": "查验系统"})
    change = milestone.history.latest()
    assert (str(change.history_user), change.door) == ("查验系统", Door.API)
    assert [one["id"] for one in lead.get(f"tokens/?person={account}").json()["results"]] == [token["id"]]
    assert lead("DELETE", f"service-accounts/{account}/").status_code == 204
    assert (program.get("tokens/").status_code, Person.objects.get(pk=account).is_active) == (401, False)
    assert lead.get("service-accounts/?is_active=true").json()["results"] == []
    assert ApiToken.objects.get(pk=token["id"]).revoked_at == NOW


def test_service_account_signs_in_nowhere(rf, milestone):
    account = create_service_account(by=SYSTEM, username="p", full_name="P", organisation=milestone.organisation)
    assert (account.has_usable_password(), account.is_staff, account.email) == (False, False, "")
    assert authenticate(rf.post("/"), username="p", password="!") is None
    with pytest.raises(InvalidChange):
        create_service_account(by=SYSTEM, username="q", full_name=" ", organisation=milestone.organisation)


def test_lead_gives_no_role_beyond_their_own(lead, office, milestone):
    for role in (Role.OFFICE, Role.VERIFIER, Role.AUDITOR):
        assert lead.post("service-accounts/", {**NEW, "role": role}).status_code == 403
    assert office.post("service-accounts/", {**NEW, "role": Role.OFFICE}).status_code == 201


def test_list_and_single_question_of_who_manages_whom_agree(milestone):
    own, other = milestone.organisation, make.make_organisation()
    for organisation in (own, make.make_organisation(own), other, None):
        for role in Role:
            for kind in PersonKind:
                make.make_person(kind=kind, role=role, organisation=organisation, email="")
    make.make_person(is_superuser=True, is_staff=True)
    everybody = list(Person.objects.select_related("organisation"))
    by_list = {(one.pk, found) for one in everybody for found in managed_accounts(one).values_list("pk", flat=True)}
    assert by_list == {(one.pk, other.pk) for one in everybody for other in everybody if may_manage_account(one, other)}


def test_program_makes_no_programs(milestone):
    account = make.make_person(kind=PersonKind.SERVICE, role=Role.LEAD, organisation=milestone.organisation, email="")
    with pytest.raises(NotAllowed):
        create_service_account(
            by=Actor(account, Door.API), username="p", full_name="P", organisation=milestone.organisation
        )
    assert caller_for(account).post("tokens/", {"name": "next", "scopes": ["read"]}).status_code == 201


def test_expired_token_is_told_in_its_own_words(client, milestone, time_machine):
    _token, text = make_token(milestone.owner, by=SYSTEM, now=NOW, name="t", expires_at=NOW + timedelta(hours=1))
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    answer = Caller(client, text).get("tokens/")
    assert (answer.status_code, answer.json()["detail"]) == (401, "This token has expired.")
