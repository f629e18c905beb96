"""Feeds under secret addresses: shown once, revocable, in their reader's language, told as unchanged by one query."""

import re
from datetime import date
from xml.etree import ElementTree

import feedparser
import pytest
from icalendar import Calendar

from roadmap.editing.feeds import make_feed_address, revoke_feed_address
from roadmap.editing.milestones import change_milestone, reassign_milestone, reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.editing.tokens import digest_of
from roadmap.errors import NotAllowed
from roadmap.models import FeedAddress, Milestone, Person, Phase
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door
from tests import factories as make
from tests.api.conftest import NOW
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def address_of(person: Person, kind: str = "due-dates.ics") -> str:
    _row, secret = make_feed_address(person, by=SYSTEM, name="phone")
    return f"/api/feeds/{secret}/{kind}"


@pytest.mark.both_databases("roadmap.editing.feeds")
def test_feed_is_made_shown_once_and_revoked(office, stranger, milestone):
    made = office.post("feeds/", {"name": "phone"}, Idempotency_Key="k")
    told = made.json()
    assert made.status_code == 201
    secret = told["due_dates"].split("/")[-2]
    stored = FeedAddress.objects.get()
    assert (stored.digest, stored.name) == (digest_of(secret), "phone")
    again = office.post("feeds/", {"name": "phone"}, Idempotency_Key="k").json()
    assert again == {**told, "due_dates": None, "changes": None}
    address, changes = (f"/api{told[name].partition('/api')[2]}" for name in ("due_dates", "changes"))
    assert [stranger.get(one).status_code for one in (address, changes)] == [200, 200]
    assert [office("DELETE", f"feeds/{stored.pk}/").status_code for _ in range(2)] == [204, 204]
    assert [stranger.get(one).status_code for one in (address, changes)] == [404, 404]
    assert office.get(f"feeds/{stored.pk}/").json() == {
        **{name: told[name] for name in ("id", "name", "created_at")},
        "revoked_at": "2026-11-23T12:00:00+08:00",
    }


def test_feeds_are_ones_own_business():
    one, another = make.make_person(), make.make_person()
    with pytest.raises(NotAllowed):
        make_feed_address(one, by=Actor(person=another, door=Door.API), name="x")
    row, _secret = make_feed_address(one, by=Actor(person=one, door=Door.API), name="x")
    with pytest.raises(NotAllowed):
        revoke_feed_address(row, by=Actor(person=another, door=Door.API), now=NOW)


def test_feed_of_somebody_shut_out_is_gone(stranger, milestone):
    address = address_of(milestone.owner)
    Person.objects.filter(pk=milestone.owner_id).update(is_active=False)
    assert stranger.get(address).status_code == 404


def test_calendar_holds_due_dates_and_gates_in_its_readers_language(stranger, milestone, settings):
    settings.PUBLIC_READING = False
    Person.objects.filter(pk=milestone.owner_id).update(language="zh-hans")
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 12, 31))
    Phase.objects.update(gate_on=date(2027, 1, 31))
    make.make_milestone(milestone.initiative, milestone.phase, due_on=date(2026, 8, 1))  # long past
    answer = stranger.get(address_of(milestone.owner))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = [
        (str(event["SUMMARY"]), event.decoded("DTSTART")) for event in Calendar.from_ical(answer.content).walk("VEVENT")
    ]
    assert events == [("到期：里程碑", date(2026, 12, 31)), ("阶段节点：基本", date(2027, 1, 31))]


def test_calendar_is_narrowed_like_the_list(stranger, milestone):
    Milestone.objects.update(due_on=date(2026, 12, 31))
    make.make_milestone(milestone.initiative, milestone.phase, due_on=date(2026, 12, 30))
    address = address_of(milestone.owner)
    assert [stranger.get(address + query).content.count(b"SUMMARY:") for query in ("", "?owner=me")] == [3, 2]
    wrong = stranger.get(f"{address}?owners=me")
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (400, "owners")


