"""The commonest tasks of a programme office in the administration, each done in a real browser from its first click."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from roadmap import clock
from roadmap.editing.milestones import reschedule_milestone
from roadmap.editing.tokens import make_token
from roadmap.models import Baseline, Dependency, Evidence, Milestone, Person, SavedView
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, MilestoneStatus, Scope
from tests import factories as make
from tests.admin.rows import make_rule
from tests.journeys.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/roadmap/milestone/"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj"


@pytest.fixture(scope="module")
def context(_chromium: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """One for all tests, so that scripts and styles are fetched once."""
    opened = _chromium.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture
def plan(office: Person) -> list[Milestone]:
    """A late milestone, one that waits for it, and one far off."""
    late = make.make_milestone(
        title_en="Pilot",
        planned_start_on=date(2024, 1, 1),
        due_on=date(2025, 6, 3),
        owner=make.make_person(full_name="Wang Lei"),
        organisation=make.make_organisation(),
    )
    frame = {"initiative": late.initiative, "phase": late.phase, "organisation": late.organisation}
    waiting = make.make_milestone(**frame, title_en="Acceptance", due_on=date(2039, 1, 3))
    make.make_milestone(**frame, title_en="Far off", due_on=date(2040, 1, 3))
    Dependency.objects.create(predecessor=late, successor=waiting)
    return list(Milestone.objects.order_by("due_on"))


@pytest.fixture
def enter(context: BrowserContext, live_server: LiveServer) -> Iterator[Callable[[Person], Page]]:
    """A new page on which that person is signed in, in English."""

    def sign_in(person: Person) -> Page:
        client = Client()
        client.force_login(person)
        session = client.cookies[site.SESSION_COOKIE_NAME].value
        cookies = {site.SESSION_COOKIE_NAME: session, site.LANGUAGE_COOKIE_NAME: "en"}
        context.clear_cookies()
        context.add_cookies([{"name": one, "value": cookies[one], "url": live_server.url} for one in cookies])
        return context.new_page()

    yield sign_in
    for page in context.pages:
        page.close()


@pytest.fixture
def page(enter: Callable[[Person], Page], office: Person) -> Page:
    return enter(office)


def choose(page: Page, field: str, text: str) -> None:
    """Find an entry by typing, as in a field that is searched on the server."""
    page.locator(f"[name={field}] + .select2").click()
    page.locator(".select2-search__field").fill(text)
    page.locator(".select2-results__option", has_text=text).click()


def press(page: Page, button: str) -> None:
    """A button whose next page looks like this one, or that is left at once."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def choose_rows(page: Page, titles: list[str], act: str) -> None:
    """Tick rows of the list and open the page of an act on them."""
    page.goto(LIST)
    for title in titles:
        page.locator("#result_list tr.data-row", has_text=title).locator("input.action-select").check()
    page.locator("select[name=action]").select_option(act)
    page.get_by_role("button", name="Run").click()


@pytest.mark.everything
def test_whoever_signs_in_sees_where_the_roadmap_stands(page: Page, plan: list[Milestone]) -> None:
    page.context.clear_cookies(name=site.SESSION_COOKIE_NAME)
    page.goto("/admin/")
    page.locator("[name=username]").fill("office")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    late = page.locator("article", has=page.get_by_role("heading", name="Late 1"))
    expect(late.get_by_role("link", name="Pilot", exact=True)).to_be_visible()
    places = page.locator(".rm-columns > article").evaluate_all("all => all.map(one => one.offsetTop)")
    assert sorted(Counter(places).values()) == [2, 2]  # none of the four stands alone in its row
    late.get_by_role("link", name="Late 1").click()
    expect(page.locator("#result_list tr.data-row .field-shown_title .rm-title")).to_have_text(["Pilot"])


@pytest.mark.everything
def test_late_milestones_are_found_by_a_view_that_was_saved(page: Page, plan: list[Milestone], office: Person) -> None:
    page.goto(LIST)
    page.get_by_role("link", name="Overdue", exact=True).click()
    page.get_by_role("link", name="Save this view").click()
    page.locator("[name=name]").fill("What is late")
    press(page, "Apply")
    page.goto(LIST)
    expect(page.locator("#result_list tr.data-row")).to_have_count(3)
    page.get_by_role("link", name="What is late").click()
    expect(page.locator("#result_list tr.data-row .field-shown_title .rm-title")).to_have_text(["Pilot"])
    assert [(one.person, one.query) for one in SavedView.objects.all()] == [(office, "standing=late")]


