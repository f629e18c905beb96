"""Every page in a real browser: nothing for axe to find, nothing wider than the screen, nothing in the console."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from roadmap.models import Baseline, BaselineEntry, Indicator, Milestone, Observation
from tests import factories as make
from tests.forecast.rows import make_kept_forecast
from tests.web.pages import FILES, pages

WIDTHS = (390, 820, 1280)
MOST_BYTES = 100_000

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    customs = make.make_organisation(code="gacc", name_zh="海关总署", name_en="General Administration of Customs")
    Milestone.objects.filter(code="late").update(organisation=make.make_organisation(customs, code="port"))
    make_kept_forecast(rows["late"], rows["ahead"], day=date(2026, 1, 5))
    found = pages({"roadmap": "smart", "milestone": "late", "initiative": "flow", "organisation": "gacc"})
    shown = [address for name, address in found.items() if not name.endswith(FILES)]
    return [
        *shown,
        "/?as_of=2025-06-30",
        "/?as_of=nonsense",
        "/milestones/?q=nothing",
        "/milestones/?phase=none&sort=-due",
        "/milestones/?sort=-state&columns=weight,forecast,initiative,organisation",
        "/milestones/done/",
        "/calendar/?month=2025-01&phase=nothing",
        "/changes/?from=2024-01-01",
        "/organisations/?sort=-late",
        "/search/?q=审",
        "/search/?q=nothing",
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


FAULTS = """() => ({
    wider: document.documentElement.scrollWidth > innerWidth && document.documentElement.scrollWidth,
    unnamed: document.querySelectorAll("h1").length !== 1 && "headings",
})"""


@dataclass
class Round:
    """What a round over all pages found, by what ought to be empty."""

    faults: list[object] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def look_at_all(page: Page, addresses: list[str], *, url: str, axe_at: tuple[int, Literal["light", "dark"]]) -> Round:
    """Load each page once; look at it in all widths, light and dark, and let axe look at one of these."""
    found = Round()
    page.on("console", lambda said: "404" in said.text or found.faults.append((page.url, said.text)))
    page.on("request", lambda asked: asked.url.startswith(url) or found.faults.append((page.url, asked.url)))
    page.on("requestfinished", lambda asked: _weigh(asked, found.weights, page.url))
    for address in addresses:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.goto(url + address)
        found.texts[address] = page.inner_text("main")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found.faults += [(address, width, wider)] if wider > 0 else []
        page.set_viewport_size({"width": axe_at[0], "height": 900})
        page.emulate_media(color_scheme=axe_at[1])
        found.faults += [
            (address, one["id"], [node["target"] for node in one["nodes"]])
            for one in Axe().run(page).response["violations"]
        ]
    return found


def _weigh(asked: Request, weights: dict[str, int], address: str) -> None:
    weights[address] = weights.get(address, 0) + asked.sizes()["responseBodySize"]


@pytest.mark.parametrize(
    ("language", "scheme", "width", "step"),
    [
        ("en", "dark", 390, 7),
        pytest.param("en", "dark", 390, 1, marks=pytest.mark.everything),
        pytest.param("zh-hans", "light", 1280, 1, marks=pytest.mark.everything),
    ],
)
def test_every_page_fits_all_screens_satisfies_axe_weighs_little_and_needs_no_script(
    browser: Browser,
    live_server: LiveServer,
    addresses: list[str],
    language: str,
    scheme: Literal["light", "dark"],
    width: int,
    step: int,
) -> None:
    """axe looks at each page in two of the languages, widths and schemes; in the quick run at every seventh in one."""
    addresses = addresses[::step]
    page = opened(browser, live_server, language=language, dark=scheme == "dark", width=width, script=True)
    found = look_at_all(page, addresses, url=live_server.url, axe_at=(width, scheme))
    assert found.faults == []
    assert {address: size for address, size in found.weights.items() if size > MOST_BYTES} == {}
    plain = opened(browser, live_server, language=language, dark=False, width=390, script=False)
    for address in addresses:
        plain.goto(live_server.url + address)
        assert plain.inner_text("main") == found.texts[address], address


def test_reader_without_script_switches_language_looks_back_and_filters(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="zh-hans", dark=False, width=360, script=False)
    page.goto(live_server.url + "/milestones/?state=late")
    page.get_by_role("button", name="菜单").click()
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page).to_have_url(live_server.url + "/milestones/?state=late")
    expect(page.get_by_role("heading", level=2)).to_have_text("1 milestone", use_inner_text=True)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Overview").click()
    page.locator(".as-of summary").click()
    page.get_by_label("As of").fill("2025-01-31")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(live_server.url + "/?as_of=2025-01-31&basis=happened")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Milestones", exact=True).click()
    page.get_by_role("combobox", name="State").select_option("open")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url(lambda url: "state=open" in url and "as_of=2025-01-31" in url)
    page.get_by_role("link", name="Back to today").click()
    page.wait_for_url(lambda url: "as_of" not in url)


@pytest.mark.everything
def test_address_of_a_view_is_copied(browser: Browser, live_server: LiveServer, addresses: list[str]) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page.goto(live_server.url + "/milestones/?state=late&sort=-due")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == live_server.url + "/milestones/?state=late&sort=-due"


def test_search_begins_by_key_and_not_while_writing(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.goto(live_server.url + "/matrix/")
    field = page.get_by_role("searchbox", name="Search everything")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    field.fill("late")
    page.keyboard.press("Enter")
    expect(page).to_have_url(live_server.url + "/search/?q=late")
    page.get_by_label("The key / begins a search").uncheck()
    page.goto(live_server.url + "/matrix/")
    page.keyboard.press("/")
    expect(field).not_to_be_focused()
    narrow = opened(browser, live_server, language="en", dark=False, width=390, script=True)
    narrow.goto(live_server.url + "/matrix/")
    narrow.keyboard.press("Control+k")
    expect(narrow).to_have_url(live_server.url + "/search/")
    expect(narrow.get_by_label("Words to look for")).to_be_focused()


@pytest.mark.everything
def test_keyboard_alone_leads_through_calendar_and_past_days(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=False)

    def tab_to(selector: str) -> None:
        for _step in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("one => document.activeElement.matches(one)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector} on {page.url}")

    page.goto(live_server.url + "/")
    tab_to('nav a[href^="/calendar/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/")
    tab_to("a[rel=prev]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/?month=*")
    tab_to(".as-of summary")
    page.keyboard.press("Enter")
    tab_to("#as-of")
    page.keyboard.type("01312025")
    page.keyboard.press("Enter")
    page.wait_for_url("**as_of=2025-01-31*")
    tab_to(".notice.past a")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "as_of" not in url)


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.goto(live_server.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#*")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "[document.activeElement.closest('main') !== null, getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert focused == [True, "solid"]


@pytest.mark.everything
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
    expect(page.get_by_role("link", name="Sign in")).to_have_count(1)


def test_overview_says_how_it_stands_and_who_must_act_within_two_screens(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    """On a phone the header is one row, and the verdict and the first figure are seen without scrolling."""
    page = opened(browser, live_server, language="en", dark=False, width=390, script=False)
    page.goto(live_server.url + "/")
    assert page.locator(".top").evaluate("one => one.offsetHeight") <= 64
    for seen in (".verdict", ".card dd >> nth=0"):
        box = page.locator(seen).bounding_box()
        assert box, seen
        assert box["y"] + box["height"] <= 844, seen
    expect(page.get_by_role("link", name="Matrix", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Matrix", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Matrix", exact=True)).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator("main").evaluate("one => one.getBoundingClientRect().bottom") <= 1800
    tops = page.locator(".card .bar").evaluate_all("all => all.map(one => Math.round(one.getBoundingClientRect().top))")
    assert len(set(tops)) == 1
