"""The overview tells gates, progress, what is late and what is next, in both languages, on any day."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from roadmap.editing.baselines import set_baseline
from roadmap.editing.milestones import reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, Rag
from tests import factories as make
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db


def text_of(html: str) -> str:
    """What a reader sees, blanks folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(client: Client, address: str = "/") -> str:
    return text_of(client.get(address).content.decode())


def test_gate_is_counted_down_in_days_of_the_roadmap(frame: Frame, english: Client) -> None:
    assert "Basic framework 31 December 2026 days to the gate 91 " in page(english)


def test_gate_that_has_passed_counts_the_days_since(frame: Frame, english: Client) -> None:
    frame.phase.gate_on = date(2026, 9, 30)
    frame.phase.save()
    assert "day since the gate 1 " in page(english)


def test_overview_speaks_chinese_first(frame: Frame, client: Client) -> None:
    make_milestone(frame, due_on=date(2026, 9, 20), title_zh="口岸试点")
    shown = page(client)
    assert "红灯（滞后）：1项逾期，距阶段节点91天，落后计划100.0个百分点" in shown
    assert "基本框架 2026年12月31日 天后到阶段节点 91 " in shown
    assert "李文静 海关总署 1 0 口岸试点 逾期11天" in shown


def test_who_must_act_is_told_with_the_counts_and_what_was_due_first(frame: Frame, english: Client) -> None:
    other = make.make_person(full_name="Chen Hao")
    for due_on, title in (
        (date(2026, 9, 20), "Pilot at a port"),
        (date(2026, 9, 25), "Gate"),
        (date(2026, 10, 9), "B"),
    ):
        make_milestone(frame, due_on=due_on, title_en=title)
    make_milestone(frame, due_on=date(2026, 9, 1), title_en="Channels", owner=other, organisation=None)
    make_milestone(frame, due_on=date(2026, 10, 3), title_en="Nobody is", owner=None)
    make_milestone(frame, due_on=date(2026, 10, 4), title_en="No unit", owner=None, organisation=None)
    make_milestone(frame, due_on=date(2027, 10, 3), title_en="Far away", owner=None, organisation=None)
    shown = page(english)
    told = shown[shown.index("Who must act") : shown.index("Progress against plan")]
    assert told.endswith(
        "Owner Overdue Due within 30 days First"
        " 李文静 General Administration 2 1 Pilot at a port 11 days overdue"
        " Chen Hao 1 0 Channels 30 days overdue"
        " General Administration 0 1 Nobody is 2 days left"
        " no owner yet 0 1 No unit 3 days left"
        " Overdue 3 Due within 30 days 3 Without a report for 30 days 7 "
    )


@pytest.mark.parametrize(
    ("gate_on", "due", "percent", "verdict"),
    [
        (
            date(2026, 12, 31),
            [date(2026, 9, 20)],
            50,
            "Off track: 1 overdue, gate in 91 days, 50.0 percentage points behind plan",
        ),
        (
            date(2026, 10, 2),
            [date(2026, 10, 2)],
            100,
            "On track: nothing overdue, gate in 1 day, 0.2 percentage points ahead of plan",
        ),
        (
            date(2026, 10, 1),
            [date(2026, 9, 20)] * 2,
            97,
            "At risk: 2 overdue, gate today, 3.0 percentage points behind plan",
        ),
        (date(2026, 9, 30), [date(2026, 9, 20)], 100, "At risk: 1 overdue, last gate 1 day ago, exactly as planned"),
        (date(2026, 12, 31), [], 0, "No milestones yet"),
    ],
)
def test_one_sentence_says_how_it_stands(
    gate_on: date, due: list[date], percent: int, verdict: str, frame: Frame, english: Client
) -> None:
    frame.phase.gate_on = gate_on
    frame.phase.save()
    for due_on in due:
        make.make_update(
            make_milestone(frame, due_on=due_on, planned_start_on=date(2025, 1, 1)), percent, date(2026, 9, 1)
        )
    html = english.get("/").content.decode()
    assert (
        text_of(html[html.index('<p class="verdict') : html.index("</p>", html.index('<p class="verdict'))]) == verdict
    )


def test_done_and_cancelled_milestones_need_no_attention(frame: Frame, english: Client) -> None:
    make_milestone(frame, due_on=date(2026, 9, 20), status="done", completed_on=date(2026, 9, 30))
    make_milestone(frame, due_on=date(2026, 9, 20), status="cancelled", cancelled_on=date(2026, 9, 30))
    assert "Who must act Nothing is overdue, and nothing is due within 30 days. Progress" in page(english)


def test_past_day_shows_its_own_figures_with_a_way_back(frame: Frame, english: Client) -> None:
    make_milestone(
        frame, due_on=date(2026, 9, 20), status="done", completed_on=date(2026, 9, 30), title_en="Milestone Five"
    )
    response = english.get("/?as_of=2026-09-25")
    shown = text_of(response.content.decode())
    assert "You see the state on 25 September 2026" in shown
    assert "days to the gate 97 " in shown
    assert "李文静 General Administration 1 0 Milestone Five 5 days overdue" in shown
    assert '<a href="/">Back to today</a>' in response.content.decode()
    assert "?as_of=2026-09-25" in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("soon", "“soon” is not a date. Write it as 2026-01-31; the page shows today."),
        ("2026-02-30", "“2026-02-30” is not a date."),
        ("2023-12-31", "The roadmap begins on 1 January 2024; there is nothing to show as of 31 December 2023."),
        ("0001-01-01", "The roadmap begins on 1 January 2024;"),
        ("2026-10-02", "2 October 2026 lies ahead, and figures exist up to today only; the page shows today."),
    ],
)
def test_day_that_cannot_be_shown_is_refused_in_words(asked: str, answer: str, frame: Frame, english: Client) -> None:
    response = english.get(f"/?as_of={asked}")
    assert response.status_code == 200
    assert answer in text_of(response.content.decode())
    assert "days to the gate 91 " in text_of(response.content.decode())


