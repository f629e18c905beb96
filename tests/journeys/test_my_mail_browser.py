"""One's own mail in a real browser, without script: subscribed to, looked at, paused; nothing for axe to find."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.watching import watch
from roadmap.models import DigestSubscription, Milestone, Person
from roadmap.models.history import SYSTEM
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def milestone() -> Milestone:
    """Due in twenty days, in a roadmap with two of most things."""
    roadmap = make.make_roadmap(code="smart", title_zh="智慧海关", title_en="Smart Customs")
    make.make_phase(roadmap, title_zh="完整体系", title_en="Complete system", gate_on=date(2029, 12, 31))
    pillar = make.make_pillar(roadmap, title_zh="高效", title_en="Efficient")
    organisation = make.make_organisation(name_zh="上海海关", name_en="Shanghai Customs")
    return make.make_milestone(
        make.make_initiative(pillar, title_zh="智能审图", title_en="Intelligent image review"),
        title_zh="智能审图系统在全部口岸验收",
        title_en="Acceptance of the intelligent image review in all districts",
        due_on=clock.now().date() + timedelta(days=20),
        organisation=organisation,
    )


@pytest.fixture
def reader(milestone: Milestone) -> Person:
    """Somebody with a password, who watches the milestone."""
    person = make.make_person(username="lin", full_name="林岚", organisation=milestone.organisation)
    person.set_password("correct horse battery")
    person.save()
    watch(person, by=SYSTEM, now=clock.now(), milestone=milestone)
    return person


def signed_in(
    browser: Browser, live_server: LiveServer, *, language: str, width: int, dark: bool = False, script: bool = False
) -> Page:
    """The page of one's own mail, reached by signing in."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/my-mail/")
    page.fill("input[name=username]", "lin")
    page.fill("input[name=password]", "correct horse battery")
    with page.expect_navigation(url="**/my-mail/"):
        page.locator(".sign-in button").click()
    return page


def test_digest_is_had_paused_and_ended_on_a_phone_without_script(
    browser: Browser, live_server: LiveServer, reader: Person
) -> None:
    page = signed_in(browser, live_server, language="en", width=390)
    page.get_by_role("link", name="Subscribe to a digest").click()
    expect(page.locator(".weekday")).to_be_visible()
    expect(page.locator(".month_day")).to_be_hidden()
    page.get_by_label("Monthly").check()
    expect(page.locator(".weekday")).to_be_hidden()
    expect(page.locator(".month_day")).to_be_visible()
    page.get_by_label("On which day of the month").fill("31")
    page.get_by_label("Pillar").select_option(label="Efficient")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("link", name="Preview")).to_be_visible()
    row = DigestSubscription.objects.get()
    assert (row.person, row.frequency, row.month_day, str(row.pillar)) == (reader, "monthly", 31, str(row.pillar))
    page.get_by_role("link", name="Preview").click()
    mail = page.frame_locator("iframe.mail-frame")
    expect(mail.locator("h1, .head").first).to_contain_text("智慧海关")
    page.get_by_role("link", name="My mail").first.click()
    page.get_by_label("Nothing before this day").fill(str(clock.now().date() + timedelta(days=60)))
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".badge", has_text="paused")).to_have_count(1)
    with page.expect_navigation():
        page.get_by_role("button", name="Unsubscribe").click()
    row.refresh_from_db()
    assert row.is_active is False


@pytest.mark.everything
@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [("en", True, 390), ("zh-hans", False, 1280), ("en", False, 1280), ("zh-hans", True, 360)],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    language: str, dark: bool, width: int, browser: Browser, live_server: LiveServer, reader: Person
) -> None:
    page = signed_in(browser, live_server, language=language, width=width, dark=dark, script=True)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    found: dict[str, object] = {}

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        faults = [
            (one["id"], [node["target"] for node in one["nodes"]])
            for one in Axe().run(page, options={"iframes": False}).response["violations"]
        ]
        found[name] = [*faults, *([wide] if wide > width else [])]

    def click(place: str) -> None:
        with page.expect_navigation():
            page.locator(place).click()

    look("nothing subscribed")
    click(".new a")
    look("new")
    page.locator("form.digest-form").evaluate("one => { one.noValidate = true; }")
    page.locator("[name=send_at]").fill("")
    click("form.digest-form button")
    look("refused")
    page.locator("[name=send_at]").fill("09:00")
    click("form.digest-form button")
    look("subscribed")
    click("a[href$='/next/']")
    look("next issue")
    assert [faults for faults in found.values() if faults] == []
    assert [text for text in said if "422" not in text] == []  # the browser notes the status of the refused form
    assert len(found) == 5
