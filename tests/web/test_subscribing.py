"""Ways to be told of what one looks at: with its filters, public or under a secret address, and cards elsewhere."""

import re
from html import unescape

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar
from pytest_django import Settings

from roadmap.models import FeedAddress
from tests import factories as make
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db


def test_filters_of_the_page_come_along(frame: Frame, english: Client) -> None:
    where = english.get("/milestones/?pillar=safe&state=late").content.decode()
    assert 'href="/subscribe/?pillar=safe&amp;state=late"' in where
    html = english.get("/subscribe/?pillar=safe&state=late").content.decode()
    assert "Pillar Safe · State Overdue" in html
    assert 'href="/my-mail/digests/new/?roadmap=smart&amp;pillar=safe"' in html
    assert "other filters are left out" in html
    assert "/calendar.ics?state=late&amp;pillar=safe&amp;roadmap=smart" in html


@pytest.mark.parametrize(
    ("address", "part"), [("/initiatives/review/", "initiative=review"), ("/organisations/gacc/", "organisation=gacc")]
)
def test_pages_of_a_part_lead_to_subscribing_to_it(address: str, part: str, frame: Frame, english: Client) -> None:
    assert f'href="/subscribe/?{part}&amp;"' in english.get(address).content.decode()


def test_new_digest_begins_with_the_part_that_was_looked_at(frame: Frame, english: Client) -> None:
    english.force_login(make.make_person())
    html = english.get("/my-mail/digests/new/?roadmap=smart&pillar=safe&phase=nowhere").content.decode()
    assert re.search(r'<option value="\d+" selected>Safe</option>', html)
    assert not re.search(r'<option value="\d+" selected>Basic framework</option>', html)


def test_calendar_file_holds_what_passes_the_filters(frame: Frame, english: Client) -> None:
    make_milestone(frame, title_en="Scanner", due_on="2026-12-01")
    make_milestone(frame, title_en="Long past", due_on="2026-01-31")
    response = english.get("/calendar.ics?phase=basic")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = [str(one["summary"]) for one in Calendar.from_ical(response.content).walk("VEVENT")]
    assert events == ["Due: Scanner", "Gate: Basic framework"]
    assert (
        Calendar.from_ical(english.get("/calendar.ics?state=done").content).walk("VEVENT")[0]["summary"]
        == "Gate: Basic framework"
    )


def test_secret_address_is_made_by_its_owner_and_shown_once(frame: Frame, english: Client, settings: Settings) -> None:
    settings.PUBLIC_READING = False
    person = make.make_person()
    english.force_login(person)
    before = english.get("/subscribe/").content.decode()
    assert "/api/feeds/" not in before
    assert FeedAddress.objects.count() == 0
    html = english.post("/subscribe/address/?phase=basic").content.decode()
    assert [row.person for row in FeedAddress.objects.all()] == [person]
    [address] = re.findall(r"/api/feeds/[^/]+/due-dates.ics\?roadmap=smart&amp;phase=basic", html)
    english.logout()
    assert english.get(address.replace("&amp;", "&")).status_code == 200
    assert english.get("/subscribe/address/").status_code == 405
    assert english.post("/subscribe/address/")["Location"] == "/sign-in/?next=/my-mail/"
    assert len(mail.outbox) == 0


@pytest.fixture
def cards(settings: Settings, frame: Frame) -> Frame:
    settings.EMBED_ALLOWED_SITES = ["https://www.example.cn"]
    settings.PUBLIC_READING = True
    make_milestone(frame, due_on="2026-09-20")
    return frame


@pytest.mark.parametrize("address", ["/embed/gates/basic/", "/embed/matrix/"])
def test_cards_are_framed_by_the_sites_named_and_carry_no_cookie(address: str, cards: Frame, client: Client) -> None:
    response = client.get(address, {"lang": "en", "theme": "dark"})
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors https://www.example.cn" in policy
    assert "X-Frame-Options" not in response.headers
    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
    assert '<html lang="en" data-theme="dark">' in response.content.decode()
    assert '<html lang="zh-Hans">' in client.get(address).content.decode()
    bare = response["ETag"].removeprefix("W/").strip('"')
    for sent_back in (f'"{bare}"', f'W/"{bare}"', f'W/"{bare}-gzip"', f'"other", "{bare};br"'):
        again = client.get(address, {"lang": "en", "theme": "dark"}, headers={"if-none-match": sent_back})
        assert (again.status_code, again["Content-Security-Policy"]) == (304, policy), sent_back


@pytest.mark.parametrize("address", ["/embed/gates/basic/", "/embed/matrix/"])
def test_cards_are_off_without_sites_and_behind_a_login(
    address: str, cards: Frame, client: Client, settings: Settings
) -> None:
    settings.PUBLIC_READING = False
    client.force_login(make.make_person())
    assert client.get(address).status_code == 404
    settings.PUBLIC_READING, settings.EMBED_ALLOWED_SITES = True, []
    assert client.get(address).status_code == 404
    assert "switched off here" in client.get("/subscribe/", headers={"accept-language": "en"}).content.decode()


def test_gate_card_says_what_the_overview_says(cards: Frame, client: Client) -> None:
    html = client.get("/embed/gates/basic/?lang=en").content.decode()
    assert "<strong>91</strong> <span>days to the gate</span>" in html
    assert "<dt>Overdue</dt><dd>1</dd>" in html
    assert client.get("/embed/gates/nowhere/").status_code == 404


def test_snippets_are_there_to_be_copied(cards: Frame, english: Client, settings: Settings) -> None:
    html = english.get("/subscribe/").content.decode()
    source = f"{settings.SITE_URL}/embed/gates/basic/?roadmap=smart&lang=en"
    assert f'<iframe src="{source}" title="Gate: Basic framework"' in unescape(html)
