"""People who enter the administration, and a reader of its forms."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from django.test import Client

import tracker.urls  # noqa: F401 (registers the pages, by which tests are made)
from roadmap.models import Person
from roadmap.vocabulary import Language, Role
from tests import factories as make

TODAY = "2026-11-23T04:00:00+00:00"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """It is noon in Shanghai on 23 November 2026."""
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def office(db: None) -> Person:
    return make.make_office_person(language=Language.ENGLISH)


@pytest.fixture
def enter() -> Callable[[Person], Client]:
    """A browser, signed in as that person, in English."""

    def sign_in(person: Person) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def browser(office: Person, enter: Callable[[Person], Client]) -> Client:
    """The programme office's."""
    return enter(office)


@pytest.fixture
def lead(db: None) -> Person:
    """A lead of an organisation of her own."""
    return make.make_person(role=Role.LEAD, is_staff=True, organisation=make.make_organisation())


class _Fields(HTMLParser):
    """Collects what a browser would send of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.select = self.text = ""
        self.first = self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = (given.get("id") or "").endswith("_form") or given.get("class") == "rm-act"
        if not self.inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in {"submit", "button", "file"}:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.fields[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "select" and name:
            self.select, self.fields[name] = name, ""
            self.first = True
        elif tag == "option" and self.select and ("selected" in given or self.first):
            self.fields[self.select] = given.get("value") or ""
            self.first = False
        elif tag == "textarea" and name:
            self.text, self.fields[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.fields[self.text] = self.fields[self.text].removeprefix("\n").removeprefix("\r\n")
            self.text = ""

    def handle_data(self, data: str) -> None:
        if self.text:
            self.fields[self.text] += data


@pytest.fixture
def filled() -> Callable[[Any], dict[str, str]]:
    """What a browser would send back of a page, untouched."""

    def read(response: Any) -> dict[str, str]:
        reader = _Fields()
        reader.feed(response.content.decode())
        return {
            name: value
            for name, value in reader.fields.items()
            if name != "csrfmiddlewaretoken" and "__prefix__" not in name
        }

    return read
