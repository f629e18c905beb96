"""What sets a cookie, or depends on one, is kept by no cache that many share."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
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
