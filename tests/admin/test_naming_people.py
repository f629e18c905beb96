"""Whom somebody may not know they can't name either: an id of another branch is refused in the words of an id of
nobody, so that no answer tells that the person is there."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from roadmap.editing.tokens import make_token
from roadmap.models import Leave, Milestone, Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Language, Role
from tests import factories as make
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
NOBODY = 999_999


@pytest.fixture
def milestone() -> Milestone:
    return make.make_milestone(organisation=make.make_organisation(code="own"))


@pytest.fixture
def lead(milestone: Milestone) -> Person:
    return make.make_person(
        role=Role.LEAD, organisation=milestone.organisation, is_staff=True, language=Language.ENGLISH
    )


@pytest.fixture
def stranger() -> Person:
    """Of another tree."""
    return make.make_person(organisation=make.make_organisation(code="other"), username="far.away")


def calls(person: Person) -> Caller:
    return Caller(Client(), make_token(person, by=SYSTEM, now=NOW, name="t")[1])


def browses(person: Person) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(person)
    return browser


DAYS = {"from_on": "2027-02-01", "until_on": "2027-02-05"}


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("PATCH", "milestones/{}/", {}, "owner"),
        ("POST", "milestones/{}/reassign/", {}, "owner"),
        ("POST", "leave/", DAYS, "deputy"),
        ("POST", "leave/", {**DAYS, "deputy": "colleague"}, "person"),
        ("POST", "tokens/", {"name": "t", "scopes": ["read"]}, "person"),
        ("POST", "digest-subscriptions/", {"roadmap": "smart"}, "person"),
    ],
)
def test_the_api_says_the_same_of_a_stranger_and_of_nobody(milestone, lead, stranger, method, path, body, name):
    make.make_person(organisation=milestone.organisation, username="colleague")
    type(milestone.initiative.roadmap).objects.update(code="smart")
    caller, told = calls(lead), []
    named = (
        [stranger.pk, NOBODY] if path.startswith(("tokens", "digest")) else [stranger.pk, "far.away", NOBODY, "none"]
    )
    for who in named:
        answer = caller(method, path.format(milestone.pk), {**body, name: who}, If_Match="*")
        told.append((answer.status_code, answer.json().get("errors"), answer.json().get("detail")))
    assert (told[0][0], told) == (told[0][0], [told[0]] * len(named))
    assert told[0][0] >= 400
    assert (Milestone.objects.get().owner, Leave.objects.count()) == (None, 0)


def test_who_has_it_already_can_be_named(milestone, lead, stranger):
    """A client that sends back what it read."""
    Milestone.objects.update(owner=stranger)
    answer = calls(lead).patch(f"milestones/{milestone.pk}/", {"owner": stranger.pk, "title_en": "New"}, If_Match="*")
    assert (answer.status_code, answer.json().get("errors"), Milestone.objects.get().title_en) == (200, None, "New")


@pytest.mark.parametrize(
    ("address", "values", "name"),
    [
        ("/admin/roadmap/milestone/act/reassign/?ids={}", {"reason": "r"}, "owner"),
        ("/admin/roadmap/leave/add/", DAYS, "deputy"),
        ("/admin/roadmap/leave/add/", DAYS, "person"),
        ("/admin/roadmap/watch/add/", {}, "person"),
        ("/admin/roadmap/apitoken/add/", {"name": "t", "scopes": ["read"]}, "person"),
        ("/admin/roadmap/milestone/{}/change/", {}, "owner"),
    ],
)
def test_the_administration_says_the_same_of_a_stranger_and_of_nobody(
    milestone, lead, stranger, filled, address, values, name
):
    browser, told = browses(lead), []
    colleague = make.make_person(organisation=milestone.organisation)
    page = address.format(milestone.pk)
    for who in (stranger.pk, NOBODY, colleague.pk):
        sent = {**filled(browser.get(page)), **values, name: who}
        answer = browser.post(page, sent, follow=True).content.decode()
        told.append("Select a valid choice. That choice is not one of the available choices." in answer)
    assert told == [True, True, False]


def test_who_owns_it_already_stays_when_the_form_is_saved(milestone, lead, stranger, filled):
    Milestone.objects.update(owner=stranger)
    browser, page = browses(lead), f"/admin/roadmap/milestone/{milestone.pk}/change/"
    browser.post(page, {**filled(browser.get(page)), "title_en": "New"})
    assert Milestone.objects.values_list("owner", "title_en").get() == (stranger.pk, "New")