@pytest.mark.everything
def test_an_edit_stands_in_the_history_with_its_author_and_reason(page: Page, plan: list[Milestone]) -> None:
    page.goto(LIST)
    page.get_by_role("link", name="Pilot").click()
    page.locator("[name=title_en]").fill("Pilot in district A")
    page.locator("[name=reason]").fill("The district is known now.")
    press(page, "Save and continue editing")
    page.get_by_role("link", name="History", exact=True).click()
    newest = page.locator(".rm-history > li").first
    expect(newest.locator("strong")).to_have_text("Zhao Min")
    expect(newest.locator(".rm-reason")).to_have_text("The district is known now.")
    expect(newest.locator("tbody tr")).to_have_text("title (English) Pilot Pilot in district A", use_inner_text=True)


@pytest.mark.everything
def test_dates_move_by_working_days_after_a_look_even_if_somebody_was_faster(page: Page, plan: list[Milestone]) -> None:
    choose_rows(page, ["Pilot"], "reschedule_chosen")
    page.locator("[name=how]").select_option("working")
    page.locator("[name=days]").fill("5")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".rm-refusal")).to_have_text("This field is required.")
    page.locator("[name=reason]").fill("The port is rebuilt.")
    reschedule_milestone(
        plan[0], due_on=date(2025, 6, 4), planned_start_on=None, by=SYSTEM, now=clock.now(), reason="Faster"
    )
    page.get_by_role("button", name="Reschedule", exact=True).click()
    expect(page.locator(".rm-meanwhile")).to_contain_text("due date: 3 June 2025 → 4 June 2025")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".rm-change")).to_have_text("due date: 2025-06-04 → 2025-06-11")
    page.get_by_role("button", name="Reschedule", exact=True).click()
    expect(page.get_by_text("Reschedule: 1 milestone, done.")).to_be_visible()
    newest = plan[0].history.first()
    assert (newest.due_on, newest.history_change_reason) == (date(2025, 6, 11), "The port is rebuilt.")


@pytest.mark.everything
def test_many_are_reassigned_at_once(page: Page, plan: list[Milestone]) -> None:
    someone = make.make_person(full_name="钱学敏")
    choose_rows(page, ["Pilot", "Acceptance"], "reassign_chosen")
    choose(page, "owner", "钱学敏")
    page.locator("[name=reason]").fill("A new team")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".rm-change")).to_have_text(["owner: Wang Lei → 钱学敏", "owner: – → 钱学敏"])
    page.get_by_role("button", name="Reassign", exact=True).click()
    expect(page.get_by_text("Reassign: 2 milestones, done.")).to_be_visible()
    assert list(Milestone.objects.order_by("due_on").values_list("owner", flat=True)) == [someone.pk, someone.pk, None]


def test_completion_is_reported_with_a_file_and_confirmed_by_somebody_else(
    page: Page, enter: Callable[[Person], Page], plan: list[Milestone], settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page.goto(f"{LIST}{plan[0].pk}/change/")
    page.locator("#tabs-items").get_by_text("Evidence").click()
    page.get_by_role("link", name="Add another Piece of evidence").click()
    page.locator("[name=evidence-0-kind]").select_option("file")
    page.locator("[name=evidence-0-title]").fill("Minutes of the acceptance")
    page.locator("[name=evidence-0-upload]").set_input_files(
        {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "Save and continue editing")
    page.get_by_role("link", name="Complete", exact=True).click()
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_text("Complete: 1 milestone, done.")).to_be_visible()

    other = enter(make.make_office_person(full_name="Sun Jie"))
    other.goto(f"{LIST}{plan[0].pk}/change/")
    other.get_by_role("link", name="Verify").click()
    with other.expect_download() as download:
        other.get_by_role("link", name="Minutes of the acceptance").click()
    assert Path(download.value.path()).read_bytes() == PDF
    other.get_by_role("button", name="Verify").click()
    expect(other.get_by_text("Verify: 1 milestone, done.")).to_be_visible()
    plan[0].refresh_from_db()
    assert (plan[0].status, str(plan[0].verified_by)) == (MilestoneStatus.DONE, "Sun Jie")
    assert Evidence.objects.get().file_name == "minutes.pdf"


@pytest.mark.everything
def test_a_milestone_is_copied_from_a_menu_that_the_keyboard_opens(page: Page, plan: list[Milestone]) -> None:
    page.goto(f"{LIST}{plan[1].pk}/change/")
    more = page.get_by_role("button", name="More", exact=True)
    more.press("Enter")
    expect(page.get_by_role("link", name="Reassign")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.get_by_role("link", name="Reassign")).to_be_hidden()
    page.keyboard.press("Space")
    page.get_by_role("link", name="Duplicate").click()
    page.locator("[name=title_en]").fill("Acceptance in district B")
    page.locator("[name=due_on]").fill("2039-06-30")
    page.get_by_label("waits for “Pilot”").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("The copy is made; nothing is reported on it yet.")).to_be_visible()
    made = Milestone.objects.get(title_en="Acceptance in district B")
    assert (made.due_on, made.predecessor_links.get().predecessor) == (date(2039, 6, 30), plan[0])


