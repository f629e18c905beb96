"""Every page in a real browser: nothing for axe to find, nothing wider than the screen, nothing in the console."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from roadmap.models import Baseline, BaselineEntry, Indicator, Observation
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses() -> list[str]:
    """A roadmap with milestones of all states, and the addresses of all pages about it."""
    roadmap = make.make_roadmap(code="smart", title_zh="智慧海关", title_en="Smart Customs")
    basic = make.make_phase(roadmap, title_zh="基本框架", title_en="Basic framework")
    make.make_phase(roadmap, title_zh="完整体系", title_en="Complete system", gate_on=date(2029, 12, 31))
    pillar = make.make_pillar(roadmap, title_zh="高效", title_en="Efficient")
    long = {"title_zh": "智能非侵入式顺势监管", "title_en": "Intelligent non-intrusive in-flow supervision"}
    initiative = make.make_initiative(pillar, code="flow", **long)
    owner = make.make_person(full_name="李文静")
    made = {
        "done": {"status": "done", "completed_on": date(2025, 1, 5), "due_on": date(2025, 1, 1)},
        "late": {"due_on": date(2025, 6, 1), "provenance": "sample"},
        "ahead": {"due_on": date(2029, 12, 31), "planned_start_on": date(2029, 1, 1), "provenance": "derived"},
        "gone": {"status": "cancelled", "cancelled_on": date(2025, 1, 5)},
    }
    rows = {
        code: make.make_milestone(
            initiative, basic, code=code, owner=owner, **{"planned_start_on": date(2024, 1, 1), **fields}
        )
        for code, fields in made.items()
    }
    for code in ("late", "gone"):
        make.make_update(
            rows[code], 40, date(2025, 2, 1), narrative_zh="联调测试", reported_by=owner, confidence="amber"
        )
    make.make_deliverable(rows["late"], done_on=date(2025, 1, 1))
    baseline = Baseline.objects.create(roadmap=roadmap, name="first", approved_on=date(2024, 1, 1))
    BaselineEntry.objects.create(
        baseline=baseline, milestone=rows["late"], planned_start_on=date(2024, 1, 1), due_on=date(2025, 1, 1), weight=1
    )
    indicator = Indicator.objects.create(
        roadmap=roadmap, code="parcels", title_zh="包裹量", title_en="Parcels", unit_zh="件", unit_en="parcels"
    )
    Observation.objects.create(
        indicator=indicator, period="2024", period_zh="2024年", period_en="2024", ends_on=date(2024, 12, 31), value=7
    )
    return [
        "/",
        "/?as_of=2025-06-30",
        "/?as_of=nonsense",
        "/milestones/",
        "/milestones/?q=nothing",
        "/milestones/late/",
        "/milestones/done/",
        "/initiatives/flow/",
        "/indicators/",
        "/sign-in/",
        "/no/such/page/",
    ]


def opened(browser: Browser, live_server: LiveServer, *, language: str, dark: bool, width: int, script: bool) -> Page:
    """A page as a reader of ``language`` sees it."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    return context.new_page()


@pytest.mark.parametrize(("language", "dark", "width"), [("zh-hans", False, 1280), ("en", True, 360)])
def test_axe_finds_nothing_on_any_page(
    language: str, dark: bool, width: int, browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language=language, dark=dark, width=width, script=True)
    found = {}
    for address in addresses:
        page.goto(live_server.url + address)
        for details in page.locator("details").all():
            details.evaluate("one => one.open = true")
        found[address] = [
            (one["id"], [node["target"] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]
        ]
    assert {address: faults for address, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("language", "widths"), [("zh-hans", [360]), ("en", [360, 768, 1280])])
def test_no_page_is_wider_than_the_screen(
    language: str, widths: list[int], browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    wider = []
    for width in widths:
        page = opened(browser, live_server, language=language, dark=False, width=width, script=True)
        for address in addresses:
            page.goto(live_server.url + address)
            shown = page.evaluate("document.documentElement.scrollWidth")
            if shown > width:
                wider.append((address, width, shown))
    assert wider == []


def test_nothing_is_fetched_from_elsewhere_and_the_console_stays_silent(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.add(request.url))
    for address in addresses[:-1]:  # the last is a missing page, which browsers remark upon
        page.goto(live_server.url + address)
    assert said == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def test_reader_without_script_switches_language_looks_back_and_filters(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="zh-hans", dark=False, width=360, script=False)
    page.goto(live_server.url + "/milestones/?state=late")
    page.get_by_role("button", name="English").click()
    assert page.url == live_server.url + "/milestones/?state=late"
    assert page.get_by_role("heading", level=2).inner_text() == "1 milestone"
    page.get_by_role("link", name="Overview").click()
    page.get_by_label("As of").fill("2025-01-31")
    page.get_by_role("button", name="Show").click()
    assert page.url == live_server.url + "/?as_of=2025-01-31"
    page.get_by_role("link", name="Milestones", exact=True).click()
    page.get_by_label("State").select_option("open")
    page.get_by_role("button", name="Filter").click()
    assert "as_of=2025-01-31" in page.url
    page.get_by_role("link", name="Back to today").click()
    assert "as_of" not in page.url


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.goto(live_server.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "[document.activeElement.closest('main') !== null, getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert focused == [True, "solid"]


def test_signing_in_leads_back_to_the_page(browser: Browser, live_server: LiveServer, addresses: list[str]) -> None:
    person = make.make_person(username="reader")
    person.set_password("correct horse battery")
    person.save()
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=False)
    page.goto(live_server.url + "/indicators/")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("User name").fill("reader")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_label("Password").press("Enter")
    page.wait_for_url(live_server.url + "/indicators/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(live_server.url + "/")
    assert page.get_by_role("link", name="Sign in").count() == 1
