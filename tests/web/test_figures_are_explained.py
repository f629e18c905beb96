"""No percentage stands on a page without a way to what it is made of, close by."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client
from pytest_django import Settings

from roadmap.models import Milestone
from tests import factories as make
from tests.web.pages import FILES, pages
from tests.web.rows import Frame, fill

pytestmark = pytest.mark.django_db

FIGURE = re.compile(r'\d%(?!")')
CLOSE_BY = {"tr", "li", "article", "section"}  # the row, entry or part that a figure belongs to
EXPLAINS = re.compile(r"/explain/|/milestones/[^/?]+/")
OPEN_ENDED = {"meta", "link", "input", "br", "path", "rect", "use", "circle", "polyline", "polygon", "line"}
NOT_KNOWN = "to-come"  # a row of the plan of a day to come, of which nothing has been reported
IN_WORDS = {"title", "desc", "svg", "summary", "option"}  # drawings say in words what stands beside them
ITSELF = {"explain", "milestone"}  # pages that are the explanation


@dataclass
class Element:
    """An element with its text and the addresses in it."""

    name: str
    tag: str = ""
    above: "Element | None" = None
    text: str = ""
    addresses: list[str] = field(default_factory=list)


class Figures(HTMLParser):
    """Collects each percentage with the nearest element that it belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.here = Element("document")
        self.found: list[tuple[str, Element]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address, classes = dict(attrs).get("href"), (dict(attrs).get("class") or "").split()
        one: Element | None = self.here
        while address and one:
            one.addresses.append(address)
            one = one.above
        if tag not in OPEN_ENDED:
            name = "key" if tag == "ul" and "legend" in classes else tag  # its entries belong to the drawing above
            name = "entry of a key" if self.here.name == "key" else "title" if NOT_KNOWN in classes else name
            self.here = Element(name, tag, above=self.here, addresses=[address] if address else [])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        while self.here.above and self.here.tag != tag:
            self.here = self.here.above
        self.here = self.here.above or self.here

    def handle_data(self, data: str) -> None:
        if not FIGURE.search(data):
            return
        one: Element | None = self.here
        while one and one.name not in CLOSE_BY | IN_WORDS:
            one = one.above
        if one and one.name in CLOSE_BY:
            self.found.append((" ".join(data.split()), one))


def unexplained(html: str) -> list[str]:
    reader = Figures()
    reader.feed(html)
    return [text for text, one in reader.found if not any(EXPLAINS.search(address) for address in one.addresses)]


PLAIN = {
    name: address
    for name, address in pages(
        {"roadmap": "smart", "milestone": "bulk-0", "initiative": "review", "organisation": "gacc"}
    ).items()
    if not name.endswith(FILES) and name not in ITSELF
}


@pytest.fixture
def _filled(frame: Frame, settings: Settings) -> None:
    settings.EMBED_ALLOWED_SITES = ["https://www.example.cn"]
    fill(frame, 3)
    make.make_phase(frame.roadmap, code="complete")
    unit = make.make_organisation(frame.organisation, code="port")
    Milestone.objects.filter(code="bulk-1").update(organisation=unit)
    first = Milestone.objects.get(code="bulk-0")
    first.weight += 1
    first.save()  # a change with a history


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", [*PLAIN.values(), "/embed/matrix/", "/embed/gates/basic/"])
def test_every_percentage_has_a_way_to_what_it_is_made_of(address: str, english: Client) -> None:
    response = english.get(address)
    assert response.status_code == 200
    assert unexplained(response.content.decode()) == []


@pytest.mark.usefixtures("_filled")
def test_the_walk_sees_figures_at_all(english: Client) -> None:
    reader = Figures()
    reader.feed(english.get("/organisations/").content.decode())
    assert len(reader.found) >= 2 * 3  # two organisations: earned, planned, verified
    assert unexplained("<table><tr><td>40%</td></tr><tr><td><a href='/explain/'>1%</a></td></tr></table>") == ["40%"]


@pytest.mark.usefixtures("_filled")
def test_figures_of_an_organisation_open_lists_and_explanations(english: Client) -> None:
    html = english.get("/organisations/").content.decode()
    assert '<a class="figure" href="/explain/?organisation=port"><strong>' in html
    assert 'href="/milestones/?organisation=port"' in html
    assert 'href="/milestones/?organisation=gacc&amp;state=late"' in html


@pytest.mark.usefixtures("_filled")
def test_a_past_day_is_explained_as_of_that_day(english: Client) -> None:
    html = english.get("/progress/").content.decode()
    assert 'href="/explain/?as_of=2025-01-31"' in html or 'href="/explain/?as_of=2025-03-31"' in html
    assert 'href="/milestones/bulk-0/#how"' in english.get("/milestones/").content.decode()
    assert 'id="how"' in english.get("/milestones/bulk-0/").content.decode()
