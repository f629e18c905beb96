"""The list of milestones with its filters, and the page of one."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from roadmap.editing.milestones import reschedule_milestone
from roadmap.models import Dependency, Evidence, Milestone, Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door
from roadmap.web.columns import COLUMNS
from tests import factories as make
from tests.web.rows import Frame, fill, make_milestone
from tests.web.test_overview import page, text_of

pytestmark = pytest.mark.django_db


def codes(client: Client, query: str) -> list[str]:
    """The milestones listed, in their order."""
    return re.findall(
        r'<th scope="row"><span class="one-line"><a href="/milestones/([^/]+)/',
        client.get(f"/milestones/{query}", follow=True).content.decode(),
    )


@pytest.fixture
def states(frame: Frame) -> None:
    """One milestone of each state on 1 October 2026, its code the state."""
    coming = {"planned_start_on": date(2026, 9, 20), "due_on": date(2027, 9, 20)}
    make_milestone(frame, code="done", due_on=date(2026, 1, 1), status="done", completed_on=date(2026, 1, 5))
    make_milestone(frame, code="cancelled", due_on=date(2026, 1, 2), status="cancelled", cancelled_on=date(2026, 1, 5))
    make_milestone(frame, code="late", title_en="Pilot", due_on=date(2026, 9, 30))
    make_milestone(frame, code="soon", planned_start_on=date(2026, 9, 30), due_on=date(2026, 10, 31))
    make_milestone(frame, code="track", **coming)
    risk = make_milestone(frame, code="risk", **coming)
    make.make_update(risk, 2, date(2026, 9, 25), confidence="red")
    make_milestone(frame, code="silent", planned_start_on=date(2026, 8, 1), due_on=date(2027, 12, 1))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", ["late", "soon", "track", "risk", "silent", "cancelled", "done"]),
        ("open", ["late", "soon", "track", "risk", "silent"]),
        ("late", ["late"]),
        ("due_soon", ["soon"]),
        ("risk", ["risk", "silent"]),
        ("silent", ["late", "silent"]),
        ("track", ["soon", "track"]),
        ("done", ["done"]),
        ("cancelled", ["cancelled"]),
        ("nonsense", []),
    ],
)
def test_list_is_narrowed_down_by_state(state: str, expected: list[str], states: None, client: Client) -> None:
    assert codes(client, f"?state={state}") == expected


def test_state_is_that_of_the_day_asked_for(states: None, client: Client) -> None:
    assert codes(client, "?state=done&as_of=2026-01-04") == []
    assert codes(client, "?state=late&as_of=2026-01-04") == ["done", "cancelled"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("due", ["done", "cancelled", "late", "soon", "track", "risk", "silent"]),
        ("-due", ["silent", "track", "risk", "soon", "late", "cancelled", "done"]),
        ("code", ["cancelled", "done", "late", "risk", "silent", "soon", "track"]),
        ("state", ["late", "risk", "silent", "soon", "track", "done", "cancelled"]),
        ("-state", ["cancelled", "done", "soon", "track", "risk", "silent", "late"]),
        ("-report", ["risk", "late", "soon", "track", "silent", "cancelled", "done"]),
        ("report", ["risk", "late", "soon", "track", "silent", "cancelled", "done"]),
        ("nonsense", ["late", "soon", "track", "risk", "silent", "cancelled", "done"]),
    ],
)
@pytest.mark.both_databases
def test_list_is_sorted_by_the_column_asked_for(sort: str, expected: list[str], states: None, client: Client) -> None:
    """What is equal keeps its order: by due date; where reports tell, the open ones first."""
    assert codes(client, f"?sort={sort}") == expected
    file = client.get(f"/milestones.csv?sort={sort}&columns=due").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in file.splitlines()[1:]] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?phase=basic", ["one"]),
        ("?pillar=safe", ["one"]),
        ("?workstream=process", ["one"]),
        ("?initiative=review", ["one"]),
        ("?organisation=gacc", ["one", "other"]),
        ("?organisation=below", ["other"]),
        ("?q=OTHER", ["other"]),
        ("?q=口岸", ["other"]),
        ("?q=口岸 文静", ["other"]),
        ("?q=口岸 nobody", []),
        ("?phase=none", []),
    ],
)
def test_list_is_narrowed_down_by_place_and_text(query: str, expected: list[str], frame: Frame, client: Client) -> None:
    below = make.make_organisation(frame.organisation, code="below")
    elsewhere = make.make_initiative(make.make_pillar(frame.roadmap))
    make_milestone(frame, code="one")
    make.make_milestone(
        elsewhere,
        make.make_phase(frame.roadmap),
        code="other",
        title_zh="口岸试点",
        organisation=below,
        owner=frame.owner,
    )
    assert codes(client, query) == expected


def test_list_comes_in_pages_that_keep_the_filters(frame: Frame, client: Client) -> None:
    for number in range(51):
        make_milestone(frame, code=f"m-{number:02}")
    html = client.get("/milestones/?phase=basic").content.decode()
    assert 'href="?phase=basic&amp;page=2"' in html
    assert codes(client, "?phase=basic&page=2") == ["m-50"]
    assert codes(client, "?state=silent&page=2") == ["m-50"]
    assert codes(client, "?page=nonsense")[0] == "m-00"


@pytest.mark.parametrize("column", [one.name for one in COLUMNS if one.name != "title"])
@pytest.mark.both_databases
def test_every_column_can_be_shown_sorted_by_and_taken_away(column: str, states: None, english: Client) -> None:
    """A column that is shown stands under a head that sorts by it, in the order of the whole list."""
    for sort, order in ((column, "ascending"), (f"-{column}", "descending")):
        html = english.get(f"/milestones/?columns={column}&sort={sort}").content.decode()
        assert html.count('<th scope="row">') == 7
        assert re.findall(r'class="is-([a-z]+)" aria-sort="([a-z]+)"', html) == [(column, order)]
        heads, first = (re.search(f"{part}(.*?)</tr>", html, re.DOTALL) for part in ("<thead>", "<tbody>"))
        assert heads is not None
        assert first is not None
        assert heads[1].count("<th ") == first[1].count("<td") + 1 == 2


def test_files_hold_what_the_list_has_under_its_filters(states: None, english: Client) -> None:
    workbook = load_workbook(BytesIO(english.get("/milestones.xlsx?state=late&columns=due,state,progress").content))
    head, row = workbook.active.values
    assert head == ("Code", "Due", "Milestone", "State", "Actual (%)")
    assert (row[0], row[1].date(), *row[2:]) == ("late", date(2026, 9, 30), "Pilot", "Overdue", 0)
    table = english.get("/milestones.csv?state=risk")
    assert table["Content-Disposition"] == 'attachment; filename="smart-milestones-2026-10-01.csv"'
    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines[0].split(",")) == len(COLUMNS)
    assert [line.split(",")[0] for line in lines[1:]] == ["risk", "silent"]
    assert english.get("/milestones.ods").status_code == 404


def test_columns_chosen_by_boxes_come_in_an_address_that_can_be_shared(states: None, client: Client) -> None:
    asked = "/milestones/?state=late&columns=weight&columns=owner&sort=-due&columns=none"
    assert client.get(asked).headers["Location"] == "/milestones/?state=late&sort=-due&columns=owner%2Cweight"
    usual = "/milestones/?columns=due&columns=owner&columns=state&columns=progress"
    assert client.get(usual).headers["Location"] == "/milestones/"


@pytest.mark.parametrize(
    ("asked", "clean"),
    [
        ("/milestones/?q=&state=late&phase=&due_on_after=+", "/milestones/?state=late"),
        ("/calendar/?month=2026-01&q=", "/calendar/?month=2026-01"),
        ("/timeline/?phase=&pillar=", "/timeline/"),
        ("/explain/?organisation=", "/explain/"),
    ],
)
def test_what_a_form_leaves_empty_isnt_in_the_address(asked: str, clean: str, frame: Frame, client: Client) -> None:
    assert client.get(asked).headers["Location"] == clean
    assert client.get(clean).status_code == 200


def test_each_filter_in_force_is_taken_away_by_itself(states: None, english: Client) -> None:
    html = english.get(
        "/milestones/?state=late&organisation=none&due_on_after=2026-01-01&sort=-due&page=2"
    ).content.decode()
    chips = re.search(r'<ul class="chips".*?</ul>', html, re.DOTALL)
    assert chips is not None
    found = re.findall(r'<a href="([^"]+)">(.*?)</a>', chips[0], re.DOTALL)
    assert [(address.replace("&amp;", "&"), text_of(words)) for address, words in found] == [
        ("/milestones/?state=late&due_on_after=2026-01-01&sort=-due", "Organisation: none × take away"),
        ("/milestones/?organisation=none&due_on_after=2026-01-01&sort=-due", "State: Overdue × take away"),
        ("/milestones/?state=late&organisation=none&sort=-due", "Due from: 1 January 2026 × take away"),
        ("/milestones/", "Clear filters"),
    ]


def test_list_that_nothing_answers_says_what_to_do(frame: Frame, english: Client) -> None:
    assert "Remove one, or clear them all." in page(english, "/milestones/?q=nothing")
    assert "No milestones yet." in page(english, "/milestones/")


def test_milestone_page_tells_everything_about_it(frame: Frame, english: Client) -> None:
    one = make_milestone(
        frame,
        code="one",
        title_en="Pilot at a port",
        acceptance_criteria_en="Three months without failure",
        planned_start_on=date(2026, 1, 1),
        due_on=date(2026, 10, 11),
    )
    make.make_deliverable(one, title_en="Test report", done_on=date(2026, 9, 1))
    make.make_update(one, 40, date(2026, 9, 20), narrative_en="Devices are tuned", reported_by=frame.owner)
    Dependency.objects.create(
        predecessor=make_milestone(frame, code="before", title_en="Standards"), successor=one, lag_working_days=5
    )
    Evidence.objects.create(milestone=one, kind="link", title="Minutes", url="https://example.org/minutes")
    shown = page(english, "/milestones/one/")
    for expected in [
        "Smart Customs Safe Image review Pilot at a port",
        "Due Sunday, 11 October 2026 10 days left",
        "Progress as of 1 October 2026 40% actual, 96% planned",
        "At risk 56 percentage points behind plan",
        "Planned 96% Grows evenly by calendar days from 1 January 2026 to 11 October 2026, by the present plan",
        "Actual 40% As last reported on 20 September 2026.",
        "Owner 李文静 Organisation General Administration Phase Basic framework Workstream Process optimisation",
        "Deliverables 1 / 1 Test report done on 1 September 2026 · weight 1",
        "Three months without failure",
        "Waits for Standards At risk · due on 31 December 2026 · 5 working days between",
        "Devices are tuned",
        "Minutes Link",
    ]:
        assert expected in shown


def test_milestone_page_tells_who_changed_what_and_why(frame: Frame, english: Client) -> None:
    one = make_milestone(frame, code="one", due_on=date(2026, 12, 1))
    office = make.make_office_person(full_name="办公室")
    reschedule_milestone(
        one,
        by=Actor(person=office, door=Door.ADMIN),
        now=datetime(2026, 9, 30, 2, tzinfo=UTC),
        due_on=date(2026, 12, 31),
        reason="Devices arrive late",
    )
    shown = page(english, "/milestones/one/")
    assert "due date: 1 December 2026 → 31 December 2026 Devices arrive late 办公室 Administration" in shown


def test_milestone_page_as_of_a_past_day_leaves_away_what_came_later(frame: Frame, english: Client) -> None:
    one = make_milestone(frame, code="one", status="done", completed_on=date(2026, 9, 30))
    make.make_update(one, 40, date(2026, 8, 1), narrative_en="First word")
    make.make_update(one, 90, date(2026, 9, 1), narrative_en="Second word")
    shown = page(english, "/milestones/one/?as_of=2026-08-15")
    assert "40% actual" in shown
    assert "First word" in shown
    assert "Second word" not in shown
    assert "138 days left" in shown


def test_unsafe_address_of_evidence_is_not_linked(frame: Frame, client: Client) -> None:
    one = make_milestone(frame, code="one")
    Evidence.objects.create(milestone=one, kind="link", title="Bad", url="javascript:alert(1)")
    assert "javascript:" not in client.get("/milestones/one/").content.decode()


def test_unknown_milestone_and_initiative_are_not_found(frame: Frame, client: Client) -> None:
    assert client.get("/milestones/none/").status_code == 404
    assert client.get("/initiatives/none/").status_code == 404


def test_initiative_page_shows_its_figures_and_milestones(frame: Frame, english: Client) -> None:
    make_milestone(frame, title_en="Pilot at a port", status="done", completed_on=date(2026, 9, 1))
    make_milestone(frame, title_en="Roll-out")
    shown = page(english, "/initiatives/review/")
    assert "Actual 50.0% Verified 0.0% Planned 75.1% Done 1 / 2 Overdue 0" in shown
    assert "Pilot at a port" in shown
    assert "Roll-out" in shown


def test_every_milestone_in_the_timeline_opens_its_page(frame: Frame, client: Client) -> None:
    for number in range(3):
        make_milestone(frame, code=f"m-{number}", due_on=date(2026, 10 + number, 1))
    html = client.get("/timeline/").content.decode()
    names, plot = html[html.index('class="names"') : html.index('<div class="drawing for-narrow')].split(
        'class="chart timeline plot"'
    )
    assert re.findall(r'<a href="/milestones/([^/]+)/', names) == ["m-0", "m-1", "m-2"]
    assert re.findall(r'<a href="/milestones/([^/]+)/', plot) == ["m-0", "m-1", "m-2"]
    assert Milestone.objects.count() == 3
    assert "时间轴" in text_of(html)


def test_evidence_and_history_are_those_of_the_roadmaps_day(frame: Frame, client: Client, time_machine: Any) -> None:
    """In New York it is still the day before while the program's own zone, Shanghai, has a new one."""
    Roadmap.objects.update(time_zone="America/New_York")
    time_machine.move_to(datetime(2026, 10, 1, 20, 0, tzinfo=UTC), tick=False)  # the second of October in Shanghai
    milestone = make_milestone(frame, code="scanner")
    reschedule_milestone(
        milestone,
        by=SYSTEM,
        now=datetime(2026, 10, 1, 20, 0, tzinfo=UTC),
        due_on=date(2027, 2, 1),
        reason="Devices come late",
    )
    Evidence.objects.create(milestone=milestone, kind="note", title="Test protocol", note="All passed")
    told = client.get("/milestones/scanner/", headers={"Accept-Language": "en"}).content.decode()
    assert ["Devices come late" in told, "Test protocol" in told] == [True, True]


def test_initiative_with_very_many_milestones_lists_the_open_ones_and_leads_to_all(
    frame: Frame, english: Client
) -> None:
    fill(frame, 120)
    Milestone.objects.filter(code="bulk-0").update(status="done", completed_on=date(2026, 1, 1))
    html = english.get("/initiatives/review/").content.decode()
    assert html.count('<td class="due">') == 60
    assert "Milestone 0<" not in html
    assert 'Milestones <span class="total">120</span>' in html
    assert '<a href="/milestones/?initiative=review">All 120</a>' in html
