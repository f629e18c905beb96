"""A past day as it was, and as it was known then: one switch on every page, and the same answers as were given then."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from roadmap.editing.entries import change_entry, remove_entry
from roadmap.editing.milestones import change_milestone, complete_milestone, reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.models import KeptSums, Milestone
from roadmap.models.history import SYSTEM
from roadmap.progress.as_known import plan_known_at
from tests import factories as make
from tests.web.pages import pages
from tests.web.rows import Frame, make_frame, make_milestone

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

ENTERED, THEN, SINCE = (datetime(2026, month, 10, 4, tzinfo=UTC) for month in (7, 8, 9))
DAY = "2026-08-10"
PAGES = pages({"roadmap": "smart", "milestone": "first", "initiative": "review", "organisation": "gacc"})
OF_TWO_DAYS = {"changes"}
API = (
    "roadmaps/smart/progress/?",
    "roadmaps/smart/roll-up/?by=phase,organisation&",
    "roadmaps/smart/series/?",
    "roadmaps/smart/explain/?phase=basic&",
    "milestones/?",
    "milestones/?is_late=true&",
)


@pytest.fixture
def frame() -> Frame:
    """As it stood on ``THEN``, and then told of otherwise, also of days before."""
    with time_machine.travel(ENTERED, tick=False):
        frame = make_frame()
        first = make_milestone(frame, code="first", title_en="As it was called", due_on=date(2026, 8, 1))
        make.make_deliverable(first, done_on=None)
        make_milestone(frame, code="second", title_en="Removed since", due_on=date(2026, 12, 31))
    with time_machine.travel(THEN, tick=False):
        record_progress(first, by=SYSTEM, now=THEN, percent_complete=40, reported_on=date(2026, 8, 3))
    return frame


def happen(frame: Frame) -> None:
    """What is told only later."""
    with time_machine.travel(SINCE, tick=False):
        first, second = Milestone.objects.get(code="first"), Milestone.objects.get(code="second")
        first = change_milestone(first, by=SYSTEM, now=SINCE, title_en="Renamed since", weight=5)
        record_progress(first, by=SYSTEM, now=SINCE, percent_complete=70, reported_on=date(2026, 8, 5))
        first.refresh_from_db()
        reschedule_milestone(first, by=SYSTEM, now=SINCE, due_on=date(2026, 12, 1), reason="Later")
        remove_entry(second, by=SYSTEM, reason="Never meant")
        third = make_milestone(frame, code="third", title_en="Added since", due_on=date(2026, 7, 20))
        complete_milestone(third, by=SYSTEM, now=SINCE, completed_on=date(2026, 7, 20))
        change_entry(frame.phase, by=SYSTEM, gate_on=date(2027, 1, 31))


def test_the_api_answers_as_it_answered_on_that_day(frame: Frame, client: Client) -> None:
    with time_machine.travel(THEN, tick=False):
        before = {address: client.get(f"/api/v1/{address}as_of={DAY}").json() for address in API}
    happen(frame)
    for address, then in before.items():
        known, happened, as_ever = (
            client.get(f"/api/v1/{address}as_of={DAY}{basis}").json()
            for basis in ("&basis=known", "&basis=happened", "")
        )
        assert known == then, address
        assert happened == as_ever != then, address


def test_the_api_shows_one_entry_as_it_was_known_and_none_that_was_not_there(frame: Frame, client: Client) -> None:
    with time_machine.travel(THEN, tick=False):
        then = {
            code: client.get(f"/api/v1/milestones/{pk}/?as_of={DAY}").json()
            for code, pk in Milestone.objects.values_list("code", "pk")
        }
    happen(frame)
    for code, before in then.items():
        assert client.get(f"/api/v1/milestones/{before['id']}/?as_of={DAY}&basis=known").json() == before, code
    third = Milestone.objects.get(code="third")
    assert client.get(f"/api/v1/milestones/{third.pk}/?as_of={DAY}&basis=known").status_code == 404
    assert client.get(f"/api/v1/milestones/{third.pk}/?as_of={DAY}").status_code == 200
    table = client.get(
        f"/api/v1/milestones/?as_of={DAY}&basis=known", headers={"Accept": "text/csv", "Accept-Language": "en"}
    ).content.decode()
    assert ("As it was called" in table, "Renamed since" in table) == (True, False)
    refused = client.get(f"/api/v1/milestones/?as_of={DAY}&basis=other").json()
    assert refused["errors"][0]["parameter"] == "basis"


def test_every_page_has_both_and_keeps_the_choice(frame: Frame, english: Client) -> None:
    happen(frame)
    for name, address in PAGES.items():
        answers = [english.get(address, {"as_of": DAY, "basis": basis}) for basis in ("known", "happened")]
        assert [answer.status_code for answer in answers] == [200, 200], name
        if answers[0]["Content-Type"].startswith("text/html"):
            known, happened = (answer.content.decode() for answer in answers)
            assert_choice_is_shown(name, known, happened)


def assert_choice_is_shown(name: str, known: str, happened: str) -> None:
    """Each of the two pages says which of the two days it shows, and hands the choice on."""
    assert "You see what was known at the end of <strong>10 August 2026</strong>" in known, name
    assert "You see the state on <strong>10 August 2026</strong>" in happened, name
    if name not in OF_TWO_DAYS:
        assert '<option value="known" selected>' in known, name
        assert '<option value="happened" selected>' in happened, name
        assert [text in known for text in ("Renamed since", "Added since")] == [False, False], name
    assert f"as_of={DAY}&amp;basis=known" in known, name
    assert "basis=known" not in happened, name


def test_page_of_what_was_removed_since_shows_it(frame: Frame, english: Client) -> None:
    happen(frame)
    address = reverse("web:milestone", args=["second"])
    known, happened = (english.get(address, {"as_of": DAY, "basis": one}) for one in ("known", "happened"))
    assert (known.status_code, happened.status_code) == (200, 404)
    assert "Removed since" in known.content.decode()


def test_page_names_what_can_be_asked_for(frame: Frame, english: Client) -> None:
    html = english.get("/", {"as_of": DAY, "basis": "other"}).content.decode()
    assert "“other” is neither “happened” nor “known”; the page shows what happened." in html


@pytest.mark.both_databases("roadmap.progress.as_known")
def test_nothing_of_then_is_left_once_the_page_is_made(frame: Frame, english: Client) -> None:
    happen(frame)
    for end in (None, LookupError):
        try:
            with plan_known_at(THEN):
                assert set(Milestone.objects.values_list("code", flat=True)) == {"first", "second"}
                Milestone.objects.update(title_en="Written then")
                if end:
                    raise end
        except LookupError:
            pass
        assert set(Milestone.objects.values_list("code", "title_en")) == {
            ("first", "Renamed since"),
            ("third", "Added since"),
        }
    assert not KeptSums.objects.exists()
