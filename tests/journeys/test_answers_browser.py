"""The page behind a reminder's link in a real browser: two clicks without script, and nothing for axe to find."""

from datetime import timedelta
from email import message_from_bytes, policy
from threading import Lock
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.answers import acknowledge_reminder
from roadmap.models import Acknowledgement, Answer, Milestone, OutboxMessage, Person, ProgressUpdate, Snooze
from roadmap.models.history import Actor
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.render import render as make_mail
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import AnswerKind, Door
from roadmap.web.answering import views
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def milestone(live_server: LiveServer, settings: Settings) -> Milestone:
    """Due in twenty days, reported on, its owner reminded."""
    settings.SITE_URL = live_server.url
    now = clock.now()
    owner = make.make_person(full_name="李文静", language="en")
    milestone = make.make_milestone(
        owner=owner,
        title_en="Acceptance of the intelligent image review in all districts",
        acceptance_criteria_en="Both figures are reached.",
        planned_start_on=now.date() - timedelta(days=300),
        due_on=now.date() + timedelta(days=20),
        remind_at=now - timedelta(days=60),
        provenance="sample",
    )
    make.make_update(milestone, 40, now.date() - timedelta(days=9), narrative_en="Two figures left", reported_by=owner)
    milestone.initiative.roadmap.reminder_rules.create(code="r", name_zh="规则", name_en="Rule", offsets=[30])
    plan_due_reminders(now=now)
    return milestone


def mail_html() -> str:
    """The reminder as its reader's mail program shows it."""
    row = OutboxMessage.objects.get()
    make_mail(row, BatchMemory(now=clock.now()))
    body = message_from_bytes(bytes(row.rendered or b""), policy=policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def mail_program(browser: Browser, *, width: int = 390, dark: bool = False, language: str = "en") -> Page:
    """A page without script that shows the mail."""
    Person.objects.update(language=language)
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_content(mail_html())
    return page


def test_two_clicks_from_the_mail_record_that_it_is_on_track(browser: Browser, milestone: Milestone) -> None:
    page = mail_program(browser)
    page.get_by_role("link", name="On track").click()
    record = page.get_by_role("button", name="Report: on track")
    expect(record).to_be_visible()
    assert Acknowledgement.objects.count() == 0
    record.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded: On track", use_inner_text=True)
    given, report = Acknowledgement.objects.get(), ProgressUpdate.objects.get(door=Door.MAIL)
    assert (given.person, given.door, report.percent_complete) == (milestone.owner, Door.MAIL, 40)


@pytest.mark.everything
def test_two_clicks_from_the_mail_take_note_and_a_third_takes_it_back(browser: Browser, milestone: Milestone) -> None:
    page = mail_program(browser)
    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded: Acknowledge", use_inner_text=True)
    assert Acknowledgement.objects.get().person == milestone.owner
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdrawn: Acknowledge", use_inner_text=True)
    assert Acknowledgement.objects.count() == 0


@pytest.mark.everything
def test_two_clicks_from_the_mail_snooze_it_for_three_days(browser: Browser, milestone: Milestone) -> None:
    page = mail_program(browser)
    page.get_by_role("link", name="Snooze").click()
    page.get_by_role("button", name="3 days").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded: Snooze", use_inner_text=True)
    assert Snooze.objects.get().person == milestone.owner


def test_new_date_is_recorded_once_by_a_double_click_and_shown_when_going_back(
    browser: Browser, milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_at_a_time, act = Lock(), views.ACTS[AnswerKind.FORECAST]

    def locked(*args: Any, **fields: Any) -> Answer:
        """As threads share a connection here, which elsewhere is what keeps two acts apart."""
        with one_at_a_time:
            return act(*args, **fields)

    monkeypatch.setitem(views.ACTS, AnswerKind.FORECAST, locked)
    page = mail_program(browser, width=1280)
    page.get_by_role("link", name="Report a forecast").click()
    page.get_by_label("Forecast date").fill(str(milestone.due_on + timedelta(days=30)))
    page.get_by_label("Why").fill("The interface comes later")
    page.get_by_role("button", name="Report the forecast date").dblclick()
    page.wait_for_url("**/answer/*/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recorded: Report a forecast", use_inner_text=True)
    page.get_by_role("link", name="Give another answer").click()
    expect(page.get_by_role("link", name="What you answered on")).to_have_count(1)
    reports = ProgressUpdate.objects.filter(door=Door.MAIL)
    assert [(one.narrative_en, one.forecast_on) for one in reports] == [
        ("The interface comes later", milestone.due_on + timedelta(days=30))
    ]
    assert Milestone.objects.get().due_on == milestone.due_on


@pytest.mark.everything
@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [("zh-hans", False, 360), ("en", True, 1280)],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    language: str, dark: bool, width: int, browser: Browser, milestone: Milestone
) -> None:
    owner = milestone.owner
    acknowledge_reminder(milestone, by=Actor(person=owner, door=Door.MAIL), now=clock.now())
    mail = mail_program(browser, language=language)
    address = str(mail.locator("a[href*='act=track']").get_attribute("href")).partition("?")[0]
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    found: dict[str, object] = {}

    def look(name: str) -> None:
        for details in page.locator("details").all():
            details.evaluate("one => one.open = true")
        faults = [
            (one["id"], [node["target"] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]
        ]
        found[name] = [*faults, *([page.evaluate("document.documentElement.scrollWidth")] if wider() else [])]

    def wider() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth") > width)

    for act in ("track", "done", "forecast", "noted", "snooze"):
        page.goto(f"{address}?act={act}")
        look(act)
    assert said == []
    page.goto(f"{address}?act=forecast")
    page.locator("form:has(textarea)").evaluate("one => { one.noValidate = true; }")
    with page.expect_navigation():
        page.locator("form:has(textarea) button").click()
    look("refused form")
    page.goto(f"{address}?act=snooze")
    with page.expect_navigation():
        page.locator("button[name=days]").first.click()
    look("given")
    page.goto(address.replace("/answer/", "/answer/x"))
    look("refused link")
    assert [faults for faults in found.values() if faults] == []
    assert len(found) == 8
