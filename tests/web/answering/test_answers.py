"""The page behind a reminder's link: looking changes nothing; each answer is recorded once, as the person's."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from roadmap.models import Acknowledgement, Answer, Evidence, Milestone, Person, ProgressUpdate, Snooze
from roadmap.vocabulary import Door, Rag
from tests import factories as make
from tests.web.answering.conftest import Link, link_for

pytestmark = pytest.mark.django_db
KEY = "k" * 24
NOW = datetime(2026, 10, 1, 4, tzinfo=UTC)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but the sessions'."""
    found = {}
    with connection.cursor() as cursor:
        for name in {one._meta.db_table for one in apps.get_models()} - {Session._meta.db_table}:
            cursor.execute(f"SELECT * FROM {name}")  # noqa: S608 (a table of ours)
            found[name] = cursor.fetchall()
    return found


def sent(client: Client, link: Link, act: str, *, key: str = KEY, **values: object) -> str:
    """Send the form; where it leads."""
    response = client.post(link.address, {"act": act, "form_key": key, **values})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def words(client: Client, address: str) -> str:
    content = client.get(address).content.decode()
    main = re.sub(r"(?s).*<main[^>]*>|</main>.*", "", content)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.parametrize("act", ["", "track", "done", "forecast", "noted", "snooze", "nonsense", "end"])
def test_looking_changes_nothing(client: Client, link: Link, act: str) -> None:
    before = everything()
    for method in (client.get, client.head, client.options):
        method(f"{link.address}?act={act}&days=1&percent=100&form_key={KEY}")
    client.get(f"{link.address}end/")
    assert everything() == before
    assert set(client.cookies) == {"csrftoken"}


def test_page_tells_the_milestones_short_story_and_who_asks(client: Client, link: Link) -> None:
    said = words(client, link.address)
    for fact in (
        "Algorithm accepted",
        "Smart Customs asks you, 李文静, as the owner of this milestone.",
        "30 days left",
        "Saturday, 31 October 2026",
        "40%",
        "1 September 2026",
        "Two figures to check",
    ):
        assert fact in said


@pytest.mark.parametrize(
    ("act", "button"),
    [
        ("track", "Report: on track"),
        ("done", "Report done"),
        ("forecast", "Report the forecast date"),
        ("noted", "Acknowledge"),
        ("snooze", "Snooze until this day"),
        ("nonsense", "Report: on track"),
    ],
)
def test_address_chooses_the_answer(client: Client, link: Link, act: str, button: str) -> None:
    page = client.get(f"{link.address}?act={act}").content.decode()
    assert re.findall(r"<button(?: class=\"quiet\")?>([^<]+)</button>", page)[0] == button


def test_page_is_kept_by_nobody_listed_nowhere_and_names_itself_to_no_other_site(client: Client, link: Link) -> None:
    response = client.get(link.address)
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "Disallow: /answer/" in client.get("/robots.txt").content.decode()


def test_page_speaks_the_persons_language_unless_the_reader_chose_another(client: Client, link: Link) -> None:
    assert client.get(link.address)["Content-Language"] == "en"
    Person.objects.update(language="zh-hans")
    assert "Your answer" not in words(client, link.address)
    client.cookies["django_language"] = "en"
    assert "Your answer" in words(client, link.address)


def test_page_works_where_reading_is_not_public(client: Client, link: Link, settings: Any) -> None:
    settings.PUBLIC_READING = False
    assert client.get(link.address).status_code == 200


def test_on_track_is_one_click_on_the_page(client: Client, link: Link) -> None:
    leads_to = sent(client, link, "track")
    given = Acknowledgement.objects.get()
    assert (given.milestone, given.person, given.door) == (link.milestone, link.person, Door.MAIL)
    assert given.history.get().history_user == link.person
    assert "Recorded: On track Algorithm accepted" in words(client, leads_to)
    assert "You acknowledged the reminder on 1 October 2026, 12:00." in words(client, link.address)
    report = ProgressUpdate.objects.latest("pk")
    assert (report.percent_complete, report.confidence, report.reported_by) == (40, Rag.GREEN, link.person)


def test_taking_note_is_one_click_and_no_report(client: Client, link: Link) -> None:
    leads_to = sent(client, link, "noted")
    assert (Acknowledgement.objects.get().person, ProgressUpdate.objects.count()) == (link.person, 1)
    assert "Recorded: Acknowledge Algorithm accepted" in words(client, leads_to)
    assert "The reminder isn't escalated further." in words(client, leads_to).replace("&#x27;", "'")


