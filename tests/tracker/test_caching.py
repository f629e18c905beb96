"""What sets a cookie, or depends on one, is kept by no cache that many share."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests import factories as make
from tracker.caching import never_public_with_cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/embed/gates/basic/",
        "/embed/matrix/",
        "/calendar.ics",
        "/timeline.svg",
        "/progress.svg",
        "/progress.csv",
        "/api/feeds/nobody/due-dates.ics",
        "/api/changes.atom",
        "/favicon.ico",
        "/robots.txt",
        "/",
        "/sign-in/",
    ],
)
@pytest.mark.parametrize(
    "cookie", ["sessionid=an0ldsessi0n0000000000000000000", "csrftoken=x", "django_language=en", ""]
)
def test_no_public_answer_bears_a_cookie(address: str, cookie: str, settings: Settings):
    settings.EMBED_ALLOWED_SITES = ["https://www.example.cn"]
    roadmap = make.make_roadmap()
    make.make_milestone(make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap, code="basic"))
    answer = Client().get(address, HTTP_COOKIE=cookie)
    control = answer.headers.get("Cache-Control", "")
    is_public = "public" in control or ("s-maxage" in control)
    assert not (is_public and (answer.cookies or (cookie and "Cookie" in answer.headers.get("Vary", ""))))
    assert not answer.cookies or "private" in control


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/embed/gates/basic/", "/embed/matrix/?lang=en"])
def test_a_card_knows_no_cookie(address: str, settings: Settings):
    settings.EMBED_ALLOWED_SITES = ["https://www.example.cn"]
    roadmap = make.make_roadmap()
    make.make_milestone(make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap, code="basic"))
    person = make.make_office_person(second_factor_since=datetime(2026, 1, 1, tzinfo=UTC))
    browsers = [Client() for _ in range(3)]
    browsers[0].force_login(person)
    browsers[1].cookies.load(
        {"sessionid": "an0ldsessi0n0000000000000000000", "django_language": "en", "csrftoken": "x"}
    )
    answers = []
    for browser in browsers:
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address)
        assert "Cookie" not in answer.headers.get("Vary", "")
        answers.append((answer.status_code, answer.content, dict(answer.headers), len(queries)))
    assert answers[:2] == [answers[2]] * 2


@pytest.mark.parametrize(
    ("came", "told", "vary", "sets", "expected"),
    [
        (False, "public, max-age=60", "", True, {"private", "max-age=60"}),
        (True, "public, no-cache", "Accept, Cookie", False, {"private", "no-cache"}),
        (False, "public, no-cache", "Accept, Cookie", False, {"public", "no-cache"}),
        (False, "public, no-cache", "Accept, Cookie", True, {"private", "no-cache"}),
        (True, "Public", "cookie", False, {"private"}),
        (False, "", "", True, {"private"}),
        (False, "no-store", "", True, {"no-store", "private"}),
        (True, "public, max-age=60", "Accept", False, {"public", "max-age=60"}),
        (True, "", "Cookie", False, set()),
    ],
)
def test_cookies_make_an_answer_private(came: bool, told: str, vary: str, sets: bool, expected: set[str]):
    def view(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        if told:
            response.headers["Cache-Control"] = told
        if vary:
            response.headers["Vary"] = vary
        if sets:
            response.set_cookie("sessionid", "x")
        return response

    request = HttpRequest()
    request.COOKIES = {"sessionid": "x"} if came else {}
    answer = never_public_with_cookies(view)(request)
    assert {part.strip() for part in answer.headers.get("Cache-Control", "").split(",") if part} == expected
