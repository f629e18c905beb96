"""The second factor: set up by oneself, asked for at every door, limited, required, reset by the office only."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.crypto import salted_hmac
from pytest_django import Settings

from roadmap import clock
from roadmap.coded_reasons import in_words
from roadmap.editing.former_factors import bring_factors_along
from roadmap.editing.second_factor import remove_factor, reset_second_factor
from roadmap.errors import NotAllowed
from roadmap.models import OutboxMessage, Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, Role
from tests import factories as make
from tests.servers.authenticator import code_of

pytestmark = pytest.mark.django_db
PASSWORD = "long enough for anybody"  # of made-up people
PAGE, APP, PASSKEY, CODES = (
    "/second-factor/",
    "/second-factor/app/",
    "/second-factor/passkey/",
    "/second-factor/recovery-codes/",
)
CODE = "/sign-in/code/"
NOON, LATER = "2026-11-23T04:00:00+00:00", "2026-11-23T05:00:00+00:00"


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def person(**fields: Any) -> Person:
    made = make.make_person(**fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def signed_in(who: Person, address: str = "/sign-in/", then: str = PAGE) -> Client:
    """By password, at one of the doors; as far as that leads."""
    client = english()
    client.post(f"{address}?next={then}", {"username": who.username, "password": PASSWORD, "next": then})
    return client


def app_set_up(client: Client) -> tuple[str, list[str]]:
    """Done by the person on their page: the app's key, and the recovery codes."""
    secret = re.findall(r'class="secret">([A-Z2-7 ]+)<', client.get(APP).content.decode())[0]
    assert client.post(APP, {"code": code_of(secret)})["Location"] == CODES
    return secret, codes_on(client)


def codes_on(client: Client) -> list[str]:
    return re.findall(r"<li><code>(\w+)</code>", client.get(CODES).content.decode())


def switched_on(who: Person) -> tuple[str, list[str]]:
    found = app_set_up(signed_in(who))
    who.refresh_from_db()
    return found


def passkey_of(who: Person) -> Authenticator:
    """One that stands in the database; that a real one is made and used is shown by a journey."""
    who.second_factor_since = clock.now()
    who.save()
    return Authenticator.objects.create(user=who, type="webauthn", data={"name": "Key", "credential": {}})


def told(who: Person) -> list[str]:
    """What they heard of by mail, the first first."""
    rows = OutboxMessage.objects.filter(recipient=who).order_by("pk")
    return [row.facts["what"] for row in rows]


def kept_of(who: Person) -> list[tuple[str, Person | None, str]]:
    """The history's reasons, by whom and at which door, the first first."""
    rows = Person.history.filter(id=who.pk).exclude(history_change_reason="").order_by("history_id")
    return [(in_words(row.history_change_reason), row.history_user, row.door) for row in rows]


def test_it_is_switched_on_by_a_first_code_and_a_look_changes_nothing() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(language="en")
        client, elsewhere = signed_in(who), signed_in(who)
        page = client.get(APP).content.decode()
        assert 'src="data:image/svg+xml;base64,' in page
        assert client.post(APP, {"code": "000000"}).status_code == 422
        assert (Authenticator.objects.count(), Person.objects.get(pk=who.pk).second_factor_since) == (0, None)
        _secret, codes = app_set_up(client)
        assert [len(code) for code in codes] == [12] * 10
        assert "It is on since 23 November 2026." in client.get(PAGE).content.decode()
        assert codes_on(client) == []  # shown once
        assert kept_of(who) == [("Second factor added: an app's codes.", who, Door.WEB)]
        assert told(who) == ["factor-added"]
        assert elsewhere.get("/account/").status_code == 302  # was in by password alone


