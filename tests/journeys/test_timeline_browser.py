"""The timeline in a real browser: letters stay in the boxes that the layout counts on; cards; what stays in sight."""

from datetime import date, timedelta

import pytest
from django.test import Client
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


def test_open_milestone_is_rescheduled_by_dragging_and_by_keyboard_for_who_may(
    browser: Browser, live_server: LiveServer, client: Client
) -> None:
    today = date.today()  # noqa: DTZ011  # of the browser, which is asked to show the year around it
    roadmap = make.make_roadmap(code="smart")
    phase = make.make_phase(roadmap, gate_on=today + timedelta(days=400))
    initiative = make.make_initiative(make.make_pillar(roadmap))
    due_on = date(today.year, 6, 15)
    one = make.make_milestone(
        initiative, phase, title_en="Pilot", planned_start_on=date(today.year, 1, 1), due_on=due_on
    )
    address = f"{live_server.url}/timeline/?zoom=year&from={due_on}&open=all"
    page = opened(browser, live_server, language="en", dark=False, width=1280, script=True)
    page.goto(address)
    expect(page.locator("[data-move]")).to_have_count(0)
    expect(page.get_by_text("To reschedule")).to_have_count(0)
    client.force_login(make.make_office_person(is_staff=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(address)
    expect(page.get_by_text("To reschedule")).to_be_visible()
    sign = page.locator(".for-wide .plot a[data-move] use.mark")
    box = sign.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    plot = page.locator(".for-wide .plot").bounding_box()
    assert plot is not None
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + plot["width"] * 788 / 820 * 30 / 364, middle[1], steps=4)
    page.mouse.up()
    page.wait_for_url(lambda url: "reschedule" in url)
    moved_to = due_on + timedelta(days=30)
    expect(page.locator("[name=due_on]")).to_have_value(moved_to.isoformat())
    expect(page.locator("[name=how]")).to_have_value("date")
    expect(page.get_by_role("listitem").filter(has_text="Pilot")).to_be_visible()
    page.goto(address)
    page.locator(".for-wide .plot a[data-move]").focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[name=due_on]")).to_have_value((due_on + timedelta(days=7)).isoformat())
    one.refresh_from_db()
    assert one.due_on == due_on