def test_roadmap_without_milestones_says_so(frame: Frame, english: Client) -> None:
    shown = page(english)
    assert "No milestones yet" in shown
    assert "There is no milestone in this time." in page(english, "/timeline/")


def test_empty_roadmap_has_a_page(english: Client) -> None:
    make.make_roadmap(title_en="Nothing but a name")
    assert "Nothing but a name" in page(english)


def test_weightless_milestones_make_no_figures_and_break_nothing(frame: Frame, english: Client) -> None:
    make_milestone(frame, weight=0)
    assert "actual, of 0.0% planned 0.0%" in page(english)


def test_program_without_a_roadmap_says_how_to_load_one(english: Client) -> None:
    shown = page(english)
    assert "python manage.py load_catalogue" in shown
    assert "python manage.py load_sample" in shown


def test_sample_and_derived_entries_are_marked_and_sample_data_is_announced(frame: Frame, english: Client) -> None:
    make_milestone(frame, due_on=date(2026, 9, 20), provenance="derived")
    assert "invented to try the program out." not in page(english)
    make_milestone(frame, due_on=date(2026, 9, 20), provenance="sample")
    html = english.get("/").content.decode()
    assert "What is marked “Sample” is invented to try the program out." in html
    assert "remove_sample" not in html  # commands are for those who run the installation
    assert '<span class="badge derived" title="Our own planning, not stated by the source">Derived</span>' in html
    assert '<span class="badge sample" title="Invented to try the program out">Sample</span>' in html


def test_what_people_write_is_escaped_everywhere(frame: Frame, client: Client) -> None:
    nasty = "<script>alert('x')</script>"
    late = make_milestone(frame, title_zh=nasty, title_en=nasty, description_zh=nasty, due_on=date(2026, 9, 20))
    make.make_update(late, 5, date(2026, 9, 21), narrative_zh=nasty)
    frame.owner.full_name = nasty
    frame.owner.save()
    pages = ["/", "/milestones/", f"/milestones/{late.code}/", "/initiatives/review/", f"/milestones/?q={nasty}"]
    assert [address for address in pages if nasty in client.get(address).content.decode()] == []


def test_every_page_keeps_to_the_strict_content_policy(frame: Frame, client: Client) -> None:
    late = make_milestone(frame, due_on=date(2026, 9, 20))
    for address in ["/", "/milestones/", f"/milestones/{late.code}/", "/initiatives/review/", "/indicators/"]:
        html = client.get(address).content.decode()
        assert (
            re.findall(r"<script(?! src=\"/)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://(?!testserver)", html)
            == []
        )


def test_second_roadmap_has_its_own_address_and_keeps_it(frame: Frame, english: Client) -> None:
    other = make.make_roadmap(code="tower", title_en="The other one")
    make.make_phase(other, code="only", title_en="Only phase")
    html = english.get("/roadmaps/tower/").content.decode()
    assert "Only phase" in html
    assert 'href="/milestones/?roadmap=tower"' in html
    assert "The other one" in english.get("/milestones/?roadmap=tower").content.decode()
    assert 'href="/roadmaps/tower/"' in english.get("/").content.decode()


def test_unknown_roadmap_is_not_found(frame: Frame, client: Client) -> None:
    assert client.get("/roadmaps/none/").status_code == 404


def test_latest_changes_tell_every_kind_with_a_way_to_each(frame: Frame, english: Client) -> None:
    office = Actor(make.make_office_person(full_name="Zhao Min"), Door.API)
    made_at, moved_at = datetime(2026, 8, 1, 4, tzinfo=UTC), datetime(2026, 9, 20, 4, tzinfo=UTC)
    with time_machine.travel(made_at, tick=False):
        port, road = (make_milestone(frame, due_on=date(2026, 9, 20), title_en=title) for title in ("Port", "Road"))
    with time_machine.travel(moved_at, tick=False):
        reschedule_milestone(port, by=office, now=moved_at, due_on=date(2026, 10, 31), reason="Parts came late")
        record_progress(road, by=office, now=moved_at, percent_complete=60, confidence=Rag.AMBER)
        set_baseline(frame.roadmap, by=office, now=moved_at, name="Second", reason="Yearly")
    html = english.get("/").content.decode()
    shown = text_of(html)
    assert "20 September 2026 Baseline “Second”, approved on 20 September 2026 Yearly Zhao Min · API" in shown
    assert "Due: 20 September 2026 → 31 October 2026 (41 days later) Parts came late Zhao Min · API" in shown
    assert "20 September 2026 Road 60% At risk Zhao Min" in shown
    assert "1 August 2026 Port New milestone: due 20 September 2026" in shown
    assert 'href="/changes/?from=2026-09-19&amp;to=2026-09-20#h-frame"' in html
    assert "Latest changes" in shown
    assert "What changed in a week" in shown
