"""Search: what is found by which words, in which order, and what is said of it."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from roadmap.models import Indicator
from roadmap.web.presenters.found import marked
from tests import factories as make
from tests.web.rows import Frame, make_milestone
from tests.web.test_overview import page

pytestmark = pytest.mark.django_db


def found(client: Client, asked: str) -> list[str]:
    """The addresses found, in their order."""
    html = client.get("/search/", {"q": asked}).content.decode()
    return re.findall(r'<p class="what"><a href="([^"]+)"', html)


@pytest.fixture
def rows(frame: Frame) -> Frame:
    make_milestone(frame, code="text", title_zh="甲", title_en="A", description_en="The pilot is at a port")
    make_milestone(frame, code="middle", title_zh="港口试点", title_en="First pilot at a port")
    make_milestone(frame, code="start", title_zh="试点", title_en="Pilot elsewhere")
    make_milestone(frame, code="pilot", title_zh="丙", title_en="C")
    return frame


@pytest.mark.parametrize("asked", ["pilot", "PILOT", " ｐｉｌｏｔ "])
@pytest.mark.both_databases("roadmap.web.searching")
def test_code_comes_before_title_and_title_before_text(asked: str, rows: Frame, client: Client) -> None:
    assert found(client, asked) == [f"/milestones/{code}/" for code in ("pilot", "start", "middle", "text")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("pilot port", ["/milestones/middle/", "/milestones/text/"]),
        ("试点", ["/milestones/start/", "/milestones/middle/"]),
        ("试点 pilot", ["/milestones/middle/", "/milestones/start/"]),
        ("智能审图", ["/initiatives/review/"]),
        ("Image rev", ["/initiatives/review/"]),
        ("general adm", ["/organisations/gacc/"]),
        ("包裹", ["/indicators/#parcels"]),
        ("framework", ["/milestones/?phase=basic"]),
        ("safe", ["/milestones/?pillar=safe"]),
        ("丙 文静", ["/milestones/pilot/"]),
        ("100%", []),
        ("_", []),
        ("nothing", []),
    ],
)
def test_everything_that_has_all_words_is_found(asked: str, expected: list[str], rows: Frame, client: Client) -> None:
    Indicator.objects.create(
        roadmap=rows.roadmap, code="parcels", title_zh="包裹量", title_en="Volume", unit_zh="件", unit_en="pieces"
    )
    assert found(client, asked) == expected


def test_kind_with_the_best_results_comes_first_and_the_shorter_before_the_longer(rows: Frame, client: Client) -> None:
    make.make_initiative(rows.initiative.pillar, code="p", title_en="Pilots")
    make.make_organisation(code="office", name_en="Office of the pilot")
    titles = re.findall(r'<h2 id="h-([a-z]+)">', client.get("/search/?q=pilot").content.decode())
    assert titles == ["milestones", "initiatives", "organisations"]
    titles = re.findall(r'<h2 id="h-([a-z]+)">', client.get("/search/?q=pilo").content.decode())
    assert titles == ["initiatives", "milestones", "organisations"]


def test_what_was_looked_for_is_marked_in_titles_and_texts(rows: Frame, english: Client) -> None:
    html = english.get("/search/?q=port").content.decode()
    assert "First pilot at a <mark>port</mark></a>" in html
    assert "The pilot is at a <mark>port</mark></p>" in html
    assert marked("a<b>A", ["a", "<"]) == [("a", True), ("<", True), ("b>", False), ("A", True)]
    assert "<script>" not in english.get("/search/?q=<script>").content.decode().partition("<main")[2]


def test_results_say_state_and_place_and_how_many_there_are(rows: Frame, english: Client) -> None:
    for number in range(25):
        make_milestone(rows, code=f"bulk-{number}", title_en=f"Trial {number}")
    shown = page(english, "/search/?q=trial")
    assert "Milestones 20+ Trial 0 At risk Image review · due 31 December 2026 · bulk-0" in shown
    html = english.get("/search/?q=trial").content.decode()
    assert '<a href="/milestones/?q=trial">All milestones that are found</a>' in html


def test_search_without_words_or_results_says_what_to_do(rows: Frame, english: Client) -> None:
    assert "a part of a word is enough" in page(english, "/search/")
    assert "Use fewer of them, a part of a word, or the other language." in page(english, "/search/?q=nothing")


def test_every_page_has_the_search_and_keeps_the_day(rows: Frame, english: Client) -> None:
    html = english.get("/matrix/?as_of=2026-09-01").content.decode()
    form = html[html.index('<form class="find"') :].partition("</form>")[0]
    assert 'action="/search/"' in form
    assert '<input type="hidden" name="as_of" value="2026-09-01">' in form


def test_other_roadmaps_are_searched_where_they_are_shown(rows: Frame, client: Client, settings: Settings) -> None:
    other = make.make_initiative(
        make.make_pillar(make.make_roadmap(code="other")), code="elsewhere", title_en="Pilot two"
    )
    assert f"/initiatives/{other.code}/" not in found(client, "pilot")
    html = client.get("/search/?q=pilot&roadmap=other").content.decode()
    assert re.findall(r'<p class="what"><a href="([^"]+)"', html) == ["/initiatives/elsewhere/?roadmap=other"]
    settings.PUBLIC_READING = False
    assert client.get("/search/?q=pilot").headers["Location"].startswith("/sign-in/")
