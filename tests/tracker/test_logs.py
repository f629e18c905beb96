"""No secret is written into a log: of whatever goes wrong under an address that holds one, by whichever logger."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from roadmap.editing.feeds import make_feed_address, revoke_feed_address
from roadmap.models.history import SYSTEM
from roadmap.secret_paths import without_secrets
from tests import factories as make
from tracker.logs import JsonFormatter, TextFormatter

SECRET = "cD9-_fx7Qm2:1tabcd:Zk0_-living"
PLACES = (
    f"/answer/{SECRET}/",
    f"/answer/{SECRET}/7/",
    f"/answer/{SECRET}/end/",
    f"/invitation/{SECRET}/",
    f"/unsubscribe/{SECRET}/",
    f"/api/feeds/{SECRET}/due-dates.ics",
    f"/api/feeds/{SECRET}/changes.atom",
)


def written(caplog: pytest.LogCaptureFixture) -> str:
    """All that a log would have, in both forms."""
    return "\n".join(one.format(record) for record in caplog.records for one in (TextFormatter(), JsonFormatter()))


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "method",
    [
        "OPTIONS",
        "POST",
        "GET",
        *(pytest.param(one, marks=pytest.mark.everything) for one in ("PUT", "DELETE", "TRACE")),
    ],
)
def test_no_method_leaves_the_secret(place: str, method: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    client = Client(enforce_csrf_checks=True, headers={"Referer": f"http://testserver{place}"})
    client.generic(method, place)
    client.generic(method, f"{place}nothing-here")
    assert caplog.records
    assert SECRET not in written(caplog)
    assert "Zk0_-living" not in written(caplog)


@pytest.mark.django_db
def test_no_address_that_leads_on_to_a_secret_leaves_it(client: Client, caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    client.get(f"/nothing-here/?next=%2Fanswer%2F{SECRET}%2F&token=rmt_{SECRET[:11]}")
    assert caplog.records
    assert SECRET not in written(caplog)


@pytest.mark.django_db
def test_a_closed_feed_leaves_no_secret(client: Client, caplog: pytest.LogCaptureFixture):
    feed, secret = make_feed_address(make.make_person(), by=SYSTEM, name="phone")
    assert client.get(f"/api/feeds/{secret}/due-dates.ics").status_code == 200
    revoke_feed_address(feed, by=SYSTEM, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert client.get(f"/api/feeds/{secret}/due-dates.ics").status_code == 404
    assert "/api/feeds/…/due-dates.ics" in written(caplog)
    assert secret not in written(caplog)


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_a_failure_leaves_no_secret(place: str, caplog: pytest.LogCaptureFixture, monkeypatch: Any, settings: Settings):
    def fails(*_args: object, **_more: object) -> None:
        raise RuntimeError(f"broken at {place}")

    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", fails)
    response = Client(raise_request_exception=False).get(place)
    assert response.status_code == 500
    assert "broken at" in written(caplog)
    assert SECRET not in written(caplog)


@pytest.mark.parametrize("name", ["gunicorn.access", "gunicorn.error", "celery", "a.collector", "root"])
def test_every_logger_of_the_process_is_covered(name: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(0)
    atoms = {"r": f"GET /answer/{SECRET}/ HTTP/1.1", "f": f"http://x/invitation/{SECRET}/"}
    logging.getLogger(name).info('"%(r)s" "%(f)s"', atoms)
    logging.getLogger(name).error("Error handling request %s", f"/unsubscribe/{SECRET}/?x=1")
    assert written(caplog).count("…") == 6
    assert SECRET not in written(caplog)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Not Found: /answer/abc/7/", "Not Found: /answer/*/7/"),
        ("Not Found: /answer//abc/", "Not Found: /answer//*/"),
        ("GET /answer/./abc/ HTTP/1.1", "GET /answer/./*/ HTTP/1.1"),
        ("GET /%61nswer/abc/ HTTP/1.1", "GET /%61nswer/*/ HTTP/1.1"),
        ("GET /api/%46EEDS%2Fabc/due-dates.ics", "GET /api/%46EEDS%2F*/due-dates.ics"),
        ("GET /invitation\\abc", "GET /invitation\\*"),
        ("/sign-in/?next=%2Fanswer%2Fabc%2F", "/sign-in/?next=%2Fanswer%2F*"),
        ("/sign-in/?next=%252fanswer%252fabc", "/sign-in/?next=%252fanswer%252f*"),
        ("mailto:a@b?subject=unsubscribe%20abc", "mailto:a@b?subject=unsubscribe%20*"),
        ("Bearer rmt_abcdefghijkl-_0", "Bearer rmt_*"),
        ("/milestones/m-1/answer/", "/milestones/m-1/answer/"),
        ("/api/v1/milestones/12/", "/api/v1/milestones/12/"),
    ],
)
def test_what_is_secret_is_replaced_and_nothing_else(text: str, masked: str):
    assert without_secrets(text, instead="*") == masked
