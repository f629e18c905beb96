"""Whoever the organisation's provider vouches for comes in with the mapped role, and nobody by a forged word."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from roadmap import clock
from roadmap.editing.single_sign_on import read_claims
from roadmap.errors import NotAllowed
from roadmap.models import Person
from roadmap.vocabulary import Role
from tests import factories as make
from tests.servers.identity import CLIENT, SECRET, Identity, running_identity
from tracker.single_sign_on import SingleSignOn, single_sign_on

LIN = {"sub": "7", "email": "lin@example.org", "email_verified": True, "name": "林岚"}
NAMED = {"email": "email", "name": "name", "organisation": "unit", "role": "groups"}


@pytest.fixture(scope="module")
def _identity() -> Iterator[Identity]:
    with running_identity() as identity:
        yield identity


@pytest.fixture
def identity(_identity: Identity, settings: Settings) -> Identity:
    """The provider, honest again, and a site that makes accounts of whomever it vouches for."""
    fresh = Identity(issuer=_identity.issuer, person=dict(LIN), key=_identity.key)
    _identity.__dict__.update(fresh.__dict__)
    settings.SINGLE_SIGN_ON = sso = SingleSignOn(
        issuer=_identity.issuer,
        client_id=CLIENT,
        secret=SECRET,
        name="Customs ID",
        scopes=("openid", "email"),
        claims=NAMED,
        roles=(),
        provisions=True,
    )
    settings.SOCIALACCOUNT_PROVIDERS = sso.for_allauth()
    return _identity


def mapped(settings: Settings, **fields: Any) -> None:
    settings.SINGLE_SIGN_ON = SingleSignOn(**{**settings.SINGLE_SIGN_ON.__dict__, **fields})


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def begun(client: Client, query: str = "") -> dict[str, str]:
    """What the provider is asked."""
    return dict(parse_qsl(urlsplit(client.get(f"/sign-in/organisation/{query}")["Location"]).query))


def gone_through(client: Client, identity: Identity, query: str = "") -> Any:
    """There and back."""
    back = urlsplit(identity.authorize(begun(client, query)))
    return client.get(f"{back.path}?{back.query}")


def who_is_in(client: Client) -> str:
    found = client.session.get("_auth_user_id")
    return Person.objects.get(pk=found).username if found else ""


@pytest.mark.django_db
@pytest.mark.both_databases("roadmap.editing.single_sign_on")
def test_whoever_comes_first_gets_an_account_and_later_comes_as_the_same(identity: Identity) -> None:
    client = english()
    assert gone_through(client, identity, "?next=/account/")["Location"] == "/account/"
    person = Person.objects.get()
    assert (person.email, person.full_name, person.role, person.is_staff, person.has_usable_password()) == (
        "lin@example.org",
        "林岚",
        Role.OBSERVER,
        False,
        False,
    )
    assert person.history.earliest().history_change_reason == "@by-single-sign-on"
    identity.person["email"] = "another@example.org"
    again = english()
    gone_through(again, identity)
    assert (who_is_in(again), Person.objects.count()) == ("lin@example.org", 1)
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.django_db
def test_without_provisioning_only_who_has_an_account_comes_in(identity: Identity, settings: Settings) -> None:
    mapped(settings, provisions=False)
    client = english()
    assert (gone_through(client, identity).status_code, Person.objects.count()) == (403, 0)
    person = make.make_person(username="lin", email="Lin@example.org", role=Role.LEAD, is_staff=True)
    gone_through(client, identity)
    person.refresh_from_db()
    assert (who_is_in(client), person.role) == ("lin", Role.LEAD)  # managed here, as there is no mapping


@pytest.mark.django_db
def test_roles_are_those_of_the_mapping_at_each_sign_in(identity: Identity, settings: Settings) -> None:
    mapped(settings, roles=(("leads", Role.LEAD), ("all", Role.OBSERVER)))
    unit = make.make_organisation(code="gz")
    person = make.make_person(username="lin", email="lin@example.org", role=Role.OFFICE, is_staff=True)
    for groups, role, is_staff in (
        (["all"], Role.OBSERVER, False),
        (["all", "leads"], Role.LEAD, True),
        ("all", Role.OBSERVER, False),
    ):
        identity.person |= {"groups": groups, "unit": "gz"}
        assert gone_through(english(), identity).status_code == 302
        person.refresh_from_db()
        assert (person.role, person.is_staff, person.is_superuser, person.organisation) == (role, is_staff, False, unit)
    for claim in ([], ["office"], "leads,all", {"leads": True}, True, None):
        identity.person["groups"] = claim
        client = english()
        assert (gone_through(client, identity).status_code, who_is_in(client)) == (403, ""), claim


@pytest.mark.django_db
@pytest.mark.parametrize("told", [{"email_verified": False}, {"email_verified": "true"}, {"email_verified": None}])
def test_an_address_that_isnt_verified_opens_nobodys_account(identity: Identity, told: dict[str, Any]) -> None:
    make.make_person(username="lin", email="lin@example.org")
    identity.person |= told
    client = english()
    assert (gone_through(client, identity).status_code, who_is_in(client)) == (403, "")


@pytest.mark.django_db
def test_an_address_claimed_by_a_second_subject_opens_nobodys_account(identity: Identity) -> None:
    gone_through(english(), identity)
    identity.person["sub"] = "8"
    client = english()
    assert (gone_through(client, identity).status_code, who_is_in(client)) == (403, "")


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"is_superuser": True, "is_staff": True}, {"is_active": False}])
def test_neither_superusers_nor_closed_accounts_come_in(identity: Identity, fields: dict[str, bool]) -> None:
    make.make_person(username="lin", email="lin@example.org", **fields)
    client = english()
    assert (gone_through(client, identity).status_code, who_is_in(client)) == (403, "")


@pytest.mark.django_db
def test_a_second_factor_is_asked_for_here_too(identity: Identity) -> None:
    make.give_app(make.make_person(username="lin", email="lin@example.org"))
    client = english()
    assert gone_through(client, identity)["Location"] == "/sign-in/code/"
    assert who_is_in(client) == ""


STRANGE_KEY = rsa.generate_private_key(65537, 2048)
LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"lies": {"iss": "http://127.0.0.1:1"}},
    "another audience": {"lies": {"aud": "somebody-else"}},
    "several audiences, for another": {"lies": {"aud": [CLIENT, "b"], "azp": "b"}},
    "another nonce": {"lies": {"nonce": "x" * 32}},
    "no nonce": {"lies": {"nonce": None}},
    "no end": {"lies": {"exp": None}},
    "of yesterday": {"lies": {"exp": 1_700_000_000, "iat": 1_699_999_000}},
    "of tomorrow": {"lies": {"iat": 4_000_000_000, "exp": 4_000_001_000}},
    "no subject": {"lies": {"sub": None}},
    "a strange key": {"signed_by": STRANGE_KEY},
    "no signature": {"signed_by": "", "algorithm": "none"},
    "somebody else's user info": {"user_info": {"sub": "1"}},
    "a description of another": {"described": {"issuer": "http://127.0.0.1:1"}},
}


@pytest.mark.django_db
@pytest.mark.parametrize("lie", LIES)
def test_no_forged_word_is_believed(identity: Identity, lie: str) -> None:
    client = english()
    asked = begun(client)
    for name, value in LIES[lie].items():
        setattr(identity, name, value)
    back = urlsplit(identity.authorize(asked))
    answer = client.get(f"{back.path}?{back.query}")
    assert (answer.status_code, who_is_in(client), Person.objects.count()) == (403, "", 0)


@pytest.mark.django_db
def test_a_public_key_isnt_taken_for_a_shared_secret(identity: Identity) -> None:
    public = identity.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    client = english()
    asked = begun(client)
    identity.signed_by, identity.algorithm = public, "HS256"
    back = urlsplit(identity.authorize(asked))
    assert client.get(f"{back.path}?{back.query}").status_code == 403
    assert who_is_in(client) == ""


@pytest.mark.django_db
def test_a_state_counts_once_and_only_where_it_was_begun(identity: Identity) -> None:
    victim, attacker = english(), english()
    back = urlsplit(identity.authorize(begun(attacker)))
    assert victim.get(f"{back.path}?{back.query}").status_code == 403  # a link that would sign the victim in as another
    assert attacker.get(f"{back.path}?{back.query}").status_code == 302
    assert attacker.get(f"{back.path}?{back.query}").status_code == 403
    assert who_is_in(victim) == ""
    for query in ("", "?code=x", "?state=x&code=x", "?error=access_denied"):
        assert victim.get(f"{back.path}{query}").status_code == 403


@pytest.mark.django_db
def test_a_stolen_code_is_of_no_use_in_another_sign_in(identity: Identity) -> None:
    victim, attacker = english(), english()
    stolen = dict(parse_qsl(urlsplit(identity.authorize(begun(victim))).query))["code"]
    own = begun(attacker)
    path = urlsplit(own["redirect_uri"]).path
    assert attacker.get(path, {"code": stolen, "state": own["state"]}).status_code == 403
    own = begun(attacker)
    assert attacker.get(path, {"code": "x", "state": own["state"], "iss": "https://evil.example"}).status_code == 403
    assert who_is_in(attacker) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x()"])
def test_it_leads_to_no_other_site(identity: Identity, onward: str) -> None:
    assert gone_through(english(), identity, f"?next={onward}")["Location"] == "/"


@pytest.mark.django_db
def test_what_is_asked_of_the_provider_cant_be_changed_by_a_link(identity: Identity) -> None:
    asked = begun(english(), "?scope=admin&auth_params=redirect_uri%3Dhttps://evil.example&process=connect")
    assert (set(asked["scope"].split()), urlsplit(asked["redirect_uri"]).netloc) == ({"openid", "email"}, "testserver")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")


@pytest.mark.django_db
def test_a_proof_anew_has_to_be_one(identity: Identity) -> None:
    client = english()
    assert begun(client, "?again")["prompt"] == "login"
    identity.lies = {"auth_time": clock.now().timestamp() - 3600}
    assert gone_through(client, identity, "?again&next=/second-factor/").status_code == 403
    identity.lies = {}
    assert gone_through(client, identity, "?again&next=/second-factor/")["Location"] == "/second-factor/"
    assert client.get("/sign-in/again/?next=/second-factor/")["Location"].startswith("/sign-in/organisation/?again")


@pytest.mark.django_db
def test_whoever_signs_out_here_is_offered_to_sign_out_there(identity: Identity) -> None:
    client = english()
    gone_through(client, identity)
    page = client.post("/sign-out/")
    assert f"{identity.issuer}/end?client_id=tracker" in page.content.decode()
    assert who_is_in(client) == ""


@pytest.mark.django_db
def test_where_the_provider_is_away_the_page_says_so(identity: Identity, settings: Settings) -> None:
    mapped(settings, issuer="http://127.0.0.1:1")
    settings.SOCIALACCOUNT_PROVIDERS = settings.SINGLE_SIGN_ON.for_allauth()
    answer = english().get("/sign-in/organisation/")
    assert (answer.status_code, "Please try again" in answer.content.decode()) == (403, True)


@pytest.mark.django_db
def test_without_a_provider_there_is_no_such_way() -> None:
    client = english()
    assert client.get("/sign-in/organisation/").status_code == 404
    assert client.get("/sign-in/organisation/back/organisation/?code=1").status_code == 404
    assert "organisation" not in client.get("/sign-in/").content.decode().partition("<form")[0].partition("<main")[2]


def test_claims_are_read_by_the_mapping_and_nothing_else() -> None:
    claims = {**LIN, "groups": ["a", "b"], "role": "office", "is_superuser": True, "unit": "gz"}
    said = read_claims(claims, named=NAMED, roles=[("b", Role.LEAD), ("a", Role.OFFICE), (None, Role.OBSERVER)])
    assert (said.role, said.email, said.name, said.organisation) == (Role.LEAD, "lin@example.org", "林岚", "gz")
    assert read_claims(LIN, named=NAMED, roles=[("b", Role.LEAD), (None, Role.OBSERVER)]).role == Role.OBSERVER
    with pytest.raises(NotAllowed):
        read_claims(LIN, named=NAMED, roles=[("b", Role.LEAD)])


GOOD = {"OIDC_ISSUER": "https://id.example.org/realms/customs", "OIDC_CLIENT_ID": "t", "OIDC_CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_ISSUER": "http://id.example.org"},
        {"OIDC_ISSUER": "id.example.org"},
        {"OIDC_ISSUER": "https://user@id.example.org"},
        {"OIDC_ISSUER": "https://id.example.org/?realm=a"},
        {"OIDC_CLIENT_ID": ""},
        {"OIDC_CLIENT_SECRET": ""},
        {"OIDC_CLAIMS": "name=name"},
        {"OIDC_CLAIMS": "email=email,superuser=root"},
        {"OIDC_CLAIMS": "email"},
        {"OIDC_CLAIMS": "email=a,email=b"},
        {"OIDC_ROLES": "a=office"},
        {"OIDC_CLAIMS": "email=email,role=groups", "OIDC_ROLES": "a=superuser"},
        {"OIDC_SCOPES": "email"},
        {"OIDC_PROVISION": "perhaps"},
    ],
)
def test_a_mapping_that_cant_work_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    for name, value in {**GOOD, **wrong}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        single_sign_on(must_be_https=True)


def test_settings_that_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert single_sign_on(must_be_https=True) is None
    more = {"OIDC_CLAIMS": "email=mail, role=groups", "OIDC_ROLES": "leads=lead, *=observer"}
    for name, value in {**GOOD, **more}.items():
        monkeypatch.setenv(name, value)
    found = single_sign_on(must_be_https=True)
    assert found is not None
    assert (found.claims, found.roles) == (
        {"email": "mail", "role": "groups"},
        (("leads", Role.LEAD), (None, Role.OBSERVER)),
    )


@pytest.mark.django_db
def test_a_link_of_another_site_signs_nobody_in(identity: Identity) -> None:
    answer = english().get("/sign-in/organisation/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer["Location"] == "/sign-in/"
