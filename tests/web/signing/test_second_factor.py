"""The second factor: switched on by oneself, asked for at every door, throttled, reset by the office only."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from roadmap import clock
from roadmap.editing.second_factor import reset_second_factor
from roadmap.errors import NotAllowed
from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, Role
from tests import factories as make

pytestmark = pytest.mark.django_db
PASSWORD = "long enough for anybody"  # of made-up people
PAGE, CODE = "/second-factor/", "/sign-in/code/"
NOON = "2026-11-23T04:00:00+00:00"


def english() -> Client:
    return Client(headers={"Accept-Language": "en"})


def person(**fields: Any) -> Person:
    made = make.make_person(**fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def code_of(who: Person) -> str:
    """What the app shows now."""
    device = TOTPDevice.objects.get(user=who)
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def switched_on(who: Person) -> list[str]:
    """Done by the person on their page; the recovery codes."""
    client = english()
    client.force_login(who)
    client.post(PAGE, {"act": "begin"})
    page = client.post(PAGE, {"act": "confirm", "code": code_of(who)}).content.decode()
    who.refresh_from_db()
    return re.findall(r"<li><code>(\w+)</code>", page)


def signed_in(who: Person, address: str = "/sign-in/", then: str = PAGE) -> Client:
    """By password, at one of the doors."""
    client = english()
    client.post(f"{address}?next={then}", {"username": who.username, "password": PASSWORD, "next": then})
    return client


def test_it_is_switched_on_by_a_first_code_and_a_look_changes_nothing() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        client = english()
        client.force_login(who)
        client.get(PAGE)
        assert not TOTPDevice.objects.exists()
        page = client.post(PAGE, {"act": "begin"}, follow=True).content.decode()
        picture = page.partition('class="qr"')[2].partition("</svg>")[0]
        assert ("viewBox=" in picture, "style=" in picture) == (
            True,
            False,
        )  # shown whole at any size, under the policy
        assert client.post(PAGE, {"act": "confirm", "code": "000000"}).status_code == 422
        assert not Person.objects.filter(second_factor_since__isnull=False).exists()
    with time_machine.travel("2026-11-23T04:01:00+00:00", tick=False):
        page = client.post(PAGE, {"act": "confirm", "code": code_of(who)}).content.decode()
        assert len(re.findall(r"<li><code>(\w+)</code>", page)) == 10
        assert "It is on since 23 November 2026." in client.get(PAGE).content.decode()
        last = Person.history.filter(id=who.pk).first()
        assert (last.history_user, last.door) == (who, Door.WEB)


@pytest.mark.parametrize(("door", "then"), [("/sign-in/", "/my-mail/"), ("/admin/login/", "/admin/")])
def test_every_door_asks_for_the_code_after_the_password(door: str, then: str) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(role=Role.OFFICE, is_staff=True)
        switched_on(who)
    with time_machine.travel("2026-11-23T05:00:00+00:00", tick=False):
        client = signed_in(who, door, then)
        for closed in ("/my-mail/", "/admin/", PAGE, "/milestones/"):
            assert client.get(closed)["Location"].startswith(CODE), closed
        assert client.get("/api/v1/tokens/").status_code in {401, 403}
        assert client.post("/api/v1/tokens/", {"name": "t"}, content_type="application/json").status_code in {401, 403}
        asked = client.get(then)["Location"]
        assert "enter the code" in client.get(asked).content.decode()
        answer = client.post(asked, {"code": code_of(who), "next": then})
        assert answer["Location"] == then
        assert client.get(then).status_code == 200
        again = signed_in(who, door, then)
        assert again.post(CODE, {"code": code_of(who)}).status_code == 422  # each code counts once


@pytest.mark.both_databases("roadmap.editing.second_factor")
def test_a_recovery_code_opens_the_way_once_and_new_ones_end_the_old() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        first, second, *_others = switched_on(who)
    with time_machine.travel("2026-11-23T05:00:00+00:00", tick=False):
        client = signed_in(who)
        assert client.post(CODE, {"code": first.upper(), "next": PAGE})["Location"] == PAGE
        assert signed_in(who).post(CODE, {"code": first}).status_code == 422
    with time_machine.travel("2026-11-23T05:10:00+00:00", tick=False):
        page = client.post(PAGE, {"act": "codes", "code": code_of(who)}).content.decode()
        assert len(re.findall(r"<li><code>(\w+)</code>", page)) == 10
        assert signed_in(who).post(CODE, {"code": second}).status_code == 422


def test_recovery_codes_are_stored_as_digests_and_outlast_a_change_of_the_key(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        first, *_others = codes = switched_on(who)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == len(codes) == 10
    assert not stored & {*codes}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    with time_machine.travel("2026-11-23T05:00:00+00:00", tick=False):
        assert signed_in(who).post(CODE, {"code": first, "next": PAGE})["Location"] == PAGE
    assert StaticToken.objects.count() == 9


def test_wrong_codes_are_throttled_and_lock_out() -> None:
    with time_machine.travel(NOON, tick=False):
        who = person()
        switched_on(who)
    with time_machine.travel("2026-11-23T05:00:00+00:00", tick=False):
        client = signed_in(who)
        statuses = [client.post(CODE, {"code": "000000"}).status_code for _each in range(6)]
        assert statuses[:4] == [422] * 4
        assert statuses[-1] == 429
        assert client.post(CODE, {"code": code_of(who)}).status_code == 429
        assert client.get("/my-mail/")["Location"].startswith(CODE)


def test_it_is_switched_off_by_a_code_and_not_where_it_is_required(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False):
        who = person(is_staff=True)
        first, second, *_others = switched_on(who)
    with time_machine.travel("2026-11-23T05:00:00+00:00", tick=False):
        client = signed_in(who)
        client.post(CODE, {"code": first})
        settings.REQUIRE_SECOND_FACTOR = True
        assert client.post(PAGE, {"act": "off", "code": second}).status_code == 422
        settings.REQUIRE_SECOND_FACTOR = False
        assert client.post(PAGE, {"act": "off", "code": second}).status_code == 302
        assert signed_in(who).get("/my-mail/").status_code == 200


def test_staff_without_one_are_sent_to_set_it_up_where_it_is_required(settings: Settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    client = signed_in(person(is_staff=True, role=Role.OFFICE))
    assert client.get("/admin/roadmap/person/")["Location"] == f"{PAGE}?next=%2Fadmin%2Froadmap%2Fperson%2F"
    assert "It is required of everybody" in client.get(PAGE).content.decode()
    assert client.get("/my-mail/").status_code == 200
    assert signed_in(person()).get("/my-mail/").status_code == 200


def test_the_office_resets_it_with_a_reason_and_nobody_else() -> None:
    with time_machine.travel(NOON, tick=False):
        who, office = person(), person(role=Role.OFFICE, is_staff=True)
        switched_on(who)
        stale = signed_in(who)
        client = english()
        client.force_login(office)
        page = reverse("admin:roadmap_person_change", args=[who.pk])
        assert "Reset second factor" in client.get(page).content.decode()
        address = reverse("admin:roadmap_person_reset_factor", args=[who.pk])
        client.get(address)
        client.post(address, {})
        assert TOTPDevice.objects.exists()
        client.post(address, {"reason": "Lost the phone"})
        assert not TOTPDevice.objects.exists()
        last = Person.history.filter(id=who.pk).first()
        assert (last.history_user, last.history_change_reason) == (office, "Lost the phone")
        assert stale.get("/my-mail/").status_code == 200  # by password alone again
        for refused in (make.make_person(role=Role.LEAD), make.make_person(role=Role.AUDITOR), who):
            with pytest.raises(NotAllowed):
                reset_second_factor(who, by=Actor(refused, Door.ADMIN), now=clock.now(), reason="r")
        superuser = make.make_person(is_superuser=True)
        with pytest.raises(NotAllowed):
            reset_second_factor(superuser, by=Actor(office, Door.ADMIN), now=clock.now(), reason="r")
