"""Signing in, a forgotten password, a change of it, a lock and its end, in a real browser; nothing for axe to find."""

import re
from datetime import timedelta

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.tokens import make_token
from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.outbox.deliver import deliver_pending
from roadmap.vocabulary import Door
from tests import factories as make
from tests.journeys.conftest import PASSWORD
from tests.servers.smtp import Sink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "another one, and long"
WAYS = [("en", 1280), ("zh-hans", 375)]


@pytest.fixture
def lin() -> Person:
    """An observer with an address, in a site with something to read."""
    make.make_milestone()
    person = make.make_person(username="lin", full_name="林岚", email="lin@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def opened(browser: Browser, live_server: LiveServer, settings: Settings, language: str, width: int) -> Page:
    """A window of that width in that language, on a site that knows its address."""
    settings.SITE_URL = live_server.url
    context = browser.new_context(
        viewport={"width": width, "height": 800}, base_url=live_server.url, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    return context.new_page()


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    send(page, username=name, password=password)


def send(page: Page, **fields: str) -> None:
    """Fill in the page's form, and send it."""
    for name, value in fields.items():
        page.fill(f"form.sign-in [name={name}]", value)
    with page.expect_navigation():
        page.click("form.sign-in button")


def from_header(page: Page, place: str) -> None:
    """Click what is in the head of the page, on a phone in its menu."""
    menu = page.locator(".open-menu")
    if menu.is_visible():
        menu.click()
    page.click(f"header {place}")


def sound(page: Page) -> bool:
    """Nothing is found by axe, and nothing sticks out."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def link_in(sink: Sink, pattern: str) -> str:
    """The path of the link in the last mail."""
    deliver_pending(clock=clock.now)
    return re.findall(pattern, sink.messages[-1].get_body(("plain",)).get_content())[-1]


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_forgotten_password_is_set_anew_by_mail(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    smtp_sink: Sink,
    lin: Person,
    language: str,
    width: int,
) -> None:
    Person.objects.filter(pk=lin.pk).update(language=language)
    page = opened(browser, live_server, settings, language, width)
    page.goto("/sign-in/")
    assert sound(page)
    page.click("main a[href='/password/forgotten/']")
    assert sound(page)
    send(page, email="lin@example.org")
    page.wait_for_url("**/password/forgotten/asked/")
    assert sound(page)
    link = link_in(smtp_sink, r"/password-reset/\S+")
    page.goto(link)
    assert (link in page.url, sound(page)) == (False, True)  # the secret leaves the address
    send(page, password1="short", password2="short")
    expect(page.locator(".fault").first).to_be_visible()
    assert sound(page)
    send(page, password1=NEW, password2=NEW)
    page.wait_for_url("**/password/forgotten/done/")
    sign_in(page, "lin", NEW)
    page.wait_for_url(f"{live_server.url}/")
    page.goto(link)
    expect(page.locator("main a[href='/password/forgotten/']")).to_be_visible()
    assert sound(page)
    deliver_pending(clock=clock.now)
    told = {"en": "Your password was changed", "zh-hans": "您的密码已更改"}
    assert smtp_sink.messages[-1]["Subject"] == told[language]


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_an_observer_changes_their_password(
    browser: Browser, live_server: LiveServer, settings: Settings, lin: Person, language: str, width: int
) -> None:
    page = opened(browser, live_server, settings, language, width)
    sign_in(page, "lin", PASSWORD)
    from_header(page, "a[href='/account/']")
    assert sound(page)
    page.click("main a[href='/password/']")
    assert sound(page)
    send(page, oldpassword="not this one", password1=NEW, password2=NEW)
    expect(page.locator(".fault")).to_have_text("密码错误。" if language == "zh-hans" else "This password is wrong.")
    send(page, oldpassword=PASSWORD, password1="12345", password2="12345")
    assert not re.search(
        r"[a-zA-Z]{3}" if language == "zh-hans" else r"[\u4e00-\u9fff]", page.inner_text("form.sign-in")
    )
    send(page, oldpassword=PASSWORD, password1=NEW, password2=NEW)
    expect(page.locator("[role=status]")).to_be_visible()
    lin.refresh_from_db()
    assert lin.check_password(NEW)


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_lock_tells_its_end_and_ends(
    browser: Browser, live_server: LiveServer, settings: Settings, lin: Person, language: str, width: int
) -> None:
    page = opened(browser, live_server, settings, language, width)
    for _ in range(6):
        sign_in(page, "lin", "a guess")
    told = {"en": "Too many attempts. Try again in 15 minutes.", "zh-hans": "尝试次数过多，请在15分钟后再试。"}
    expect(page.get_by_role("alert")).to_have_text(told[language])
    assert sound(page)
    sign_in(page, "lin", PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=5)):
        sign_in(page, "lin", PASSWORD)
        page.wait_for_url(f"{live_server.url}/")


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_person_signs_out_elsewhere_and_ends_a_token(
    browser: Browser, live_server: LiveServer, settings: Settings, lin: Person, language: str, width: int
) -> None:
    make_token(lin, by=Actor(lin, Door.WEB), now=clock.now(), name="nightly")
    elsewhere, page = (opened(browser, live_server, settings, language, width) for _ in range(2))
    for one in (elsewhere, page):
        sign_in(one, "lin", PASSWORD)
    page.goto("/account/")
    assert sound(page)
    page.click("section[aria-labelledby=h-sessions] li button")
    expect(page.locator("section[aria-labelledby=h-sessions] li")).to_have_count(1)
    page.click("section[aria-labelledby=h-tokens] li button")
    expect(page.locator("section[aria-labelledby=h-tokens] li")).to_have_count(0)
    assert sound(page)
    elsewhere.goto("/account/")
    elsewhere.wait_for_url("**/sign-in/**")


def test_a_session_that_was_left_alone_signs_in_again(
    browser: Browser, live_server: LiveServer, settings: Settings, lin: Person
) -> None:
    settings.SESSION_IDLE_MINUTES = 60
    page = opened(browser, live_server, settings, "en", 1280)
    sign_in(page, "lin", PASSWORD)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        page.goto("/second-factor/")
        page.wait_for_url("**/sign-in/again/**")
        assert sound(page)
        send(page, password=PASSWORD)
        page.wait_for_url("**/second-factor/")
    with time_machine.travel(timezone.now() + timedelta(minutes=81)):
        page.goto("/account/")
        page.wait_for_url("**/sign-in/?next=/account/")