@pytest.mark.parametrize(("door", "then"), [("/sign-in/", "/my-mail/"), ("/admin/login/", "/admin/")])
def test_every_door_asks_for_the_code_after_the_password(door: str, then: str) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(role=Role.OFFICE, is_staff=True)
        secret, _codes = switched_on(who)
    with time_machine.travel(LATER, tick=False):
        client = signed_in(who, door, then)
        assert client.get("/sign-in/")["Location"] == CODE
        for closed in ("/my-mail/", "/admin/", PAGE, APP, PASSKEY, CODES, "/account/"):
            assert client.get(closed, follow=True).request["PATH_INFO"] == CODE, closed
        assert client.get("/api/v1/tokens/").status_code in {401, 403}
        assert client.post("/api/v1/tokens/", {"name": "t"}, content_type="application/json").status_code in {401, 403}
        assert Person.objects.get(pk=who.pk).last_login.isoformat() == NOON
        assert "enter the code" in client.get(CODE).content.decode()
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == then
        assert client.get(then).status_code == 200
        again = signed_in(who, door, then)
        assert again.post(CODE, {"code": code_of(secret)}).status_code == 422  # each code counts once


def test_from_the_administrations_door_one_comes_to_the_administration() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(role=Role.OFFICE, is_staff=True)
        secret, _codes = switched_on(who)
    with time_machine.travel(LATER, tick=False):
        client = english()
        client.post("/admin/login/", {"username": who.username, "password": PASSWORD})
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/admin/"


def test_who_waits_for_the_code_can_leave_and_the_wait_ends() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        secret, _codes = switched_on(who)
    with time_machine.travel(LATER, tick=False) as time:
        client = signed_in(who)
        client.post("/sign-out/")
        assert client.get(CODE)["Location"] == "/sign-in/"
        client = signed_in(who)
        time.shift(16 * 60)
        assert client.post(CODE, {"code": code_of(secret)})["Location"] == "/sign-in/"


@pytest.mark.both_databases("roadmap.editing.second_factor")
def test_a_recovery_code_opens_the_way_once_and_new_ones_end_the_old() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        _secret, (first, second, *_others) = switched_on(who)
    with time_machine.travel(LATER, tick=False):
        client = signed_in(who)
        assert client.post(CODE, {"code": f"{first[:4]} {first[4:8]} {first[8:]}"})["Location"] == PAGE
        assert signed_in(who).post(CODE, {"code": first}).status_code == 422
        assert client.post(PAGE, {"act": "codes"})["Location"] == CODES
        assert len(codes_on(client)) == 10
        assert signed_in(who).post(CODE, {"code": second}).status_code == 422
        assert told(who) == ["factor-added", "recovery-codes"]
        assert kept_of(who)[-1][1:] == (who, Door.WEB)


