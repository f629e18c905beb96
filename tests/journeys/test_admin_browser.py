"""The administration in a real browser: the commonest tasks, the policy, phones, keyboards, both languages."""

from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.baselines import set_baseline
from roadmap.models import ApiToken, Milestone, Person, ProgressUpdate
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Door
from tests import factories as make
from tests.journeys.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/admin/",
    "/admin/roadmap/milestone/",
    "/admin/roadmap/milestone/{pk}/change/",
    "/admin/roadmap/milestone/{pk}/history/",
    "/admin/roadmap/milestone/act/reschedule/?ids={pk}",
    "/admin/roadmap/initiative/",
    "/admin/roadmap/organisation/",
    "/admin/roadmap/person/",
    "/admin/roadmap/reminderrule/add/",
    "/admin/roadmap/outboxmessage/",
    "/admin/roadmap/milestone/{pk}/link/",
    "/admin/roadmap/apitoken/add/",
    "/admin/baseline/{baseline}/compared/",
    "/admin/mail-preview/",
]


@pytest.fixture
def milestone(office: Person) -> Milestone:
    """A late one, beside one that is far off."""
    late = make.make_milestone(
        title_zh="甲关区试点",
        title_en="Pilot in district A",
        planned_start_on=date(2024, 1, 1),
        due_on=date(2025, 6, 1),
        owner=office,
        organisation=make.make_organisation(),
    )
    make.make_milestone(late.initiative, late.phase, title_en="Far off", due_on=date(2040, 1, 1))
    make.make_update(late, 40, date(2025, 2, 1), narrative_en="Under way.")
    return late


