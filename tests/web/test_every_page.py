"""Promises of all pages, from the list of addresses itself, so that a new page can't be forgotten."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from roadmap.models import revision_triggers
from tests.web.pages import pages
from tests.web.rows import Frame, fill

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

PUBLIC = pages({"roadmap": "smart", "milestone": "bulk-0", "initiative": "review", "organisation": "gacc"}).values()


@pytest.fixture
def _filled(frame: Frame) -> None:
    fill(frame, 2)


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_leaks_where_reading_is_not_public(address: str, client: Client, settings: Settings) -> None:
    settings.PUBLIC_READING = False
    for asked in (address, address.replace("smart", "other").replace("bulk-0", "other").replace("gacc", "other")):
        response = client.get(asked, follow=True)
        assert response.redirect_chain[0][0].startswith("/sign-in/?next=")
        assert not re.search("智慧海关(?!路线图跟踪系统)|里程碑 0|智能审图|海关总署", response.content.decode())


UNTAGGED = {"/subscribe/"}  # tells of settings, whose changes have no revision


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", [one for one in PUBLIC if one not in UNTAGGED])
def test_reader_with_a_copy_is_told_in_one_query_that_it_is_still_good(address: str, client: Client) -> None:
    first = client.get(address)
    assert not first.cookies
    with CaptureQueriesContext(connection) as asked:
        second = client.get(address, headers={"if-none-match": f'"other", {first.headers["ETag"]}'})
    assert (second.status_code, second.content, len(asked)) == (304, b"", 1)
    assert {"Accept-Encoding", "Accept-Language", "Cookie"} <= set(re.split(", ?", second.headers["Vary"]))
    assert set(re.split(", ?", second.headers["Vary"])) == set(re.split(", ?", first.headers["Vary"]))
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", PUBLIC)
def test_pages_are_read_and_nothing_is_worked_out_for_other_methods(address: str, client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "BREW"):
        refused = Client(enforce_csrf_checks=True).generic(method, address)  # as a program sends it, without any token
        assert (refused.status_code, refused.headers.get("Allow")) == (405, "GET, HEAD, OPTIONS"), method
    with CaptureQueriesContext(connection) as asked:
        told = client.options(address)
    assert (told.status_code, told.content, told.headers["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert len(asked) <= 1
    assert client.head(address).headers["Content-Type"] == client.get(address).headers["Content-Type"]


@pytest.mark.usefixtures("_filled")
def test_pages_of_people_are_kept_by_nobody_else(frame: Frame, client: Client) -> None:
    client.force_login(frame.owner)
    page = client.get("/")
    assert page.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")
    assert again.headers["ETag"] == page.headers["ETag"]


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", PUBLIC)
def test_copy_covers_all_that_the_page_is_made_of(address: str, client: Client) -> None:
    """A table that a page reads is one whose changes have a revision; else a copy could outlive its figures."""
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    read = {name for query in asked for name in re.findall(r'(?:FROM|JOIN) \(?"?(roadmap_[a-z]+)"?', query["sql"])}
    told = {apps.get_model("roadmap", name)._meta.db_table for name in revision_triggers.COUNTED}
    told |= {f"roadmap_historical{name.lower()}" for name in revision_triggers.COUNTED}
    assert read - told - {"roadmap_revision", "roadmap_change", "roadmap_keptsums", "roadmap_forecast"} == set()


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("address", PUBLIC)
def test_every_page_can_be_seen_on_a_past_day(address: str, english: Client) -> None:
    response = english.get(address, {"as_of": "2026-01-31"})
    if not response["Content-Type"].startswith("text/html"):
        assert response.status_code == 200  # a file of that day
        return
    html = response.content.decode()
    assert "You see the state on <strong>31 January 2026</strong>" in html
    assert 'name="as_of" value="2026-01-31"' in html
    inner = re.findall(r'href="(/(?!static|api|admin|sign-in|mailbox|favicon|my-mail)[^"#]*)"', html)
    own_day = re.compile(r"/explain/\?as_of=2\d{3}-\d\d-\d\d")  # of a figure that stands for another day
    left = [link for link in inner if "as_of=2026-01-31" not in link and not own_day.fullmatch(link)]
    assert [link for link in left if link != address] == []
