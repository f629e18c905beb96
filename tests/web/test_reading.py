"""Who may read, in which language, and what is said when something goes wrong."""

from urllib.parse import quote

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from tests import factories as make
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db
PAGES = ["/", "/roadmaps/smart/", "/milestones/", "/milestones/one/", "/initiatives/review/", "/indicators/"]
PAGES += ["/matrix/", "/progress/", "/progress.csv", "/progress.svg", "/timeline/", "/explain/?pillar=safe"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_open_where_reading_is_public(address: str, frame: Frame, client: Client, settings: Settings) -> None:
    make_milestone(frame, code="one")
    settings.PUBLIC_READING = True
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_pages_ask_to_sign_in_where_reading_is_not_public(
    address: str, frame: Frame, client: Client, settings: Settings
) -> None:
    make_milestone(frame, code="one")
    settings.PUBLIC_READING = False
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={quote(address)}")
    client.force_login(make.make_person())
    assert client.get(address).status_code == 200


def test_language_is_switched_by_a_plain_form_and_the_page_is_kept(frame: Frame, client: Client) -> None:
    assert '<html lang="zh-Hans">' in client.get("/milestones/?q=a").content.decode()
    response = client.post("/i18n/setlang/", {"language": "en", "next": "/milestones/?q=a"})
    assert (response.status_code, response["Location"]) == (302, "/milestones/?q=a")
    assert '<html lang="en">' in client.get("/milestones/?q=a").content.decode()


def test_signed_in_reader_can_sign_out_without_script(frame: Frame, client: Client) -> None:
    client.force_login(make.make_person(is_staff=True))
    assert '<form action="/sign-out/" method="post">' in client.get("/").content.decode()


def test_reader_without_staff_rights_signs_in_and_is_led_back(frame: Frame, client: Client, settings: Settings) -> None:
    settings.PUBLIC_READING = False
    person = make.make_person(username="reader")
    person.set_password("correct horse battery")
    person.save()
    wrong = client.post("/sign-in/", {"username": "reader", "password": "no", "next": "/indicators/"})
    assert 'role="alert"' in wrong.content.decode()
    assert frame.roadmap.title_zh not in wrong.content.decode().replace("智慧海关路线图跟踪系统", "")
    right = {"username": "reader", "password": "correct horse battery"}
    assert client.post("/sign-in/", {**right, "next": "/indicators/"})["Location"] == "/indicators/"
    assert client.get("/indicators/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/"
    assert client.get("/indicators/").status_code == 302
    assert client.post("/sign-in/", {**right, "next": "https://elsewhere.example/"})["Location"] == "/"


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "页面不存在"), ("en", "Page not found")])
def test_missing_page_helps_in_both_languages(language: str, title: str, client: Client) -> None:
    client.cookies["django_language"] = language
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert f"<h1>{title}</h1>" in response.content.decode()


@pytest.mark.parametrize("name", [f"{code}.html" for code in ("400", "403", "403_csrf", "404", "409", "500", "503")])
def test_error_pages_render_with_nothing_at_hand(name: str) -> None:
    assert "<h1>" in render_to_string(name)


def test_page_for_a_failure_needs_nothing_that_may_have_failed() -> None:
    html = render_to_string("500.html")
    assert 'href="/static/roadmap/site.css"' in html
    assert finders.find("roadmap/site.css") is not None
    assert "系统出错" in html
    assert "Something went wrong" in html


def test_browsers_find_the_sign_and_crawlers_their_rules(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/roadmap/favicon.svg"
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()


def test_pages_travel_compressed_and_are_kept_by_no_cache(frame: Frame, client: Client) -> None:
    response = client.get("/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert response["Cache-Control"] == "public, no-cache"
    assert len(response.content) < 20_000