def test_what_is_overdue_is_not_called_on_track(client: Client, link: Link) -> None:
    Milestone.objects.update(due_on=date(2026, 9, 15), planned_start_on=date(2026, 1, 1))
    late = link_for(Milestone.objects.get(), link.person)
    shown = [(one.kind, one.label) for one in client.get(late.address).context["page"].acts]
    assert shown == [
        ("track", "In progress"),
        ("done", "Done"),
        ("forecast", "Report a forecast"),
        ("snooze", "Snooze"),
    ]
    sent(client, late, "track")
    assert (Acknowledgement.objects.count(), ProgressUpdate.objects.count()) == (1, 1)


def test_on_track_with_percentage_and_note_is_a_report(client: Client, link: Link) -> None:
    leads_to = sent(client, link, "track", percent="55", note="One figure left")
    update = ProgressUpdate.objects.latest("pk")
    assert (update.percent_complete, update.narrative_en, update.reported_by, update.door) == (
        55,
        "One figure left",
        link.person,
        Door.MAIL,
    )
    assert "Progress 55% Note One figure left" in words(client, leads_to)


def test_done_by_the_owner_waits_for_a_lead(client: Client, link: Link) -> None:
    leads_to = sent(
        client, link, "done", completed_on="2026-09-30", note="Accepted", evidence_url="https://example.org/a"
    )
    assert (ProgressUpdate.objects.latest("pk").percent_complete, Evidence.objects.get().url) == (
        100,
        "https://example.org/a",
    )
    said = words(client, leads_to)
    assert "Completed on 30 September 2026 Note Accepted Evidence https://example.org/a" in said
    assert "A lead or the programme office now completes the milestone" in said


def test_done_by_the_office_completes_and_the_confirmation_stays(client: Client, link: Link) -> None:
    office = make.make_office_person(language="en")
    mine = link_for(link.milestone, office)
    leads_to = sent(client, mine, "done", completed_on="2026-09-30")
    assert Milestone.objects.get().completed_on == date(2026, 9, 30)
    assert "Completed on 30 September 2026" in words(client, leads_to)
    assert sent(client, mine, "done", completed_on="2026-09-30") == leads_to  # the second of two clicks
    again = client.get(mine.address)
    assert (again.status_code, leads_to in again.content.decode()) == (410, True)


def test_new_date_is_a_report_and_moves_nothing(client: Client, link: Link) -> None:
    leads_to = sent(client, link, "forecast", forecast_on="2026-12-01", why="Interface late")
    update = ProgressUpdate.objects.latest("pk")
    assert (update.forecast_on, update.narrative_en, update.percent_complete, update.confidence) == (
        date(2026, 12, 1),
        "Interface late",
        40,
        Rag.AMBER,
    )
    assert Milestone.objects.get().due_on == date(2026, 10, 31)
    assert "Forecast date 1 December 2026" in words(client, leads_to)
    assert "The due date stays" in words(client, leads_to)


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({"days": "1"}, date(2026, 10, 2)),
        ({"days": "3", "until": ""}, date(2026, 10, 4)),
        ({"days": "7"}, date(2026, 10, 8)),
        ({"until": "2026-10-31"}, date(2026, 10, 31)),
    ],
)
def test_snooze_by_days_or_until_a_day(client: Client, link: Link, values: dict[str, str], until: date) -> None:
    leads_to = sent(client, link, "snooze", **values)
    kept = Snooze.objects.get()
    assert (kept.person, kept.until) == (link.person, until)
    assert f"No reminders until {until.day} October 2026" in words(client, leads_to)


