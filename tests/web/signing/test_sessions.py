"""Sessions end by themselves, are seen and ended by their person, and give a password again before what is grave."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from roadmap import clock
from roadmap.coded_reasons import coded
from roadmap.editing.entries import change_entry
from roadmap.editing.people import sign_out_everywhere
from roadmap.editing.tokens import make_token
from roadmap.errors import NotAllowed
from roadmap.models import ApiToken, OutboxMessage, Person
from roadmap.models.history import Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.vocabulary import Door
from roadmap.web.signing.sessions import device_words, has_ended
from tests import factories as make
from tests.servers.smtp import Sink

PASSWORD = "long enough for anybody"  # of made-up people
NOON = "2026-11-23T04:00:00+00:00"
HOUR = 3600.0


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_COOKIE_AGE = 60, 12 * 3600


def person(**fields: Any) -> Person:
    made = make.make_person(language="en", **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def signed_in(who: Person, **headers: str) -> Client:
    client = Client(headers={"Accept-Language": "en", **headers})
    client.post("/sign-in/", {"username": who.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("started", "seen", "now", "ended"),
    [
        (0, 0, HOUR - 1, False),
        (0, 0, HOUR, True),
        (0, HOUR * 11.5, HOUR * 12 - 1, False),
        (0, HOUR * 11.9, HOUR * 12, True),
        (None, None, 0, True),
        (None, 0, 0, True),
    ],
)
def test_a_session_ends_unused_or_old(started: float | None, seen: float | None, now: float, ended: bool) -> None:
    assert has_ended(started=started, seen=seen, now=now) is ended


@pytest.mark.django_db
def test_whoever_goes_on_stays_signed_in_until_the_day_is_over() -> None:
    with time_machine.travel(NOON, tick=False) as time:
        client = signed_in(person())
        for _ in range(14):
            time.shift(timedelta(minutes=50))
            assert client.get("/account/").status_code == 200
        time.shift(timedelta(minutes=21))
        assert client.get("/account/")["Location"].startswith("/sign-in/")
        assert client.get("/api/v1/tokens/").status_code == 401


@pytest.mark.django_db
def test_whoever_is_away_for_an_hour_signs_in_again() -> None:
    with time_machine.travel(NOON, tick=False) as time:
        client = signed_in(person())
        time.shift(timedelta(minutes=60))
        assert client.get("/account/")["Location"].startswith("/sign-in/")


@pytest.mark.django_db
def test_a_person_sees_their_sessions_and_ends_one_and_the_others() -> None:
    who, other = person(username="lin"), person(username="other")
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    here, first, second, strange = signed_in(who), signed_in(who, **firefox), signed_in(who), signed_in(other)
    assert "Firefox · Linux" in here.get("/account/").content.decode()
    numbers = {one.session_key: one.pk for one in UserSession.objects.all()}
    end = reverse("web:session-end", args=[numbers[first.session.session_key]])
    assert strange.post(end).status_code == 302  # nobody else's
    assert first.get("/account/").status_code == 200
    here.post(end)
    assert [one.get("/account/").status_code for one in (here, first, second)] == [200, 302, 200]
    here.post(reverse("web:sessions-end"))
    assert [one.get("/account/").status_code for one in (here, second, strange)] == [200, 302, 200]


@pytest.mark.django_db
def test_after_a_change_of_the_password_tokens_are_offered_to_be_ended() -> None:
    who, other = person(username="lin"), person(username="other")
    for owner in (who, who, other):
        make_token(owner, by=Actor(owner, Door.WEB), now=clock.now(), name="nightly")
    client = signed_in(who)
    new = "another long one!"
    page = client.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True)
    assert "Your API tokens still work" in page.content.decode()
    client.post(reverse("web:token-end", args=[ApiToken.objects.filter(person=other).get().pk]))
    client.post(reverse("web:token-end", args=[ApiToken.objects.filter(person=who).first().pk]))
    assert sorted(ApiToken.objects.filter(revoked_at=None).values_list("person__username", flat=True)) == [
        "lin",
        "other",
    ]
    client.post(reverse("web:tokens-end"))
    assert ApiToken.objects.filter(revoked_at=None).get().person == other


GRAVE = [
    *("admin:roadmap_person_add", "admin:roadmap_person_invite", "admin:roadmap_apitoken_add", "mfa_index"),
    *("admin:roadmap_person_password", "admin:roadmap_person_reset_factor"),
    *("mfa_activate_totp", "mfa_add_webauthn"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", GRAVE)
def test_before_what_is_grave_the_password_is_asked_for_once_more(name: str) -> None:
    of_somebody = name.endswith(("person_password", "reset_factor"))
    address = reverse(name, args=[make.make_person(second_factor_since=clock.now()).pk] if of_somebody else [])
    with time_machine.travel(NOON, tick=False) as time:
        office = make.make_office_person(username="office", language="en")
        office.set_password(PASSWORD)
        office.save()
        client = signed_in(office)
        assert client.get(address).status_code == 200
        time.shift(timedelta(minutes=16))
        asked = client.get(address)["Location"]
        assert client.post(address, {"role": "office"})["Location"] == asked
        assert asked.startswith("/sign-in/again/?next=")
        assert client.post(asked, {"password": "guess"}).status_code == 200
        assert client.get(address).status_code == 302
        assert client.post(asked, {"password": PASSWORD})["Location"] == address
        assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_a_role_is_changed_and_a_token_made_only_after_a_recent_sign_in() -> None:
    with time_machine.travel(NOON, tick=False) as time:
        office = make.make_office_person(username="office", language="en")
        office.set_password(PASSWORD)
        office.save()
        other = person(username="other")
        client = signed_in(office)
        time.shift(timedelta(minutes=16))
        page = reverse("admin:roadmap_person_change", args=[other.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"role": "office"})["Location"].startswith("/sign-in/again/")
        made = client.post("/api/v1/tokens/", {"name": "t"}, content_type="application/json")
        assert (made.status_code, ApiToken.objects.count()) == (403, 0)
        client.post("/sign-in/again/", {"password": PASSWORD})
        made = client.post("/api/v1/tokens/", {"name": "t", "scopes": ["read"]}, content_type="application/json")
        assert made.status_code == 201


@pytest.mark.django_db
def test_asking_once_more_leads_to_no_other_site() -> None:
    client = signed_in(person())
    for elsewhere in ("https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"):
        answer = client.post(f"/sign-in/again/?next={elsewhere}", {"password": PASSWORD, "next": elsewhere})
        assert answer["Location"] == "/", elsewhere


@pytest.mark.django_db
def test_another_address_is_told_to_the_new_and_the_former_one(smtp_sink: Sink) -> None:
    who, office = person(email="old@example.org", full_name="Lin"), make.make_office_person()
    change_entry(who, by=Actor(office, Door.ADMIN), email="new@example.org")
    change_entry(who, by=Actor(office, Door.ADMIN), role="lead")
    assert OutboxMessage.objects.count() == 2
    deliver_pending(clock=clock.now)
    assert sorted((mail["To"], mail["Subject"]) for mail in smtp_sink.messages) == [
        ("Lin <new@example.org>", "Your address was changed"),
        ("Lin <old@example.org>", "Your address was changed"),
    ]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "–"),
    ],
)
def test_a_device_is_named_in_few_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words


@pytest.mark.django_db
def test_the_office_signs_somebody_out_everywhere() -> None:
    office = make.make_office_person(username="office", language="en")
    office.set_password(PASSWORD)
    office.save()
    who = person(username="lin")
    theirs, others = signed_in(who), signed_in(person(username="other"))
    client = signed_in(office)
    address = reverse("admin:roadmap_person_end_sessions", args=[who.pk])
    assert client.get(address).status_code == 200
    assert theirs.get("/account/").status_code == 200
    client.post(address)
    assert [one.get("/account/").status_code for one in (theirs, others, client)] == [302, 200, 200]
    assert who.history.latest().history_change_reason == coded("signed-out")


@pytest.mark.django_db
@pytest.mark.both_databases("roadmap.editing.people")
def test_nobody_else_signs_people_out() -> None:
    superuser = person(username="root", is_superuser=True, is_staff=True)
    for by in (person(username="lin"), make.make_office_person()):
        with pytest.raises(NotAllowed):
            sign_out_everywhere(superuser, by=Actor(by, Door.ADMIN))
    sign_out_everywhere(superuser, by=Actor(superuser, Door.ADMIN))


@pytest.mark.django_db
def test_a_proof_anew_gives_the_session_another_key() -> None:
    client = signed_in(person())
    before = client.session.session_key
    client.post("/sign-in/again/", {"password": PASSWORD})
    assert client.session.session_key != before
    assert client.get("/account/").content.decode().count("<li><div><b>") == 1
