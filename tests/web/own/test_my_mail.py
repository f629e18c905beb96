"""The page of one's own mail: digests made, changed, paused, ended; nobody else's touched; a look changes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from html import unescape
from re import findall, sub

import pytest
from django.test import Client

from roadmap.digests.planner import plan_due_digests
from roadmap.digests.subscriptions import pause, subscribe, unsubscribe
from roadmap.editing.watching import watch
from roadmap.models import DigestSubscription, Leave, Organisation, OutboxMessage, Person, Watch
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Door, Frequency
from tests import factories as make
from tests.numbers import NUMBERS
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 1, 4, tzinfo=UTC)  # a Thursday, noon in Shanghai
WEEKLY = {"frequency": "weekly", "weekday": "5", "month_day": "1", "send_at": "16:30", "skip_when_empty": "on"}
HERE = "/my-mail/"


@pytest.fixture
def reader(frame: Frame, english: Client) -> Person:
    """Somebody signed in who reads Chinese mail and, here, English pages."""
    person = make.make_person(username="lin", organisation=frame.organisation)
    english.force_login(person)
    return person


def words(client: Client, address: str = HERE) -> str:
    """What the page says."""
    page = client.get(address).content.decode()
    return " ".join(unescape(sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def subscribed(person: Person, frame: Frame, **fields: object) -> DigestSubscription:
    return subscribe(person, frame.roadmap, by=SYSTEM, now=NOW, **fields)


def test_page_asks_to_sign_in_and_is_linked_for_who_did(english: Client, frame: Frame) -> None:
    assert english.get(HERE)["Location"] == "/sign-in/?next=/my-mail/"
    assert english.post("/my-mail/digests/1/stop/")["Location"] == "/sign-in/?next=/my-mail/"
    assert 'href="/my-mail/"' not in english.get("/").content.decode()
    english.force_login(make.make_person())
    assert 'href="/my-mail/"' in english.get("/").content.decode()
    assert "no-store" in english.get(HERE)["Cache-Control"]


def test_digest_is_subscribed_to(english: Client, frame: Frame, reader: Person) -> None:
    assert "You have no digest yet." in words(english)
    chosen = {"pillar": str(frame.initiative.pillar_id), "organisation": str(frame.organisation.pk), "language": "en"}
    given = {**WEEKLY, **chosen, "time_zone": "Asia/Urumqi", "only_mine": "on"}
    answer = english.post("/my-mail/digests/new/?roadmap=smart", given)
    made = DigestSubscription.objects.get()
    assert answer["Location"] == f"/my-mail/#digest-{made.pk}"
    assert (made.person, made.roadmap, made.frequency, made.weekday, made.send_at) == (
        *(reader, frame.roadmap, Frequency.WEEKLY, 5, time(16, 30)),
    )
    assert (made.pillar, made.organisation, made.phase, made.only_mine) == (
        *(frame.initiative.pillar, frame.organisation, None, True),
    )
    assert (made.time_zone, made.language, made.skip_when_empty) == ("Asia/Urumqi", "en", True)
    assert made.next_issue_at == datetime(2026, 10, 2, 10, 30, tzinfo=UTC)
    assert (made.history.get().door, made.history.get().history_user) == (Door.WEB, reader)
    page = words(english)
    assert "Weekly digest · Smart Customs Next issue Friday, 2 October 2026 at 16:30 (Asia/Urumqi)" in page
    assert "About Safe · General Administration · only my milestones" in page


def test_first_issue_comes_at_once_where_asked_for(english: Client, frame: Frame, reader: Person) -> None:
    english.post("/my-mail/digests/new/", {**WEEKLY, "first_issue_now": "on"})
    assert DigestSubscription.objects.get().next_issue_at == NOW


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"month_day": "32"}, "Ensure this value is less than or equal to 31."),
        ({"send_at": "25:00"}, "Enter a valid time."),
        ({"time_zone": "Asia/Peking"}, "Select a valid choice."),
        ({"frequency": "hourly"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_followed_is_said_beside_its_field(
    wrong: dict[str, str], said: str, english: Client, frame: Frame, reader: Person
) -> None:
    answer = english.post("/my-mail/digests/new/", {**WEEKLY, **wrong})
    page = answer.content.decode()
    assert (answer.status_code, said in page, "Nothing was saved yet." in page) == (422, True, True)
    assert not DigestSubscription.objects.exists()


def test_parts_of_another_roadmap_are_not_offered(english: Client, frame: Frame, reader: Person) -> None:
    other = make.make_pillar(make.make_roadmap())
    answer = english.post("/my-mail/digests/new/?roadmap=smart", {**WEEKLY, "pillar": str(other.pk)})
    assert (answer.status_code, DigestSubscription.objects.count()) == (422, 0)


def test_digest_is_changed_and_its_form_shows_what_it_is(english: Client, frame: Frame, reader: Person) -> None:
    row = subscribed(reader, frame, frequency="monthly", month_day=15, send_at=time(9), phase=frame.phase)
    here = f"/my-mail/digests/{row.pk}/"
    page = english.get(here).content.decode()
    assert findall(r'<input type="radio"[^>]*value="(\w+)"[^>]*checked', page) == ["monthly"]
    assert f'<option value="{frame.phase.pk}" selected>' in page
    assert english.post(here, {**WEEKLY, "frequency": "daily"})["Location"] == f"/my-mail/#digest-{row.pk}"
    row.refresh_from_db()
    assert (row.frequency, row.send_at, row.phase, row.only_mine) == ("daily", time(16, 30), None, False)
    assert row.next_issue_at == datetime(2026, 10, 1, 8, 30, tzinfo=UTC)


def test_digest_is_paused_comes_again_ends_and_starts_anew(english: Client, frame: Frame, reader: Person) -> None:
    row = subscribed(reader, frame, frequency="daily")
    here = f"/my-mail/digests/{row.pk}/"

    def after(act: str, **given: str) -> tuple[bool, date | None, datetime | None]:
        assert english.post(f"{here}{act}/", given)["Location"] == f"/my-mail/#digest-{row.pk}"
        row.refresh_from_db()
        return row.is_active, row.paused_until, row.next_issue_at

    assert after("pause", until="2026-10-09") == (True, date(2026, 10, 9), datetime(2026, 10, 9, 0, 30, tzinfo=UTC))
    assert "paused Next issue Friday, 9 October 2026" in words(english)
    assert "It is paused until 9 October 2026. Saving resumes it." in words(english, here)
    assert after("start") == (True, None, datetime(2026, 10, 2, 0, 30, tzinfo=UTC))
    assert [after("stop"), after("stop")] == [(False, None, None)] * 2
    assert "ended Next issue none" in words(english)
    assert after("start") == (True, None, datetime(2026, 10, 2, 0, 30, tzinfo=UTC))
    assert row.history.count() == 5


@pytest.mark.parametrize(
    ("until", "said"), [("2026-10-01", "Give a day that lies ahead."), ("soon", "Give a day, such")]
)
def test_pause_that_cannot_be_is_refused_beside_it(
    until: str, said: str, english: Client, frame: Frame, reader: Person
) -> None:
    row = subscribed(reader, frame)
    answer = english.post(f"/my-mail/digests/{row.pk}/pause/", {"until": until})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    row.refresh_from_db()
    assert row.paused_until is None


@pytest.mark.parametrize("act", ["", "next/", "next/html/", "pause/", "stop/", "start/"])
def test_other_peoples_digests_are_not_there(act: str, english: Client, frame: Frame, reader: Person) -> None:
    row = subscribed(make.make_office_person(), frame)
    here = f"/my-mail/digests/{row.pk}/{act}"
    method = english.get if act.startswith("next") else english.post
    assert method(here, {**WEEKLY, "until": "2026-12-31"}).status_code == 404
    assert row.history.count() == 1
    assert "Weekly digest" not in words(english)


@pytest.mark.parametrize("act", ["digests/1/pause/", "digests/1/stop/", "digests/1/start/", "reminders/"])
def test_looking_acts_on_nothing(act: str, english: Client, reader: Person) -> None:
    assert english.get(f"/my-mail/{act}").status_code == 405


def test_next_issue_is_shown_as_it_will_be_and_nothing_is_planned(
    english: Client, frame: Frame, reader: Person
) -> None:
    make_milestone(frame, title_en="Image review everywhere", due_on=date(2026, 10, 20))
    row = subscribed(reader, frame, language="en")
    page = words(english, f"/my-mail/digests/{row.pk}/next/")
    assert "It is sent on Monday, 5 October 2026 at 08:30 (Asia/Shanghai)." in page
    assert "Smart Customs · Weekly digest · week 41 of 2026" in page
    assert "Image review everywhere" in page
    shown = english.get(f"/my-mail/digests/{row.pk}/next/html/")
    assert "Image review everywhere" in shown.content.decode()
    assert (shown["X-Frame-Options"], "sandbox" in shown["Content-Security-Policy"]) == ("SAMEORIGIN", True)
    assert f"/unsubscribe/{row.pk}" not in shown.content.decode()
    assert not OutboxMessage.objects.exists()
    before = row.next_issue_at
    row.refresh_from_db()
    assert (row.next_issue_at, row.history.count()) == (before, 1)
    plan_due_digests(now=row.next_issue_at)
    assert OutboxMessage.objects.get().facts["period"] == "weekly/2026-W41"


def test_next_issue_of_an_ended_and_of_an_empty_digest_is_none(english: Client, frame: Frame, reader: Person) -> None:
    row = subscribed(reader, frame, only_mine=True)
    here = f"/my-mail/digests/{row.pk}/next/"
    assert "It would have nothing to report so far, and would be skipped." in words(english, here)
    unsubscribe(row, by=SYSTEM, now=NOW)
    assert "None is sent: this subscription is ended." in words(english, here)
    assert english.get(f"{here}html/").status_code == 404


def test_next_issue_after_a_pause_comes_when_that_is_over(english: Client, frame: Frame, reader: Person) -> None:
    make_milestone(frame, due_on=date(2026, 10, 20))
    row = subscribed(reader, frame, frequency="daily", language="en")
    pause(row, by=SYSTEM, now=NOW, until=date(2026, 10, 9))
    assert "Daily digest · 9 October 2026" in words(english, f"/my-mail/digests/{row.pk}/next/")


def test_optional_reminders_are_left_and_taken_again(english: Client, frame: Frame, reader: Person) -> None:
    for act, are_wanted in (("leave", False), ("return", True)):
        assert english.post("/my-mail/reminders/", {"act": act})["Location"] == "/my-mail/#reminders"
        reader.refresh_from_db()
        assert reader.optional_reminders is are_wanted


def test_watches_are_listed_and_ended_but_only_ones_own(english: Client, frame: Frame, reader: Person) -> None:
    milestone = make_milestone(frame, title_en="Image review everywhere")
    own = watch(reader, by=SYSTEM, now=NOW, milestone=milestone)
    others = watch(make.make_person(), by=SYSTEM, now=NOW, initiative=frame.initiative)
    assert "Image review everywhere Milestone · since 1 October 2026" in words(english)
    for row in (own, others, own):
        assert english.post(f"/my-mail/watches/{row.pk}/stop/")["Location"] == "/my-mail/#watches"
    assert list(Watch.objects.all()) == [others]


def test_who_has_no_address_is_told_so(english: Client, frame: Frame, reader: Person) -> None:
    Person.objects.update(email="")
    assert "No address is known for you" in words(english)
    assert "/my-mail/digests/new/" not in english.get(HERE).content.decode()


@pytest.mark.parametrize("number", NUMBERS)
def test_page_costs_a_fixed_number_of_queries(
    number: int, english: Client, frame: Frame, reader: Person, django_assert_num_queries: Callable[[int], object]
) -> None:
    part = {"roadmap": frame.roadmap, "pillar": frame.initiative.pillar, "organisation": Organisation.objects.get()}
    DigestSubscription.objects.bulk_create(
        DigestSubscription(person=reader, covered_until=NOW, next_issue_at=NOW, **part) for _ in range(number)
    )
    Watch.objects.bulk_create(Watch(person=reader, milestone=make_milestone(frame), since=NOW) for _ in range(number))
    deputy = make.make_person()
    week = {"from_on": date(2026, 10, 1), "until_on": date(2026, 10, 7)}
    Leave.objects.bulk_create(Leave(person=reader, deputy=deputy, **week) for _ in range(number))
    with django_assert_num_queries(8):  # type: ignore[attr-defined]
        assert english.get(HERE).status_code == 200


def test_a_milestone_is_watched_from_its_page_and_no_longer(english: Client, frame: Frame, reader: Person) -> None:
    """A copy of the page that a browser kept doesn't outlive the click; asked for twice, it is one watch."""
    milestone = make_milestone(frame, code="bulk")
    here, there = "/milestones/bulk/", "/milestones/bulk/watch/"
    page = english.get(here)
    assert 'name="act" value="watch"' in page.content.decode()
    assert [english.post(there, {"act": "watch"})["Location"] for _again in range(2)] == [here, here]
    assert [(one.person, one.milestone) for one in Watch.objects.all()] == [(reader, milestone)]
    again = english.get(here, headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, 'name="act" value="stop"' in again.content.decode()) == (200, True)
    assert english.post(there, {"act": "stop"})["Location"] == here
    assert english.post(there, {"act": "stop"})["Location"] == here
    assert not Watch.objects.exists()


def test_watching_is_offered_to_who_is_signed_in_on_the_page_of_today(
    english: Client, client: Client, frame: Frame, reader: Person
) -> None:
    make_milestone(frame, code="bulk")
    assert "/watch/" not in english.get("/milestones/bulk/?as_of=2026-09-01").content.decode()
    english.logout()
    assert "/watch/" not in english.get("/milestones/bulk/").content.decode()
    assert english.post("/milestones/bulk/watch/")["Location"].startswith("/sign-in/")
    assert english.get("/milestones/bulk/watch/").status_code == 405