@pytest.mark.parametrize(
    ("act", "values", "fields"),
    [
        ("track", {"percent": "101"}, {"percent"}),
        ("track", {"percent": "NaN"}, {"percent"}),
        ("track", {"note": "x" * 2001}, {"note"}),
        ("done", {"completed_on": ""}, {"completed_on"}),
        ("done", {"completed_on": "2026-10-02"}, {"completed_on"}),
        ("done", {"completed_on": "0001-01-01"}, {"completed_on"}),
        ("done", {"completed_on": "2026-10-01", "evidence_url": "javascript:alert(1)"}, {"evidence_url"}),
        ("forecast", {"forecast_on": "2026-12-01"}, {"why"}),
        ("forecast", {"forecast_on": "2026-09-30", "why": "x"}, {"forecast_on"}),
        ("forecast", {"forecast_on": "2100-01-01", "why": "x"}, {"forecast_on"}),
        ("snooze", {}, {"until"}),
        ("snooze", {"days": "2"}, {"days"}),
        ("snooze", {"until": "2026-10-01"}, {"until"}),
        ("snooze", {"until": "2026-11-01"}, {"until"}),
        ("track", {"form_key": ""}, {"form_key"}),
        ("track", {"form_key": "short"}, {"form_key"}),
        ("nonsense", {}, {"__all__"}),
    ],
)
def test_what_can_not_be_accepted_is_named_and_nothing_recorded(
    client: Client, link: Link, act: str, values: dict[str, str], fields: set[str]
) -> None:
    before = everything()
    response = client.post(link.address, {"act": act, "form_key": KEY, **values})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == fields
    assert 'role="alert"' in response.content.decode()
    assert everything() == before


def test_form_sent_twice_is_recorded_once(client: Client, link: Link) -> None:
    first = sent(client, link, "track", percent="55")
    assert sent(client, link, "track", percent="55") == first
    assert (Answer.objects.count(), ProgressUpdate.objects.count()) == (1, 2)


def test_each_page_brings_a_key_of_its_own(client: Client, link: Link) -> None:
    keys = {client.get(link.address).context["form"]["form_key"].value() for _ in range(3)}
    assert len(keys) == 3


def test_form_needs_its_token(strict_client: Client, link: Link) -> None:
    refused = strict_client.post(link.address, {"act": "track", "form_key": KEY})
    assert (refused.status_code, Acknowledgement.objects.count()) == (403, 0)
    page = strict_client.get(link.address).content.decode()
    (token, *_rest) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    accepted = strict_client.post(link.address, {"act": "track", "form_key": KEY, "csrfmiddlewaretoken": token})
    assert (accepted.status_code, Acknowledgement.objects.count()) == (302, 1)


def test_acknowledgement_and_snooze_can_be_taken_back_from_the_confirmation(client: Client, link: Link) -> None:
    for act, values in (("noted", {}), ("snooze", {"days": "3"})):
        leads_to = sent(client, link, act, key=f"{act:x<24}", **values)
        assert "Withdraw it" in words(client, leads_to)
        assert client.post(leads_to)["Location"] == leads_to
        assert "Withdrawn" in words(client, leads_to)
    assert (Acknowledgement.objects.count(), Snooze.objects.count()) == (0, 0)


def test_report_can_not_be_taken_back(client: Client, link: Link) -> None:
    leads_to = sent(client, link, "track", percent="55")
    assert "Withdraw it" not in words(client, leads_to)
    assert client.post(leads_to).status_code == 422
    assert ProgressUpdate.objects.count() == 2


def test_links_can_be_ended_from_the_page(client: Client, link: Link) -> None:
    response = client.post(f"{link.address}end/")
    assert (response.status_code, Person.objects.get(pk=link.person.pk).answer_links_generation) == (200, 1)
    assert client.get(link.address).status_code == 410
    record = link.person.history.first()
    assert (record.history_user, record.door) == (link.person, Door.MAIL)


def test_who_may_only_acknowledge_is_offered_just_that(client: Client, link: Link) -> None:
    lead = make.make_person(role="observer", language="en")
    unit = link.milestone.organisation
    assert unit is not None
    unit.lead = lead
    unit.save()
    mine = link_for(link.milestone, lead)
    page = client.get(mine.address)
    assert [one.kind for one in page.context["page"].acts] == ["noted", "snooze"]
    assert list(page.context["form"].fields) == ["form_key"]
    refused = client.post(mine.address, {"act": "done", "form_key": KEY, "completed_on": "2026-10-01"})
    assert (refused.status_code, ProgressUpdate.objects.count()) == (422, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_page_and_confirmation_cost_a_fixed_number_of_queries(
    client: Client, link: Link, number: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for index in range(number):
        make.make_update(link.milestone, 10 + index, date(2026, 9, 2))
        sent(client, link, "done", key=f"{index:024}", completed_on="2026-10-01", evidence_url="https://example.org/")
    with django_assert_num_queries(8):
        client.get(link.address)
    with django_assert_num_queries(5):
        client.get(f"{link.address}{Answer.objects.latest('pk').pk}/")