def context_of(
    browser: Browser, live_server: LiveServer, office: Person, *, language: str = "en", width: int = 1280
) -> BrowserContext:
    """Somebody of the office, signed in."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("office")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    page.close()
    return context


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, office: Person) -> Iterator[Page]:
    context = context_of(browser, live_server, office)
    yield context.new_page()
    context.close()


@pytest.mark.everything
def test_late_milestones_are_moved_from_the_list(page: Page, milestone: Milestone) -> None:
    page.goto("/admin/roadmap/milestone/")
    page.get_by_role("link", name="Overdue", exact=True).click()
    expect(page.locator("#result_list tbody tr.data-row")).to_have_count(1)
    page.locator("#result_list input.action-select").nth(0).check()
    page.locator("select[name=action]").select_option("reschedule_chosen")
    page.get_by_role("button", name="Run").click()
    page.locator("[name=days]").fill("30")
    page.locator("[name=reason]").fill("The port is rebuilt.")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".rm-change")).to_have_text("due date: 2025-06-01 → 2025-07-01")
    page.get_by_role("button", name="Reschedule", exact=True).click()
    expect(page.get_by_text("Reschedule: 1 milestone, done.")).to_be_visible()
    milestone.refresh_from_db()
    newest = milestone.history.first()
    assert (milestone.due_on, newest.door, newest.history_change_reason) == (
        date(2025, 7, 1),
        Door.ADMIN,
        "The port is rebuilt.",
    )


@pytest.mark.everything
def test_progress_is_reported_on_the_page_of_a_milestone(page: Page, milestone: Milestone) -> None:
    page.goto(f"/admin/roadmap/milestone/{milestone.pk}/change/")
    page.locator("#tabs-items").get_by_text("Progress report").click()
    expect(page.get_by_text("Under way.").nth(1)).to_be_visible()
    page.locator("[name=progress_updates-0-percent_complete]").fill("65")
    page.locator("[name=progress_updates-0-narrative_zh]").fill("设备到货")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_be_visible()
    newest = ProgressUpdate.objects.latest("id")
    assert (newest.percent_complete, newest.narrative_zh, newest.door) == (65, "设备到货", Door.ADMIN)


@pytest.mark.everything
def test_the_second_editor_sees_what_the_first_one_changed(page: Page, milestone: Milestone) -> None:
    address = f"/admin/roadmap/milestone/{milestone.pk}/change/"
    other = page.context.new_page()
    for one in (page, other):
        one.goto(address)
    page.locator("[name=weight]").fill("4")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("[name=weight]")).to_have_value("4.00")
    other.locator("[name=weight]").fill("6")
    other.locator("[name=reason]").fill("Mine")
    other.get_by_role("button", name="Save and continue editing").click()
    told = other.get_by_role("alert").filter(has_text="Changed by somebody else")
    expect(told.locator("tbody tr")).to_have_text("weight 1 4 6", use_inner_text=True)
    expect(other.locator("[name=weight]")).to_have_value("6")
    other.get_by_role("button", name="Save and continue editing").click()
    expect(other.locator("[name=weight]")).to_have_value("6.00")


@pytest.mark.everything
def test_an_owner_is_found_by_typing(page: Page, milestone: Milestone) -> None:
    make.make_person(full_name="钱学敏")
    page.goto(f"/admin/roadmap/milestone/act/reassign/?ids={milestone.pk}&back=change")
    page.locator("[name=owner] + .select2").click()
    page.locator(".select2-search__field").fill("钱学")
    page.locator(".select2-results__option", has_text="钱学敏").click()
    page.get_by_role("button", name="Reassign", exact=True).click()
    page.wait_for_url(f"**/milestone/{milestone.pk}/change/")
    milestone.refresh_from_db()
    assert str(milestone.owner) == "钱学敏"


@pytest.mark.everything
def test_a_token_is_made_and_seen_once(page: Page, office: Person) -> None:
    page.goto("/admin/roadmap/apitoken/add/")
    page.locator("[name=name]").fill("Weekly report")
    page.get_by_role("button", name="Save", exact=True).click()
    shown = page.locator(".rm-token").inner_text()
    assert shown.startswith(ApiToken.objects.get().prefix)
    with page.expect_navigation():
        page.get_by_role("link", name="I have copied it").click()
    assert shown not in page.content()


@pytest.mark.everything
@pytest.mark.parametrize(
    ("language", "widths"),
    [("zh-hans", [1280, 360]), ("en", [390, 1280])],
)
def test_pages_break_no_policy_fit_the_screen_and_satisfy_axe(
    language: str, widths: list[int], browser: Browser, live_server: LiveServer, office: Person, milestone: Milestone
) -> None:
    roadmap, now = milestone.initiative.roadmap, clock.now()
    baseline = set_baseline(roadmap, by=SYSTEM, now=now, name="Plan", reason="Approved", approved_on=roadmap.starts_on)
    context = context_of(browser, live_server, office, language=language, width=widths[0])
    page = context.new_page()
    faults: list[object] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in PAGES:
        page.goto(address.format(pk=milestone.pk, baseline=baseline.pk))
        page.wait_for_selector("[role=main]")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate("document.documentElement.scrollWidth")
            faults += [(address, width, found)] if found > width else []
        faults += [
            (address, one["id"], [node["target"] for node in one["nodes"]])
            for one in Axe().run(page).response["violations"]
        ]
    context.close()
    assert faults == []


def test_a_milestone_is_completed_by_keyboard_alone(page: Page, milestone: Milestone) -> None:
    page.goto(f"/admin/roadmap/milestone/act/complete/?ids={milestone.pk}")
    page.locator("[name=completed_on]").focus()
    page.keyboard.type("2025-05-30")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "_do":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/roadmap/milestone/")
    milestone.refresh_from_db()
    assert milestone.completed_on == date(2025, 5, 30)


def test_a_missing_reason_is_told_at_the_top_and_one_key_leads_to_it(page: Page, milestone: Milestone) -> None:
    page.goto(f"/admin/roadmap/milestone/{milestone.pk}/change/")
    reason, due = page.locator("[name=reason]"), page.locator("[name=due_on]")
    expect(reason).not_to_have_attribute("aria-required", "true")
    due.fill("2025-07-01")
    expect(reason).to_have_attribute("aria-required", "true")
    below = [one.evaluate("field => field.getBoundingClientRect().bottom") for one in (due, reason)]
    bar = page.locator("#submit-row").evaluate("bar => bar.getBoundingClientRect().top")
    assert below[0] < below[1] < below[0] + 160 < bar + 160
    assert below[1] < bar
    page.get_by_role("button", name="Save", exact=True).click()
    summary = page.locator(".rm-errors")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("Nothing is saved yet: 1 thing to correct")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(reason).to_be_focused()
    page.keyboard.type("The port is rebuilt.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_be_visible()
    milestone.refresh_from_db()
    assert milestone.due_on == date(2025, 7, 1)


@pytest.mark.everything
def test_a_link_of_the_summary_opens_the_tab_of_its_field(page: Page, milestone: Milestone) -> None:
    page.goto(f"/admin/roadmap/milestone/{milestone.pk}/change/")
    page.locator("[name=weight]").fill("")
    page.locator("#tabs-items").get_by_text("Progress report").click()
    field = page.locator("[name=progress_updates-0-reported_on]")
    field.fill("last week")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".rm-errors a").nth(0).click()
    expect(page.locator("[name=weight]")).to_be_focused()
    expect(field).to_be_hidden()
    page.locator(".rm-errors a").last.click()
    expect(field).to_be_focused()


@pytest.mark.everything
def test_the_whole_menu_stands_above_the_fold_and_the_bar_of_acts_covers_no_row(
    page: Page, milestone: Milestone
) -> None:
    for number in range(30):
        make.make_milestone(milestone.initiative, milestone.phase, title_en=f"Step {number}")
    page.goto("/admin/roadmap/milestone/")
    hidden = page.locator("#nav-sidebar-apps .simplebar-content-wrapper").evaluate(
        "e => e.scrollHeight - e.clientHeight"
    )
    assert hidden == 0
    assert page.locator("#nav-sidebar-apps h2").count() == 5
    page.locator("#result_list input.action-select").last.check()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator("#result_list tr.data-row").last.evaluate("row => row.getBoundingClientRect().bottom")
    bar = page.locator("#changelist-actions").evaluate("bar => bar.getBoundingClientRect().top")
    assert last <= bar


def test_without_scripts_the_administration_is_read_and_saved_and_says_what_it_cannot(
    browser: Browser, live_server: LiveServer, office: Person, milestone: Milestone
) -> None:
    with_scripts = context_of(browser, live_server, office)
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=with_scripts.storage_state()
    )
    page = context.new_page()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/admin/roadmap/milestone/{milestone.pk}/change/")
        expect(page.locator(".rm-noscript")).to_be_in_viewport()
    page.locator("[name=due_on]").fill("2025-07-01")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".rm-errors")).to_be_in_viewport()
    page.locator("[name=reason]").fill("The port is rebuilt.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_be_visible()
    milestone.refresh_from_db()
    assert milestone.due_on == date(2025, 7, 1)
