"""Links that lead no further: each says why and what to do, with the right status, and records nothing."""

from datetime import date, timedelta

import pytest
from django.test import Client

from roadmap.editing.milestones import cancel_milestone, complete_milestone, reopen_milestone, reschedule_milestone
from roadmap.models import Acknowledgement, Milestone, Person
from roadmap.models.history import SYSTEM
from roadmap.outbox.answer_links import answer_token
from tests import factories as make
from tests.web.answering.conftest import ISSUED, Link, link_for
from tests.web.answering.test_answers import KEY, NOW, words

pytestmark = pytest.mark.django_db


def spoil(why: str, link: Link, client: Client) -> str:
    """Make it so that the link leads no further; its address."""
    person, milestone = Person.objects.filter(pk=link.person.pk), Milestone.objects.filter(pk=link.milestone.pk)
    match why:
        case "forged":
            return link.address.replace(".", "AA.")[:-3] + "/"
        case "cut":
            return link.address[:40] + "/"
        case "milestone gone":
            milestone.delete()
        case "account closed":
            person.update(is_active=False)
        case "address changed":
            person.update(email="new@example.org")
        case "password changed":
            person.update(password="new")
        case "expired":
            return link_for(link.milestone, link.person, issued_on=date(2026, 8, 1)).address
        case "handed on":
            milestone.update(owner=None)
            person.update(organisation=None)
        case "moved":
            reschedule_milestone(link.milestone, by=SYSTEM, now=NOW, due_on=date(2027, 1, 1), reason="Later")
        case "done":
            complete_milestone(link.milestone, by=SYSTEM, now=NOW)
        case "cancelled":
            cancel_milestone(link.milestone, by=SYSTEM, now=NOW, reason="Given up")
        case "foreign":
            client.force_login(make.make_person())
    return link.address


REFUSALS = {
    "forged": (404, "This link doesn't work"),
    "cut": (404, "This link doesn't work"),
    "milestone gone": (404, "This link doesn't work"),
    "account closed": (410, "This account is closed"),
    "address changed": (410, "This link was ended"),
    "password changed": (410, "This link was ended"),
    "expired": (410, "This link has expired"),
    "handed on": (410, "You are no longer responsible for this milestone"),
    "moved": (410, "The due date has been moved"),
    "done": (410, "This milestone is done already"),
    "cancelled": (410, "This milestone was cancelled"),
    "foreign": (403, "This link is somebody else's"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_link_that_leads_no_further_says_why_and_records_nothing(english: Client, link: Link, why: str) -> None:
    status, title = REFUSALS[why]
    address = spoil(why, link, english)
    page = english.get(address)
    assert page.status_code == status
    assert f"<h1>{title.replace(chr(39), '&#x27;')}</h1>" in page.content.decode()
    assert (page["X-Robots-Tag"], page["Cache-Control"].split(", ")[1:3]) == (
        "noindex, nofollow",
        ["no-cache", "no-store"],
    )
    for act, values in (("track", {}), ("snooze", {"days": "1"}), ("done", {"completed_on": "2026-10-01"})):
        assert english.post(address, {"act": act, "form_key": KEY, **values}).status_code == status
    if why not in ("done", "moved", "cancelled", "handed on"):
        assert english.post(f"{address}end/").status_code == status
        assert Person.objects.filter(answer_links_generation=1).count() == 0
    assert Acknowledgement.objects.count() == 0


def test_link_of_another_person_opens_nothing_of_mine(english: Client, link: Link) -> None:
    other = make.make_office_person(language="en")
    leads_to = english.post(link.address, {"act": "track", "form_key": KEY})["Location"]
    theirs = leads_to.replace(link.address, link_for(link.milestone, other).address)
    assert (english.get(leads_to).status_code, english.get(theirs).status_code) == (200, 404)
    elsewhere = leads_to.replace(link.address, link_for(make.make_milestone(owner=link.person), link.person).address)
    assert english.get(elsewhere).status_code == 404


def test_owner_who_is_signed_in_may_use_the_own_link(english: Client, link: Link) -> None:
    english.force_login(link.person)
    assert english.get(link.address).status_code == 200


def test_link_holds_again_once_the_due_date_is_back_and_the_milestone_open(english: Client, link: Link) -> None:
    reschedule_milestone(link.milestone, by=SYSTEM, now=NOW, due_on=date(2027, 1, 1), reason="Later")
    reschedule_milestone(link.milestone, by=SYSTEM, now=NOW, due_on=date(2026, 10, 31), reason="After all")
    done = complete_milestone(link.milestone, by=SYSTEM, now=NOW)
    reopen_milestone(done, by=SYSTEM, now=NOW, reason="Not accepted")
    assert english.get(link.address).status_code == 200


def test_expiry_is_counted_from_the_mails_day(english: Client, link: Link, settings: object) -> None:
    settings.ANSWER_LINK_DAYS = 3  # type: ignore[attr-defined]
    today = date(2026, 10, 1)
    statuses = [
        english.get(link_for(link.milestone, link.person, issued_on=today - timedelta(days=days)).address).status_code
        for days in (2, 3, 4)
    ]
    assert statuses == [200, 200, 410]


def test_too_many_requests_are_told_to_wait_each_person_and_address_apart(
    english: Client, link: Link, settings: object
) -> None:
    settings.ANSWER_REQUESTS_PER_MINUTE = 3  # type: ignore[attr-defined]
    other = link_for(link.milestone, make.make_office_person(language="en"))
    assert [english.get(link.address).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [english.get("/answer/none/").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert english.get(other.address).status_code == 200
    refused = english.post(link.address, {"act": "track", "form_key": KEY})
    assert (refused.status_code, refused["Retry-After"], Acknowledgement.objects.count()) == (429, "60", 0)
    settings.ANSWER_REQUESTS_PER_MINUTE = 0  # type: ignore[attr-defined]
    assert "Your answer" in words(english, link.address)


def test_token_of_another_purpose_is_not_believed(english: Client, link: Link) -> None:
    from django.core.signing import Signer

    said = answer_token(link.milestone, link.person, issued_on=ISSUED).partition(".")[0]
    assert english.get(f"/answer/{Signer(salt='roadmap.leaving', sep='.').sign(said)}/").status_code == 404
