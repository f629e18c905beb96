"""The timeline in a real browser: letters stay in the boxes that the layout counts on; cards; what stays in sight."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories as make
from tests.journeys.test_web_browser import opened

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = [
    "Pilot",
    "Advance inspection of baggage at an airport of the district with scanners that learn from each other " * 2,
    "智能非侵入式顺势监管试点口岸联网接入" * 11,
    "세관검사장비도입시범사업" * 16,
    "WmWm" * 50,
]
MEETINGS = """() => {
    const found = [];
    for (const drawing of document.querySelectorAll(".drawing")) {
        if (!drawing.checkVisibility()) continue;
        const things = [...drawing.querySelectorAll("text, use.mark, use.ghost, use.forecast, circle.cluster")];
        const boxes = things.filter(one => !one.matches(".count")).map(one => [one, one.getBoundingClientRect()]);
        for (const [one, box] of boxes) {
            const around = one.ownerSVGElement.getBoundingClientRect();
            if (box.left < around.left - 1 || box.right > around.right + 1) found.push(["outside", one.textContent]);
        }
        boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            const leading = one.tagName === "text" && other.tagName === "text" ? 4 : 1;
            if (wide > 1 && high > leading) found.push([one.outerHTML, other.outerHTML]);
        }));
    }
    return found;
}"""


def fill(number: int) -> None:
    roadmap = make.make_roadmap(code="smart")
    make.make_phase(roadmap, title_zh=NAMES[2], title_en=NAMES[1], gate_on=date(2026, 12, 1))
    phase = make.make_phase(roadmap, title_zh=NAMES[3], title_en=NAMES[4], gate_on=date(2026, 12, 31))
    pillar = make.make_pillar(roadmap, title_zh=NAMES[2], title_en=NAMES[4])
    lanes = [make.make_initiative(pillar, title_zh=name[:150], title_en=name[:150]) for name in NAMES]
    for index in range(number):
        due_on = date(2026, 12, 31) - timedelta(days=index * 17 % 200 if index % 3 else 0)
        name = NAMES[index % 5][:200]
        one = make.make_milestone(lanes[index // 2 % 5], phase, title_zh=name, title_en=name, due_on=due_on)
        if index % 4 == 0:
            make.make_update(one, 40, date(2026, 9, 1), forecast_on=due_on + timedelta(days=index % 60))


@pytest.mark.parametrize("number", [10, *(pytest.param(many, marks=pytest.mark.everything) for many in (76, 1000))])
def test_nothing_overlaps_as_the_browser_sets_it(number: int, browser: Browser, live_server: LiveServer) -> None:
    fill(number)
    for width in (1280, 390):
        page = opened(browser, live_server, language="en", dark=False, width=width, script=False)
        for query in ("", "?zoom=all&open=none", "?zoom=quarter&from=2026-12-01&open=all"):
            page.goto(f"{live_server.url}/timeline/{query}")
            assert page.evaluate(MEETINGS) == [], (width, query)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_card_tells_of_a_sign_under_the_pointer_and_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    fill(6)
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.goto(live_server.url + "/timeline/?zoom=all&open=none")
    card = page.get_by_role("tooltip")
    expect(card).to_have_count(0)
    page.locator(".plot a:visible").first.hover()
    expect(card).to_contain_text("due")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.locator(".plot a:visible").first.focus()
    expect(card).to_contain_text("due")


def test_axis_stays_in_sight(browser: Browser, live_server: LiveServer) -> None:
    fill(40)
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=False)
    page.goto(live_server.url + "/timeline/?zoom=all&open=all")
    page.locator(".for-wide .plot a").last.scroll_into_view_if_needed()
    expect(page.locator(".drawing.for-wide .axis-row")).to_be_in_viewport()
