"""Whose sign-in it is that failed, with and without a proxy in front."""

import pytest
from django.test import Client, RequestFactory, override_settings
from pytest_django import Settings

from roadmap.web.callers import client_address
from tests.factories import make_person

BEHIND_PROXY = override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"))


@pytest.mark.parametrize(
    ("told", "open_to_all", "behind_proxy"),
    [
        ("", "10.0.0.1", "10.0.0.1"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("8.8.8.8, 2001:db8::9", "10.0.0.1", "2001:db8::9"),  # the first one can be made up
        ("203.0.113.9:4711", "10.0.0.1", "10.0.0.1"),
        ("'; DROP", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_address_is_the_proxys_word_only_where_there_is_one(told: str, open_to_all: str, behind_proxy: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": told}, REMOTE_ADDR="10.0.0.1")
    assert client_address(request) == open_to_all
    with BEHIND_PROXY:
        assert client_address(request) == behind_proxy


def test_address_is_unknown_over_a_unix_socket() -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None


@pytest.mark.django_db
def test_somebody_who_guesses_locks_out_only_themselves(client: Client, settings: Settings) -> None:
    make_person(username="lin")

    def refused(address: str) -> int:
        sent = {"username": "lin", "password": "guess"}
        return client.post("/admin/login/", sent, headers={"X-Forwarded-For": address}).status_code

    with BEHIND_PROXY:
        assert [refused("203.0.113.9") for _ in range(6)][-1] == 429
        assert refused("198.51.100.7") == 200