def test_secrets_are_sealed_and_outlast_a_change_of_the_key(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        secret, (first, second, third, *_others) = switched_on(who)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert [one for one in (secret.replace(" ", ""), first, second) if one in stored] == []
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 9
    settings.SECRET_KEY_FALLBACKS = [former]
    with time_machine.travel(LATER, tick=False):
        assert signed_in(who).post(CODE, {"code": first})["Location"] == PAGE
        bring_factors_along("default")
        settings.SECRET_KEY_FALLBACKS = []
        assert signed_in(who).post(CODE, {"code": second})["Location"] == PAGE
        assert signed_in(who).post(CODE, {"code": code_of(secret)})["Location"] == PAGE
        settings.SECRET_KEY = "a third " * 9  # and the former one is lost: nothing fits any more
        assert signed_in(who).post(CODE, {"code": third}).status_code == 422
        assert signed_in(who).post(CODE, {"code": "000000"}).status_code == 422


def test_wrong_codes_lock_out_for_a_while() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        secret, (first, *_others) = switched_on(who)
    with time_machine.travel(LATER, tick=False) as time:
        client = signed_in(who)
        assert [client.post(CODE, {"code": "000000"}).status_code for _each in range(6)] == [422] * 5 + [429]
        locked = client.post(CODE, {"code": code_of(secret)})
        assert (locked.status_code, locked["Retry-After"]) == (429, "900")
        assert "Try again in 15 minutes." in locked.content.decode()
        assert signed_in(who).post(CODE, {"code": first}).status_code == 429
        time.shift(15 * 60 + 1)
        assert signed_in(who).post(CODE, {"code": first})["Location"] == PAGE


def test_the_last_one_goes_with_its_recovery_codes_and_not_where_one_is_required(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        who = person(is_staff=True, language="en")
        client = signed_in(who)
        app_set_up(client)
        app = Authenticator.objects.get(type="totp")
        settings.REQUIRE_SECOND_FACTOR = True
        refused = client.post(PAGE, {"act": "remove", "number": app.pk})
        assert (refused.status_code, "Add another one before" in refused.content.decode()) == (422, True)
        key = passkey_of(who)
        assert client.post(PAGE, {"act": "remove", "number": app.pk}).status_code == 302
        assert client.post(PAGE, {"act": "remove", "number": key.pk}).status_code == 422
        settings.REQUIRE_SECOND_FACTOR = False
        time.shift(1)
        assert client.post(PAGE, {"act": "remove", "number": key.pk}).status_code == 302
        who.refresh_from_db()
        assert (Authenticator.objects.count(), who.second_factor_since) == (0, None)
        assert told(who) == ["factor-added", "factor-removed", "factor-removed"]
        assert [reason for reason, *_by in kept_of(who)] == [
            "Second factor added: an app's codes.",
            "Second factor removed: an app's codes.",
            "Second factor removed: a passkey.",
        ]
        assert signed_in(who).get("/my-mail/").status_code == 200


def test_nobody_removes_what_is_anothers() -> None:
    who, other = person(), person()
    theirs = passkey_of(other)
    client = signed_in(who)
    for number in (theirs.pk, 0, "x", "9" * 30, "²"):
        assert client.post(PAGE, {"act": "remove", "number": number}).status_code < 500
    assert client.post(PAGE, {"act": "codes"}).status_code == 200
    remove_factor(who, theirs.pk, by=Actor(who, Door.WEB), now=clock.now(), is_required=False)
    assert (Authenticator.objects.get(), told(other), told(who)) == (theirs, [], [])


@pytest.mark.parametrize("door", ["/sign-in/", "/admin/login/"])
def test_staff_without_one_get_no_further_than_to_set_it_up_where_it_is_required(door: str, settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client = signed_in(person(is_staff=True, role=Role.OFFICE), door)
    for closed in ("/admin/roadmap/person/", "/my-mail/", "/account/", "/"):
        assert client.get(closed)["Location"] == PAGE, closed
    assert client.post("/account/sessions/end/")["Location"] == PAGE
    assert client.get("/api/v1/tokens/").status_code in {401, 403}
    assert "It is required of everybody" in client.get(PAGE).content.decode()
    app_set_up(client)
    assert [client.get(open_now).status_code for open_now in ("/admin/", "/my-mail/", "/api/v1/tokens/")] == [200] * 3
    assert signed_in(person()).get("/my-mail/").status_code == 200


ANYTHING: list[Any] = [
    *("", "x", "null", "1", "[]", "{}", '"x"', '{"id": 1}', '{"id": "AA", "rawId": "AA", "type": "public-key"}'),
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": "AA", "rawId": "AA", "type": "x", "response": {"clientDataJSON": "AA", "attestationObject": "AA"}},
    {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {"clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AA", "signature": "AA"},
    },
]


@pytest.mark.parametrize("credential", ANYTHING)
def test_a_made_up_passkey_is_wrong_and_no_failure(credential: Any) -> None:
    who = person()
    client = signed_in(who)
    word = credential if isinstance(credential, str) else json.dumps(credential)
    client.get(PASSKEY)
    assert client.post(PASSKEY, {"name": "Key", "credential": word}).status_code == 422
    assert Authenticator.objects.count() == 0
    make.give_app(who)
    waiting = signed_in(who)
    waiting.get(CODE)
    assert waiting.post(CODE, {"credential": word}).status_code == 422
    assert waiting.post(CODE, {}).status_code == 422


def test_the_office_resets_it_with_a_reason_and_nobody_else() -> None:
    with time_machine.travel(NOON, tick=False):
        who, office = person(), person(role=Role.OFFICE, is_staff=True)
        switched_on(who)
        client = signed_in(office)
        page = reverse("admin:roadmap_person_change", args=[who.pk])
        assert "Reset second factor" in client.get(page).content.decode()
        address = reverse("admin:roadmap_person_reset_factor", args=[who.pk])
        client.get(address)
        client.post(address, {})
        assert Authenticator.objects.count() == 2
        client.post(address, {"reason": "Lost the phone"})
        assert Authenticator.objects.count() == 0
        assert kept_of(who)[-1] == ("Lost the phone", office, Door.ADMIN)
        assert told(who) == ["factor-added", "factor-removed"]
        assert signed_in(who).get("/my-mail/").status_code == 200  # by password alone again
        for refused in (make.make_person(role=Role.LEAD), make.make_person(role=Role.AUDITOR), who):
            with pytest.raises(NotAllowed):
                reset_second_factor(who, by=Actor(refused, Door.ADMIN), now=clock.now(), reason="r")
        superuser = make.make_person(is_superuser=True)
        with pytest.raises(NotAllowed):
            reset_second_factor(superuser, by=Actor(office, Door.ADMIN), now=clock.now(), reason="r")


OF_PERSON = "id integer PRIMARY KEY, user_id bigint REFERENCES roadmap_person (id), confirmed boolean"
FORMER_TABLES = [
    f"CREATE TABLE otp_totp_totpdevice ({OF_PERSON}, key varchar(80))",
    f"CREATE TABLE otp_static_staticdevice ({OF_PERSON})",
    "CREATE TABLE otp_static_statictoken (id integer PRIMARY KEY, token varchar(16), "
    "device_id integer REFERENCES otp_static_staticdevice (id))",
]
APP_KEY = b"12345678901234567890".hex()


@pytest.mark.both_databases("roadmap.editing.former_factors")
def test_second_factors_of_before_come_along_once(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(second_factor_since=datetime(2026, 11, 1, tzinfo=UTC))
        other, third = person(), person()
        stale = signed_in(who)
        kept = [
            salted_hmac("roadmap.recovery_codes", code, algorithm="sha256").hexdigest()[:16]
            for code in ("abcd2345", "efgh2345")
        ]
        with connection.cursor() as cursor:
            for statement in FORMER_TABLES:
                cursor.execute(statement)
            for row in [(1, who.pk, True, APP_KEY), (2, other.pk, False, "00")]:
                cursor.execute("INSERT INTO otp_totp_totpdevice VALUES (%s, %s, %s, %s)", row)
            cursor.execute("INSERT INTO otp_static_staticdevice VALUES (1, %s, %s)", [who.pk, True])
            cursor.execute("INSERT INTO otp_static_staticdevice VALUES (2, %s, %s)", [third.pk, True])
            cursor.execute("INSERT INTO otp_static_statictoken VALUES (1, %s, 1), (2, %s, 1), (3, 'x', 2)", kept)
        bring_factors_along("default")
        bring_factors_along("default")
        assert [name for name in connection.introspection.table_names() if name.startswith("otp_")] == []
        assert set(Authenticator.objects.values_list("user", "type")) == {(who.pk, "totp"), (who.pk, "recovery_codes")}
        assert stale.get("/account/").status_code == 302
        assert signed_in(who).post(CODE, {"code": code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")})["Location"] == PAGE
        client = signed_in(who)
        assert client.post(CODE, {"code": "ABCD 2345"})["Location"] == PAGE
        assert "You have 1 code left" in client.get(PAGE).content.decode()
        assert codes_on(client) == []
        assert signed_in(who).post(CODE, {"code": "abcd2345"}).status_code == 422
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
        assert signed_in(who).post(CODE, {"code": "efgh2345"})["Location"] == PAGE
