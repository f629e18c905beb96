"""Each form behind a secret link, or that makes one, in a real browser: its origin is told, so that it is accepted."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap.digests.subscriptions import subscribe
from roadmap.editing.invitations import invite_person, link_token
from roadmap.models import DigestSubscription, FeedAddress, Person
from roadmap.models.history import Actor
from roadmap.outbox.leaving import Leaving
from roadmap.vocabulary import Door, MessageKind, Role
from tests import factories as make
from tests.journeys.conftest import PASSWORD
from tests.servers.authenticator import code_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    """A page in English, of a site that knows its address."""
    settings.SITE_URL = live_server.url
    context = browser.new_context(locale="en-GB", base_url=live_server.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def signed_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.locator("form.sign-in button").click()
    page.wait_for_url(re.compile(r"/$"))


def test_an_invitation_is_accepted_and_its_person_signs_in(page: Page, office: Person) -> None:
    fields = {"full_name": "Lin", "email": "lin@example.org", "role": Role.LEAD, "language": "en"}
    made = invite_person(
        by=Actor(office, Door.ADMIN), now=timezone.now(), organisation=make.make_organisation(), **fields
    )
    page.goto(f"/invitation/{link_token(made)}/")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, again").fill(PASSWORD)
    page.get_by_role("button", name="Set my password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your password is set")
    made.refresh_from_db()
    assert made.used_at is not None
    make.make_milestone()
    signed_in(page, "lin@example.org", PASSWORD)


def test_a_digest_is_left_and_taken_again(page: Page) -> None:
    person = make.make_person(language="en")
    digest = subscribe(person, make.make_roadmap(), by=Actor(person, Door.WEB), now=timezone.now())
    page.goto(f"/unsubscribe/{Leaving(MessageKind.DIGEST, digest.pk).token}/")
    for is_active in (False, True):
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        assert DigestSubscription.objects.get().is_active == is_active


def test_a_second_factor_and_a_feed_address_are_made(page: Page, office: Person) -> None:
    Person.objects.update(language="en")
    make.make_milestone()
    signed_in(page, "office", PASSWORD)
    answer = page.goto("/second-factor/app/")
    assert answer is not None
    assert answer.headers["referrer-policy"] == "same-origin"
    page.fill("form.sign-in [name=code]", code_of(page.inner_text(".secret")))
    page.locator("form.sign-in button").click()
    expect(page.locator(".codes code").first).to_be_visible()
    page.goto("/subscribe/")
    page.locator('form[action*="/subscribe/address/"] button').first.click()
    page.wait_for_load_state()
    assert FeedAddress.objects.get().person == office


@pytest.mark.parametrize(
    "path",
    [
        "/invitation/x/",
        *(
            pytest.param(path, marks=pytest.mark.everything)
            for path in ("/answer/x/", "/unsubscribe/x/", "/sign-in/", "/")
        ),
    ],
)
def test_no_page_hides_its_origin_from_itself(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.headers["referrer-policy"] == "same-origin"
    assert page.locator("meta[name=referrer]").count() == 0
