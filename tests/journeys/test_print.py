"""Pages on paper: what can't be used there is left out, and which roadmap, day and address it is stands at the top."""

from datetime import date

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

USELESS = "form, button, input, select, summary, .skip, .main-nav, .zoom nav, .months ul, .takeaway"


@pytest.mark.everything
def test_printed_pages_hold_no_controls_and_say_what_they_show(browser: Browser, live_server: LiveServer) -> None:
    roadmap = make.make_roadmap(code="smart", title_en="Smart Customs")
    one = make.make_milestone(
        make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap), due_on=date(2026, 9, 1), code="one"
    )
    make.make_update(one, 40, date(2026, 2, 1))
    context = browser.new_context()
    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = context.new_page()
    page.emulate_media(media="print")
    for address in ("/", "/matrix/", "/timeline/", "/calendar/?month=2026-09", "/changes/", "/milestones/one/"):
        page.goto(live_server.url + address)
        left = page.locator(USELESS).filter(visible=True)
        assert (address, left.evaluate_all("all => all.map(one => one.outerHTML.slice(0, 80))")) == (address, [])
        head = page.locator(".on-paper").inner_text()
        assert head.startswith("Smart Customs · as of ")
        assert head.endswith(live_server.url + address)
    context.close()
