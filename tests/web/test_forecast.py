"""The page of the forecast, and its sentence on the overview."""

import re
from collections import Counter
from datetime import date

import pytest
from django.test import Client

from roadmap.models import Milestone
from roadmap.vocabulary import MilestoneStatus
from roadmap.web.charts.dots import RADIUS, dots
from tests.forecast.rows import make_kept_forecast
from tests.web.rows import Frame, make_milestone

GATE = date(2026, 12, 31)


@pytest.fixture
def milestone(frame: Frame) -> Milestone:
    """Forecast in September; the site's today is later."""
    made = make_milestone(frame, code="m-1", title_zh="试点", title_en="Pilot", due_on=GATE)
    make_kept_forecast(made, day=date(2026, 9, 1))
    return made


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_verdict_comes_first_then_what_decides_it(milestone: Milestone, english: Client) -> None:
    html = english.get("/forecast/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html.split("<main")[1]).split())
    assert (
        "Basic framework: 62% to be complete by 31 December 2026; P80 = 15 January 2027, because “Pilot”, which "
        "decides most, is expected on 8 January 2027, 8 days after its due date." in text
    )
    assert text.index("Basic framework: 62%") < text.index("P95") < text.index("What decides it")
    assert "Pilot from its plan 31 December 2026 8 January 2027 15 January 2027 40% 90% 75% 4.2" in text
    assert "13 of 20 lie on or before the gate" in text
    assert "Only 3 forecast dates, paces and plans of this roadmap have come true" in text
    assert "nothing can be said of past forecasts yet" in text
    assert html.count('<circle class="in-time"') == 2 * 13


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_past_forecasts_are_judged_on_the_page(milestone: Milestone, english: Client) -> None:
    Milestone.objects.update(status=MilestoneStatus.DONE, completed_on=date(2026, 9, 29))
    html = english.get("/forecast/").content.decode()
    assert "Brier score of the chances: 0.36" in html
    assert "off by 101.0 days on average; the due dates were off by 93.0" in html


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_overview_says_it_in_a_sentence_that_leads_there(milestone: Milestone, english: Client) -> None:
    html = english.get("/").content.decode()
    assert '<a href="/forecast/">Forecast</a>: 62% to be complete by then; P80 = 15 January 2027' in html
    before = english.get("/?as_of=2026-08-31").content.decode()
    assert "to be complete by then" not in before
    assert "There is no forecast of this day." in english.get("/forecast/?as_of=2026-08-31").content.decode()


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_milestone_says_when_it_will_be_done_while_it_is_open(milestone: Milestone, english: Client) -> None:
    said = (
        "P50 = 8 January 2027, P80 = 15 January 2027; 40% to be done by its due date, from its plan. By the plan it "
        "can be 0 working days later without missing a gate."
    )
    assert said in english.get("/milestones/m-1/").content.decode()
    assert said not in english.get("/milestones/m-1/?as_of=2026-08-31").content.decode()
    Milestone.objects.update(status=MilestoneStatus.DONE, completed_on=date(2026, 9, 29))
    assert said not in english.get("/milestones/m-1/").content.decode()


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_copy_is_no_longer_good_once_there_is_a_new_forecast(milestone: Milestone, english: Client) -> None:
    for address in ("/forecast/", "/"):
        tag = english.get(address).headers["ETag"]
        assert english.get(address, headers={"if-none-match": tag}).status_code == 304
        make_kept_forecast(milestone, day=date(2026, 9, 3 if address == "/" else 2), chance=0.5)
        answer = english.get(address, headers={"if-none-match": tag})
        assert (answer.status_code, "50% to be complete" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("width", [343, 620])
@pytest.mark.parametrize(
    "days",
    [
        [date(2027, 1, 8)] * 20,
        [date(2026, 12, 1 + number) for number in range(20)],
        [date(2026 + number // 2, 7, 1) for number in range(20)],
    ],
)
def test_dots_stay_inside_and_never_cover_each_other(days: list[date], width: int) -> None:
    drawn = dots(days, gate=GATE, gate_label="Gate", marks={"P50": days[10], "P80": days[16]}, width=width)
    assert len(drawn.dots) == 20
    assert [dot.is_late for dot in drawn.dots] == [day > GATE for day in days]
    assert max(Counter((dot.x, dot.y) for dot in drawn.dots).values()) == 1
    assert all(dot.x - RADIUS >= 0 and dot.x + RADIUS <= width + RADIUS for dot in drawn.dots)
    assert all(drawn.marks[-1].y < dot.y - RADIUS < dot.y + RADIUS <= drawn.bottom for dot in drawn.dots)
    assert len(drawn.ticks) <= (6 if width > 400 else 3)