@pytest.mark.everything
def test_a_dependency_is_added_and_a_circle_refused(page: Page, plan: list[Milestone]) -> None:
    page.goto(f"{LIST}{plan[2].pk}/change/")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Add a dependency").click()
    choose(page, "other", "Acceptance")
    page.locator("[name=lag_working_days]").fill("2")
    page.get_by_role("button", name="Show what it means").click()
    expect(page.locator("#rm-foretold")).to_contain_text("“Acceptance” is due on 2039-01-03: “Far off” may start on")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("The dependency is there.")).to_be_visible()
    page.goto(f"{LIST}{plan[0].pk}/link/")
    choose(page, "other", "Far off")
    page.get_by_role("button", name="Apply").click()
    told = "That would make a circle of dependencies: Pilot → Acceptance → Far off → Pilot"
    expect(page.locator(".rm-refusal")).to_have_text(told)
    assert sorted(Dependency.objects.values_list("successor__title_en", "lag_working_days")) == [
        ("Acceptance", 0),
        ("Far off", 2),
    ]


@pytest.mark.everything
def test_a_baseline_is_approved_and_compared_with_today(page: Page, plan: list[Milestone]) -> None:
    page.goto("/admin/roadmap/baseline/add/")
    choose(page, "roadmap", str(plan[0].initiative.roadmap.title_en))
    page.locator("[name=name]").fill("Approved plan")
    page.locator("[name=approved_on]").fill("2025-01-10")
    page.locator("[name=reason]").fill("Approved by the board.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list tr.data-row")).to_have_count(1)
    reschedule_milestone(
        plan[0], due_on=date(2025, 6, 17), planned_start_on=None, by=SYSTEM, now=clock.now(), reason="Later"
    )
    page.goto(f"/admin/roadmap/baseline/{Baseline.objects.get().pk}/change/")
    page.get_by_role("link", name="Compare").click()
    worst = page.get_by_role("region", name="Milestones").locator("tbody tr").first
    expect(worst).to_contain_text("Pilot")
    expect(worst.locator("td").first).to_have_text("+14 10 working days", use_inner_text=True)


@pytest.mark.everything
def test_a_token_is_revoked_after_a_question(page: Page, office: Person) -> None:
    token, _text = make_token(office, by=Actor(office, Door.ADMIN), now=clock.now(), name="Report", scopes=[Scope.READ])
    page.goto(f"/admin/roadmap/apitoken/{token.pk}/change/")
    page.get_by_role("link", name="Revoke").click()
    expect(page.get_by_text("Whatever uses it is refused from now on.")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("The key is revoked.")).to_be_visible()
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.everything
def test_a_mail_is_looked_at_before_it_is_sent(page: Page, plan: list[Milestone]) -> None:
    make_rule(plan[0].initiative.roadmap, offsets=[30])
    day = clock.now().date() + timedelta(days=10)
    Milestone.objects.filter(pk=plan[0].pk).update(due_on=day + timedelta(days=30))
    page.goto("/admin/mail-preview/")
    choose(page, "person", "Wang Lei")
    page.locator("select[name=language]").select_option("en")
    page.locator("[name=day]").fill(str(day))
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("pre.rm-text")).to_contain_text("Pilot")
    expect(page.frame_locator("iframe.rm-frame").locator("body")).to_contain_text("Pilot")


@pytest.mark.everything
def test_what_the_list_is_narrowed_to_is_exported_edited_and_stays(page: Page, plan: list[Milestone]) -> None:
    titles = page.locator("#result_list tr.data-row .field-shown_title .rm-title")
    page.goto(f"{LIST}?q=Far")
    expect(titles).to_have_text(["Far off"])
    page.locator("a.cursor-pointer", has_text="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="All shown, as CSV").click()
    assert [line.split(",")[2] for line in Path(saved.value.path()).read_text().splitlines()[1:]] == ["Far off"]
    page.get_by_role("link", name="Edit in the list").click()
    expect(page.locator(".rm-edit-table .rm-title")).to_have_text(["Far off"])
    page.locator("[name$=-weight]").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(titles).to_have_text(["Far off"])
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("tag_chosen")
    page.get_by_role("button", name="Run").click()
    page.locator("[name=add]").fill("later")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Set tags").click()
    expect(titles).to_have_text(["Far off"])
    assert f"{LIST}?q=Far" in page.url
    assert Milestone.objects.filter(tags__contains="later", weight=7).count() == 1
