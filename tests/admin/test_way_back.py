"""What a list is narrowed to goes along with every button over it, to what it leads to and back."""

import csv
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from roadmap.admin.acts import VERBS
from roadmap.models import Milestone, Person
from tests import factories as make

pytestmark = pytest.mark.django_db

LIST = "admin:roadmap_milestone_changelist"
NARROWED = "q=Pilot&o=2"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "href" and tag == "a"]


def links_of(response: Any) -> list[str]:
    reader = _Links()
    reader.feed(response.content.decode())
    return reader.found


@pytest.fixture
def two(db: None) -> list[Milestone]:
    """One that the search finds, and one that it doesn't."""
    found = make.make_milestone(title_en="Pilot")
    return [found, make.make_milestone(found.initiative, found.phase, title_en="Other")]


def test_every_button_over_every_list_carries_what_the_list_is_narrowed_to(browser: Client, office: Person) -> None:
    request = RequestFactory().get("/")
    request.user = office
    pressed = 0
    for model, page in admin.site._registry.items():
        name = model._meta.model_name
        response = browser.get(reverse(f"admin:roadmap_{name}_changelist"), {"q": "Pilot"})
        for button in page.get_actions_list(request):  # type: ignore[attr-defined]
            address = f"{reverse(f'admin:{button.action_name}')}?q=Pilot"
            assert address in links_of(response)
            pressed += 1
    assert pressed == 5


def test_all_shown_are_the_rows_of_the_list(two: list[Milestone], browser: Client) -> None:
    page = browser.get(f"{reverse(LIST)}?{NARROWED}")
    addresses = {name: one for one in links_of(page) for name in ("csv", "xlsx") if f"export_all_{name}" in one}
    lines = list(csv.reader(browser.get(addresses["csv"]).getvalue().decode("utf-8-sig").splitlines()))
    assert [line[3] for line in lines[1:]] == ["Pilot"]
    sheet: Any = openpyxl.load_workbook(BytesIO(browser.get(addresses["xlsx"]).getvalue())).active
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Pilot"]


def test_the_list_is_edited_as_it_is_shown_and_is_so_again_afterwards(two: list[Milestone], browser: Client) -> None:
    button = next(one for one in links_of(browser.get(f"{reverse(LIST)}?{NARROWED}")) if "edit_in_list" in one)
    page = browser.get(button, follow=True)
    assert [row.milestone for row in page.context["rows"]] == two[:1]
    answer = browser.post(page.redirect_chain[-1][0], {"row": two[0].pk})
    assert page.context["back"] == f"{reverse(LIST)}?{NARROWED}"
    prefix = f"row-{two[0].pk}"
    sent = {"row": two[0].pk, f"{prefix}-planned_start_on": "2026-01-01", f"{prefix}-due_on": "2026-12-31"}
    answer = browser.post(page.redirect_chain[-1][0], {**sent, f"{prefix}-weight": "1", f"{prefix}-tags": "new"})
    assert (answer.status_code, answer.url) == (302, f"{reverse(LIST)}?{NARROWED}")


@pytest.mark.parametrize("code", VERBS)
def test_the_list_is_as_narrow_after_an_act_on_many(code: str, two: list[Milestone], browser: Client) -> None:
    narrowed = f"{reverse(LIST)}?{NARROWED}"
    there = browser.post(narrowed, {"action": f"{code}_chosen", "_selected_action": two[0].pk})
    assert parse_qs(urlsplit(there.url).query) == {"ids": [str(two[0].pk)], "_changelist_filters": [NARROWED]}
    assert browser.get(there.url).context["back"] == narrowed
    if code == "tag":
        done = browser.post(there.url, {"add": "new"})
        assert (done.status_code, done.url) == (302, narrowed)


@pytest.mark.parametrize("button", ["reschedule", "duplicate", "link"])
def test_the_list_is_as_narrow_after_acts_of_a_page(button: str, two: list[Milestone], browser: Client) -> None:
    page = reverse("admin:roadmap_milestone_change", args=[two[0].pk])
    shown = browser.get(page, {"_changelist_filters": NARROWED})
    pressed = next(one for one in links_of(shown) if f"/{button}/" in one)
    asked = browser.get(pressed, follow=True)
    assert parse_qs(urlsplit(asked.context["back"]).query) == {"_changelist_filters": [NARROWED]}


def test_import_comes_back_to_the_narrowed_list(two: list[Milestone], browser: Client) -> None:
    narrowed = f"{reverse(LIST)}?{NARROWED}"
    button = next(one for one in links_of(browser.get(narrowed)) if "import_table" in one)
    page = browser.get(button, follow=True)
    assert page.context["back"] == narrowed


def test_invitations_come_back_to_the_list_of_people(browser: Client) -> None:
    people = reverse("admin:roadmap_person_changelist")
    button = next(one for one in links_of(browser.get(people, {"q": "Wang"})) if "invite" in one)
    assert browser.get(button).context["back"] == f"{people}?q=Wang"


@pytest.mark.parametrize(
    "asked", ["due_on__gte=x&due_on__lte=y", "status__exact=planned&o=x.y", "p=x", "e=1", "phase__id__exact=x"]
)
@pytest.mark.parametrize(
    "page", ["milestone_table", "roadmap_milestone_export_all_csv", "roadmap_milestone_export_all_xlsx"]
)
def test_what_a_list_cannot_understand_is_answered_as_the_list_answers(page: str, asked: str, browser: Client) -> None:
    listed = browser.get(f"{reverse(LIST)}?{asked}")
    answer = browser.get(f"{reverse(f'admin:{page}')}?{asked}")
    assert answer.status_code == listed.status_code
    if listed.status_code == 302:
        assert answer.url == listed.url


def test_an_address_elsewhere_gets_nothing_of_the_list(browser: Client) -> None:
    answer = Client().get(f"{reverse(LIST)}?{NARROWED}")
    assert "_changelist_filters" not in answer.url
