"""Guesses are held by account and address, by account, and by address; an office isn't locked out by one colleague."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from roadmap import clock
from roadmap.editing import password_reset
from roadmap.models import OutboxMessage, Person
from roadmap.outbox.deliver import deliver_pending
from roadmap.web.signing.limits import OF_BOTH, begin_attempt
from tests import factories as make
from tests.servers.smtp import Sink
from tracker.settings import CACHES

pytestmark = pytest.mark.django_db
PASSWORD = "long enough for anybody"  # of made-up people
NEW = {"password1": "another long one!", "password2": "another long one!"}
NOON = "2026-11-23T04:00:00+00:00"


@pytest.fixture(autouse=True)
def _at_noon(settings: Settings) -> Iterator[None]:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with time_machine.travel(NOON, tick=False):
        yield


def person(name: str, **fields: object) -> Person:
    made = make.make_person(username=name, **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def tried(name: str, word: str = "guess", *, at: str = "203.0.113.9") -> int:
    sent = {"username": name, "password": word}
    return (
        Client(headers={"Accept-Language": "en"}).post("/sign-in/", sent, headers={"X-Forwarded-For": at}).status_code
    )


def test_the_sixth_guess_at_one_account_waits_and_the_lock_ends() -> None:
    person("lin")
    assert [tried("lin") for _ in range(6)] == [200] * 5 + [429]
    assert (tried("lin", PASSWORD), tried(" LIN ", PASSWORD)) == (429, 429)
    with time_machine.travel("2026-11-23T04:15:01+00:00", tick=False):
        assert tried("lin", PASSWORD) == 302


def test_a_lock_says_how_long() -> None:
    for _ in range(5):
        tried("lin")
    answer = Client(headers={"Accept-Language": "en"}).post(
        "/sign-in/", {"username": "lin", "password": "x"}, headers={"X-Forwarded-For": "203.0.113.9"}
    )
    assert (answer["Retry-After"], "Try again in 15 minutes" in answer.content.decode()) == ("900", True)


def test_many_names_from_one_address_are_held_and_colleagues_known_there_are_not() -> None:
    person("colleague"), person("new")
    assert tried("colleague", PASSWORD) == 302
    assert [tried(f"name-{number}") for number in range(12)] == [200] * 10 + [429] * 2
    assert (tried("colleague", PASSWORD), tried("new", PASSWORD)) == (302, 429)
    assert tried("new", PASSWORD, at="198.51.100.7") == 302


def test_one_colleague_locks_out_nobody_else() -> None:
    person("colleague")
    assert [tried("other") for _ in range(20)][-1] == 429
    assert tried("colleague", PASSWORD) == 302


def test_one_account_is_held_whatever_the_addresses() -> None:
    person("lin")
    statuses = [tried("lin", at=f"198.51.100.{number}") for number in range(21)]
    assert statuses == [200] * 20 + [429]


def test_no_answer_tells_whether_an_account_exists() -> None:
    person("lin", email="lin@example.org")
    person("gone", is_active=False)

    def answer(path: str, **sent: str) -> tuple[int, str, str]:
        response = Client(headers={"Accept-Language": "en"}).post(path, sent)
        body = re.sub(r'value="[^"]*"', "", response.content.decode())
        return response.status_code, response.get("Location", ""), body

    wrong = {answer("/sign-in/", username=name, password="x") for name in ("lin", "nobody", "gone")}
    closed = answer("/sign-in/", username="gone", password=PASSWORD)
    asked = {answer("/password/forgotten/", email=f"{name}@example.org") for name in ("lin", "nobody")}
    assert (len(wrong), wrong == {closed}, len(asked)) == (1, True, 1)


def test_a_forgotten_password_is_set_by_mail_once(smtp_sink: Sink) -> None:
    who = person("lin", email="lin@example.org", language="en", is_staff=False)
    for address in ("LIN@Example.org", "nobody@example.org"):
        Client().post("/password/forgotten/", {"email": address})
    assert OutboxMessage.objects.count() == 1
    deliver_pending(clock=clock.now)
    (mail,) = smtp_sink.messages
    link = re.search(r"(/password-reset/\S+)", mail.get_body(("plain",)).get_content())
    assert link
    guest = Client(headers={"Accept-Language": "en"})
    page = guest.get(link[1], follow=True)
    assert guest.post(page.request["PATH_INFO"], NEW).status_code == 302
    who.refresh_from_db()
    assert (who.check_password("another long one!"), who.password_set_by) == (True, None)
    assert "This link doesn't work" in Client(headers={"Accept-Language": "en"}).get(link[1]).content.decode()
    assert OutboxMessage.objects.filter(kind="account", recipient=who).count() == 1


def test_an_observer_changes_a_password_and_is_signed_out_elsewhere() -> None:
    who = person("lin")
    here, there = Client(), Client()
    here.force_login(who), there.force_login(who)
    assert here.post("/password/", {"oldpassword": PASSWORD, **NEW})["Location"] == "/account/?changed=password"
    assert (here.get("/account/").status_code, there.get("/account/").status_code) == (200, 302)


def test_a_right_password_takes_no_place_among_the_wrong_ones() -> None:
    person("lin")
    assert {tried("lin", PASSWORD) for _ in range(8)} == {302}
    assert [tried("lin") for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", False),
    ],
)
def test_an_address_of_version_six_counts_by_its_network(first: str, second: str, is_one: bool) -> None:
    for _ in range(5):
        tried("lin", at=first)
    assert tried("lin", at=second) == (429 if is_one else 200)


@pytest.mark.django_db(transaction=True)
@pytest.mark.on_postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_many_guesses_at_once_have_no_more_places_than_one_after_the_other(settings: Settings) -> None:
    settings.CACHES = {**settings.CACHES, "default": CACHES["default"]}

    def begin(request: HttpRequest) -> int:
        try:
            return begin_attempt(request, "lin").locked_seconds
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        locked = list(pool.map(begin, [RequestFactory().post("/sign-in/") for _ in range(12)]))
    assert locked.count(0) == OF_BOTH.attempts


@pytest.mark.parametrize("is_awaiting", [False, True])
def test_whoever_is_signed_in_where_anothers_password_is_reset_has_given_it(is_awaiting: bool) -> None:
    who, other = person("lin"), person("other")
    if is_awaiting:
        make.give_app(other)
    link = password_reset.link_of(who)
    browser = Client()
    browser.post("/sign-in/", {"username": "other", "password": PASSWORD})
    page = browser.get(link, follow=True)
    assert browser.post(page.request["PATH_INFO"], NEW)["Location"] == "/password/forgotten/done/"
    who.refresh_from_db()
    assert (who.check_password(NEW["password1"]), who.password_set_by) == (True, other)
    assert browser.get("/account/").status_code == 302


def test_a_reset_asks_for_the_second_factor_as_ever() -> None:
    who = person("lin")
    make.give_app(who)
    browser = Client()
    page = browser.get(password_reset.link_of(who), follow=True)
    browser.post(page.request["PATH_INFO"], NEW)
    signed = browser.post("/sign-in/", {"username": "lin", "password": NEW["password1"]}, follow=True)
    assert signed.request["PATH_INFO"] == "/sign-in/code/"


def test_whoever_was_invited_and_has_no_password_is_sent_no_reset() -> None:
    who = make.make_person(username="new", email="new@example.org")
    who.set_unusable_password()
    who.save()
    make.make_person(username="closed", email="closed@example.org", is_active=False)
    for address in ("new@example.org", "closed@example.org"):
        assert Client().post("/password/forgotten/", {"email": address})["Location"] == "/password/forgotten/asked/"
    assert not OutboxMessage.objects.exists()
