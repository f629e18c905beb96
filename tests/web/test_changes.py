"""What changed between two days: which days are taken, which figures are compared, what is told of each milestone."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from roadmap.editing.milestones import create_milestone, reschedule_milestone
from roadmap.editing.progress import record_progress
from roadmap.models import Milestone
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, Rag, Role
from tests import factories as make
from tests.web.rows import Frame

pytestmark = pytest.mark.django_db


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def moved(frame: Frame) -> Milestone:
    """Made on 1 August; on 20 September put off by 41 days with a reason, and reported on."""
    made_at, moved_at = datetime(2026, 8, 1, 4, tzinfo=UTC), datetime(2026, 9, 20, 4, tzinfo=UTC)
    with time_machine.travel(made_at, tick=False):
        office = Actor(person=make.make_person(full_name="Zhao Min", role=Role.OFFICE), door=Door.API)
        made = create_milestone(
            initiative=frame.initiative, by=office, now=made_at, phase=frame.phase, code="scanner",
            title_zh="设备", title_en="Scanner", planned_start_on=date(2026, 1, 1), due_on=date(2026, 9, 20),
        )  # fmt: skip
    with time_machine.travel(moved_at, tick=False):
        reschedule_milestone(made, by=office, now=moved_at, reason="Parts came late", due_on=date(2026, 10, 31))
        record_progress(made, by=office, now=moved_at, percent_complete=60, confidence=Rag.AMBER)
    return made


def test_changes_tell_from_what_to_what_and_why(moved: Milestone, english: Client) -> None:
    shown = text_of(english.get("/changes/?from=2026-09-01&to=2026-09-30").content.decode())
    assert "Dates moved 1" in shown
    assert "Due 20 September 2026 → 31 October 2026 (41 days later) Parts came late" in shown
    assert "Zhao Min · API 20 September 2026, 12:00" in shown
    assert "Reported — → 60%" in shown
    assert "All milestones 0.0% → 60.0% +60.0" in shown


def test_new_milestones_and_newly_late_ones_are_told(moved: Milestone, english: Client) -> None:
    new = text_of(english.get("/changes/?from=2026-07-01&to=2026-08-31").content.decode())
    assert "New milestones 1 Scanner" in new
    assert "On 1 July 2026 this roadmap had no milestones here yet." in new
    with time_machine.travel(datetime(2026, 11, 2, 4, tzinfo=UTC), tick=False):
        late = text_of(english.get("/changes/").content.decode())
    assert "From the end of 26 October 2026 to the end of 2 November 2026" in late
    assert "Newly overdue 1 Scanner" in late


def test_five_lines_say_what_got_better_and_worse_before_anything_else(moved: Milestone, english: Client) -> None:
    shown = text_of(english.get("/changes/?from=2026-09-01&to=2026-09-30").content.decode())
    lines = (
        "Better and worse"
        " Better Progress is 29.8 percentage points behind plan; before, it was 92.8 percentage points behind plan."
        " Unchanged Nothing is overdue."
        " Unchanged No milestone was completed."
        " Worse 1 due date moved later, by up to 41 days."
        " Better 0 milestones have had no report for 30 days, 1 before."
    )
    assert lines in shown
    assert shown.index(lines) < shown.index("Dates moved 1") < shown.index("Figures then and now")
    assert "Better and worse" not in text_of(english.get("/changes/?from=2026-07-01&to=2026-08-31").content.decode())


def test_what_a_load_brought_is_told_in_one_line(frame: Frame, english: Client) -> None:
    made_at = datetime(2026, 9, 20, 4, tzinfo=UTC)
    with time_machine.travel(made_at, tick=False):
        for number in range(60):
            create_milestone(
                initiative=frame.initiative, phase=frame.phase, code=f"m-{number}", now=made_at,
                by=Actor(person=None, door=Door.IMPORT if number else Door.API),
                title_zh="设备", title_en=f"Scanner {number}",
                planned_start_on=date(2026, 9, 1), due_on=date(2027, 9, 20),
            )  # fmt: skip
    html = english.get("/changes/?from=2026-09-01&to=2026-09-30").content.decode()
    added = html[html.index('id="added"') : html.index("Figures then and now")]
    assert "New milestones 60 59 milestones Loaded together Show them Scanner 1" in text_of(added)
    assert "the program · Import 20 September 2026, 12:00 Scanner 0 Image review" in text_of(added)
    assert added.count('class="what"') == 2
    assert "more; choose days" not in added


def test_changes_are_taken_away_as_a_table(moved: Milestone, english: Client) -> None:
    html = english.get("/changes/?from=2026-09-01&to=2026-09-30").content.decode()
    assert 'href="/changes.csv?from=2026-09-01&amp;to=2026-09-30"' in html
    lines = english.get("/changes.csv?from=2026-09-01&to=2026-09-30").content.decode("utf-8-sig").splitlines()
    assert lines == [
        "Change,Code,Milestone,Initiative,What,Before,After,Note,Why,By whom,At what time",
        "Dates moved,scanner,Scanner,Image review,Due,20 September 2026,31 October 2026,41 days later,Parts came late,"
        "Zhao Min · API,2026-09-20T04:00:00+00:00",
        "Progress reported,scanner,Scanner,Image review,Reported,—,60%,,,,",
    ]


def test_quiet_days_say_that_nothing_changed(moved: Milestone, english: Client) -> None:
    shown = text_of(english.get("/changes/?from=2026-09-22&to=2026-09-30").content.decode())
    assert "Nothing in the plan changed between these days, and nothing was reported." in shown


def test_usual_spans_are_links_that_keep_the_day_shown(moved: Milestone, english: Client) -> None:
    html = english.get("/changes/?as_of=2026-09-30").content.decode()
    assert '<a href="/changes/?as_of=2026-09-30&amp;from=2026-09-23" aria-current="true">a week</a>' in html
    assert '<a href="/changes/?as_of=2026-09-30&amp;from=2026-08-30">a month</a>' in html
    assert "since the last gate" not in html
    with time_machine.travel(datetime(2027, 1, 31, 4, tzinfo=UTC), tick=False):
        later = english.get("/changes/").content.decode()
    assert '<a href="/changes/?from=2026-12-31">since the last gate</a>' in later
    assert '<a href="/changes/?from=2026-12-31">a month</a>' in later


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("from=soon", "“soon” is not a date, and is left out."),
        ("to=2027-01-01", "1 January 2027 is left out: choose days from 1 January 2024 to today."),
        ("from=0001-01-01", "is left out: choose days from 1 January 2024 to today."),
        ("from=2026-09-30&to=2026-09-01", "The first day lay after the second; they were swapped."),
    ],
)
def test_days_that_cannot_be_taken_are_refused_in_words(asked: str, answer: str, frame: Frame, english: Client) -> None:
    response = english.get(f"/changes/?{asked}")
    assert response.status_code == 200
    assert answer in text_of(response.content.decode())