@pytest.mark.parametrize("kind", ["due-dates.ics", "changes.atom"])
def test_unchanged_feed_is_told_by_one_query(stranger, milestone, django_assert_num_queries, kind):
    address = address_of(milestone.owner, kind)
    tag = stranger.get(address, Accept="text/html").headers["ETag"]
    with django_assert_num_queries(1):
        assert stranger.get(address, If_None_Match=tag).status_code == 304
    change_milestone(milestone, by=SYSTEM, now=NOW, title_en="New")
    assert stranger.get(address, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("number", NUMBERS)
def test_calendar_costs_the_same_for_any_number(stranger, milestone, number, django_assert_num_queries):
    Milestone.objects.filter(pk=milestone.pk).update(due_on=date(2026, 12, 31))
    Milestone.objects.bulk_create(
        Milestone(
            code=f"bulk-{index}", title_zh="里", title_en="M", initiative=milestone.initiative, phase=milestone.phase,
            planned_start_on=date(2026, 1, 1), due_on=date(2026, 12, 1),
        )
        for index in range(number)
    )  # fmt: skip
    address = address_of(milestone.owner)
    with django_assert_num_queries(5):  # the address, milestones, days off, edits (two)
        assert stranger.get(address).content.count(b"BEGIN:VEVENT") == number + 2


def test_changes_are_told_as_atom_the_latest_first(stranger, milestone):
    change_milestone(milestone, by=SYSTEM, now=NOW, reason="a\x07 <why>", title_en="New")
    answer = stranger.get("/api/feeds/changes.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 (the same)
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == "Milestone changed: New"
    assert entries[0].findtext(f"{ATOM}summary").splitlines()[0] == "a <why>"
    assert entries[0].find(f"{ATOM}link").get("href").endswith("/milestones/m-1/")
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == len(entries) == 7
    secretly = stranger.get(address_of(make.make_person(language="en"), "changes.atom"))
    assert len(ElementTree.fromstring(secretly.content).findall(f"{ATOM}entry")) == 7  # noqa: S314 (the same)


def test_report_in_the_feed_names_its_milestone_and_says_how_far(stranger, milestone):
    words = {"narrative_en": "Halfway, nearly", "narrative_zh": "近半"}
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=40, **words)
    for language, title, summary in (
        ("en", f"Progress report added: {milestone.title_en}", "40%\nHalfway, nearly"),
        ("zh-hans", f"新增进展填报：{milestone.title_zh}", "40%\n近半"),
    ):
        content = stranger.get("/api/feeds/changes.atom", Accept_Language=language).content
        entries = ElementTree.fromstring(content).findall(f"{ATOM}entry")  # noqa: S314 (the same)
        (report,) = [one for one in entries if one.findtext(f"{ATOM}title") == title]
        assert report.findtext(f"{ATOM}summary") == summary
        assert report.find(f"{ATOM}link").get("href").endswith("/milestones/m-1/")


def test_readers_of_feeds_get_texts_as_texts(stranger, milestone):
    """A real reader: what people wrote comes as they wrote it, and none of it as markup."""
    evil = "<script>alert(1)</script> a < b & c\nsecond line <why>"
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=40, narrative_en=evil)
    change_milestone(milestone, by=SYSTEM, now=NOW, reason="<b>bold</b>", title_en="<i>New</i>", weight=3)
    told = feedparser.parse(stranger.get("/api/feeds/changes.atom").content, sanitize_html=False)
    assert not told.bozo
    change, report = told.entries[0], next(one for one in told.entries if "added" in one.title and "40" in one.summary)
    assert (report.summary_detail.type, report.summary) == ("text/plain", f"40%\n{evil}")
    (content,) = report.content
    assert content.type == "application/xhtml+xml"
    assert "<script" not in content.value
    assert content.value.count("<p>") == 3
    assert "&lt;script&gt;alert(1)&lt;/script&gt; a &lt; b &amp; c</p><p>second line &lt;why&gt;" in content.value
    assert (change.title_detail.type, change.title) == ("text/plain", "Milestone changed: <i>New</i>")
    assert change.summary.splitlines() == [
        "<b>bold</b>", "Title (English): Milestone → <i>New</i>", "Weight: 1 → 3"
    ]  # fmt: skip
    again = feedparser.parse(stranger.get("/api/feeds/changes.atom", Accept_Language="zh-hans").content)
    assert [one.id for one in again.entries] == [one.id for one in told.entries]


def test_entries_name_whom_and_what_a_milestone_went_to(stranger, milestone):
    other = make.make_person(username="secret-name", full_name="Li Min")
    reassign_milestone(milestone, by=SYSTEM, now=NOW, owner=other, organisation=milestone.organisation)
    reschedule_milestone(milestone, by=SYSTEM, now=NOW, due_on=date(2027, 1, 31), reason="late")
    told = feedparser.parse(stranger.get("/api/feeds/changes.atom").content)
    lines = [line for one in told.entries[:2] for line in one.summary.splitlines()]
    assert "Owner: Owner → Li Min" in lines
    assert [line.split(" → ")[1] for line in lines if line.startswith("Due date")] == ["31 January 2027"]


@pytest.mark.parametrize("public", [True, False])
def test_feed_names_itself_and_pages_point_to_it(stranger, milestone, settings, public):
    settings.PUBLIC_READING = public
    address = address_of(milestone.owner, "changes.atom") if not public else "/api/feeds/changes.atom"
    links = feedparser.parse(stranger.get(address).content).feed.links
    assert [one.href for one in links if one.rel == "self"] == [f"{settings.SITE_URL}{address}"]
    stranger.client.force_login(milestone.owner)
    page = stranger.client.get("/milestones/")
    found = re.findall(r'<link rel="alternate" type="application/atom\+xml" [^>]*href="([^"]*)"', page.content.decode())
    assert found == (["/api/feeds/changes.atom"] if public else [])


@pytest.mark.parametrize("number", [1, 6, pytest.param(40, marks=pytest.mark.everything)])
def test_feed_of_changes_costs_the_same_for_any_number(stranger, milestone, number, django_assert_num_queries):
    for _ in range(number):
        milestone.save()
    with django_assert_num_queries(10):  # the stand, changes, codes; one or two for each of the kinds among them
        assert stranger.get("/api/feeds/changes.atom").content.count(b"<entry>") == number + 6


def test_open_feed_of_changes_needs_public_reading_or_a_token(stranger, office, settings):
    settings.PUBLIC_READING = False
    assert [one.get("/api/feeds/changes.atom").status_code for one in (stranger, office)] == [401, 200]
