"""Signing in by Feishu and DingTalk: people of the organisation only, by the address it gave, or who connected it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from roadmap.coded_reasons import in_words
from roadmap.models import OutboxMessage, Person
from roadmap.vocabulary import Role
from roadmap.web.signing.providers import DingTalk, Feishu
from tests import factories as make
from tests.servers.messengers import CLIENT, OURS, SECRET, Messengers, running_messengers
from tracker.single_sign_on import single_sign_on

pytestmark = pytest.mark.django_db
PASSWORD = "long enough for anybody"
LIN = {"open_id": "ou_7", "openId": "7", "name": "林岚", "nick": "林岚", "email": "lin@example.org"}
ADDRESSED = {**LIN, "enterprise_email": "lin@example.org"}
FEISHU = {"FEISHU_APP_ID": CLIENT, "FEISHU_APP_SECRET": SECRET, "FEISHU_TENANT_KEY": OURS}
DINGTALK = {"DINGTALK_CLIENT_ID": CLIENT, "DINGTALK_CLIENT_SECRET": SECRET, "DINGTALK_CORP_ID": OURS}


@pytest.fixture(scope="module")
def _messengers() -> Iterator[Messengers]:
    with running_messengers() as messengers:
        yield messengers


@pytest.fixture
def messengers(_messengers: Messengers, monkeypatch: pytest.MonkeyPatch) -> Messengers:
    """Both, in the place of the real ones."""
    there = _messengers.address
    _messengers.person, _messengers.organisation = dict(ADDRESSED), OURS
    monkeypatch.setattr(FeishuOAuth2Client, "app_access_token_url", f"{there}/feishu/app")
    monkeypatch.setattr(Feishu, "access_token_url", f"{there}/feishu/token")
    monkeypatch.setattr(Feishu, "user_info_url", f"{there}/feishu/me")
    monkeypatch.setattr(DingTalk, "access_token_url", f"{there}/dingtalk/token")
    monkeypatch.setattr(DingTalk, "profile_url", f"{there}/dingtalk/me")
    return _messengers


def chosen(monkeypatch: pytest.MonkeyPatch, settings: Settings, names: dict[str, str], **more: str) -> None:
    """The site is started with these settings."""
    for name, value in {**names, **more}.items():
        monkeypatch.setenv(name, value)
    settings.SINGLE_SIGN_ON = sso = single_sign_on(must_be_https=True)
    settings.SOCIALACCOUNT_PROVIDERS = sso.for_allauth()


def come_back(client: Client, begun: Any, name: str = "code", /, **instead: str) -> Any:
    """From where ``begun`` leads to, with a code."""
    asked = dict(parse_qsl(urlsplit(begun["Location"]).query))
    back = urlsplit(asked["redirect_uri"]).path
    return client.get(back, {name: "good", "state": asked["state"], **instead})


def gone_through(client: Client, name: str = "code", /, **instead: str) -> Any:
    return come_back(client, client.get("/sign-in/organisation/"), name, **instead)


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def signed_in(person: Person) -> Client:
    person.set_password(PASSWORD)
    person.save()
    client = english()
    client.post("/sign-in/", {"username": person.username, "password": PASSWORD})
    return client


def who_is_in(client: Client) -> str:
    found = client.session.get("_auth_user_id")
    return Person.objects.get(pk=found).username if found else ""


def test_at_feishu_the_organisations_own_address_says_who_it_is(
    messengers: Messengers, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    chosen(monkeypatch, settings, FEISHU, OIDC_ROLES="*=lead")
    make.make_person(username="lin", email="Lin@example.org", role=Role.OFFICE, is_staff=True)
    client = english()
    assert gone_through(client)["Location"] == "/"
    assert (who_is_in(client), Person.objects.get().role) == ("lin", Role.LEAD)
    messengers.person |= {"open_id": "ou_8"}
    assert (gone_through(english()).status_code, SocialAccount.objects.get().uid) == (403, "ou_7")
    messengers.person |= {"open_id": "ou_9", "enterprise_email": "new@example.org"}
    assert gone_through(english()).status_code == 403
    monkeypatch.setenv("OIDC_PROVISION", "true")
    chosen(monkeypatch, settings, FEISHU)
    assert gone_through(english()).status_code == 302
    assert Person.objects.get(email="new@example.org").full_name == "林岚"


def test_an_address_that_somebody_chose_themselves_opens_no_account(
    messengers: Messengers, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    make.make_person(username="lin", email="lin@example.org")
    messengers.person = dict(LIN)
    chosen(monkeypatch, settings, FEISHU, OIDC_PROVISION="true")
    assert gone_through(english()).status_code == 403
    for name in FEISHU:
        monkeypatch.delenv(name)
    chosen(monkeypatch, settings, DINGTALK)
    refused = gone_through(english(), "authCode")
    assert (refused.status_code, "connect it on My account" in refused.content.decode()) == (403, True)
    assert (Person.objects.count(), SocialAccount.objects.count()) == (1, 0)


@pytest.mark.parametrize(("names", "code"), [(FEISHU, "code"), (DINGTALK, "authCode")])
def test_nobody_of_another_organisation_and_nobody_with_a_made_up_way_comes_in(
    messengers: Messengers, monkeypatch: pytest.MonkeyPatch, settings: Settings, names: dict[str, str], code: str
) -> None:
    chosen(monkeypatch, settings, names)
    person = make.make_person(username="lin", email="lin@example.org")
    provider = settings.SINGLE_SIGN_ON.id
    SocialAccount.objects.create(user=person, provider=provider, uid="ou_7" if provider == "feishu" else "7")
    client = english()
    begun = client.get("/sign-in/organisation/")
    assert come_back(client, begun, code)["Location"] == "/"
    assert come_back(english(), begun, code).status_code == 403  # another browser
    assert come_back(client, begun, code).status_code == 403  # a second time
    assert gone_through(english(), code, state="made-up").status_code == 403
    assert gone_through(english(), code, **{code: "guessed"}).status_code == 403
    messengers.organisation = "another"
    stranger = english()
    assert (gone_through(stranger, code).status_code, who_is_in(stranger)) == (403, "")
    assert english().get("/sign-in/organisation/back/organisation/?code=good").status_code == 404


def test_a_person_connects_their_account_and_takes_that_back(
    messengers: Messengers, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    chosen(monkeypatch, settings, DINGTALK)
    person, other = make.make_person(username="lin", language="en"), make.make_person(username="other")
    client = signed_in(person)
    assert client.get("/account/organisation/")["Location"] == "/account/"
    begun = client.post("/account/organisation/", {"act": "begin"})
    theirs = signed_in(other)
    assert come_back(client, begun, "authCode")["Location"] == "/account/"
    assert "lets you in here" in client.get("/account/").content.decode()
    by_dingtalk = english()
    gone_through(by_dingtalk, "authCode")
    assert who_is_in(by_dingtalk) == "lin"
    assert come_back(theirs, theirs.post("/account/organisation/", {"act": "begin"}), "authCode").status_code == 403
    assert by_dingtalk.get("/sign-in/organisation/?again").status_code == 403  # no new proof can be had of it
    client.post("/account/organisation/", {"act": "end"})
    assert SocialAccount.objects.count() == 0
    kept = Person.history.filter(id=person.pk).exclude(history_change_reason="").order_by("history_id")
    assert [in_words(row.history_change_reason) for row in kept] == [
        "Connected to the organisation's sign-in.",
        "Disconnected from the organisation's sign-in.",
    ]
    told = OutboxMessage.objects.filter(recipient=person).order_by("pk")
    assert [row.facts["what"] for row in told] == ["connected", "disconnected"]


def test_whoever_signed_out_on_the_way_connects_nothing_and_the_only_way_in_stays(
    messengers: Messengers, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    chosen(monkeypatch, settings, FEISHU, OIDC_PROVISION="true")
    client = english()
    gone_through(client)
    assert client.post("/account/organisation/", {"act": "end"}).status_code == 403
    assert SocialAccount.objects.count() == 1
    person = make.make_person(username="wang")
    client = signed_in(person)
    begun = client.post("/account/organisation/", {"act": "begin"})
    session = client.session
    for name in [name for name, _value in session.items() if name.startswith("_auth_user")]:
        del session[name]
    session.save()
    assert (come_back(client, begun).status_code, SocialAccount.objects.count()) == (403, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {**FEISHU, "FEISHU_APP_SECRET": ""},
        {**FEISHU, "FEISHU_TENANT_KEY": ""},
        {**DINGTALK, "DINGTALK_CORP_ID": ""},
        {**FEISHU, **DINGTALK},
        {**FEISHU, "OIDC_ISSUER": "https://id.example.org"},
        {**DINGTALK, "OIDC_ROLES": "leads=lead"},
    ],
)
def test_settings_that_cant_work_stop_the_start(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured):
        single_sign_on(must_be_https=True)
