"""Each figure opens what it is made of, and the parts add up to it; the matrix and the curve lead there."""

import csv
import re
from datetime import date
from io import StringIO

import pytest
from django.test import Client

from tests import factories as make
from tests.web.rows import Frame, make_milestone
from tests.web.test_overview import page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(frame: Frame) -> None:
    """Three that count, of weights 1, 2 and 5, and one that was cancelled."""
    long = {"planned_start_on": date(2026, 1, 1), "due_on": date(2026, 9, 30)}
    make_milestone(frame, code="done", weight=1, status="done", completed_on=date(2026, 9, 1), **long)
    reported = make_milestone(frame, code="reported", weight=2, provenance="sample", **long)
    make.make_update(reported, 40, date(2026, 9, 15))
    make_milestone(frame, code="ahead", weight=5, planned_start_on=date(2027, 1, 1), due_on=date(2027, 12, 31))
    make_milestone(frame, code="gone", weight=9, status="cancelled", cancelled_on=date(2026, 2, 1), **long)


def test_explanation_shows_sums_formulas_and_each_share(plan: None, english: Client) -> None:
    shown = page(english, "/explain/?phase=basic&pillar=safe")
    assert "Basic framework × Safe" in shown
    assert "Actual 22.5% Sum of weight × percent actual, 1.8, divided by the sum of weights, 8." in shown
    assert "Planned 37.5% Sum of weight × percent planned, 3, divided by the sum of weights, 8." in shown
    assert "−15.0 Actual minus planned, in percentage points: 22.5% − 37.5%." in shown
    assert "0.60 Actual divided by planned: 22.5% / 37.5%." in shown
    html = english.get("/explain/?phase=basic&pillar=safe").content.decode()
    shares = [float(share) for share in re.findall(r'data-column="Share">([\d.]+)<', html)]
    assert (sum(shares[::2]), sum(shares[1::2])) == (37.5, 22.5)
    assert "40% reported for" in shown
    assert "cancelled, doesn" in shown
    assert '<a href="/milestones/reported/#h-reports">40%</a>' in html
    assert '<a href="/milestones/?phase=basic&amp;pillar=safe">List with filters</a>' in html
    assert html.count("badge sample") == 2  # the milestone's, and the legend's


def test_explanation_of_what_is_not_there_is_not_found_and_of_nothing_says_so(frame: Frame, english: Client) -> None:
    kinds = ("phase", "pillar", "workstream", "initiative", "organisation")
    assert {kind: english.get(f"/explain/?{kind}=none").status_code for kind in kinds} == dict.fromkeys(kinds, 404)
    assert "No milestone counts here" in page(english, "/explain/?pillar=safe")


def test_matrix_cells_open_their_explanation_on_the_day_shown(plan: None, english: Client) -> None:
    html = english.get("/matrix/?as_of=2026-09-20").content.decode()
    for query in ("phase=basic&amp;pillar=safe", "phase=basic&amp;workstream=process", "pillar=safe", "phase=basic"):
        assert f'<a class="cell" href="/explain/?{query}&amp;as_of=2026-09-20"><span class="pair"><strong>22%' in html
    html = english.get("/?as_of=2026-09-20").content.decode()
    assert [
        f'href="/explain/?{query}as_of=2026-09-20"' in html for query in ("phase=basic&amp;", "pillar=safe&amp;", "")
    ] == [True] * 3
    assert "Safe 22% of 36% planned" in text_of(html)


def test_curve_its_table_and_its_file_hold_the_same_values(plan: None, english: Client) -> None:
    shown = page(english, "/progress/")
    assert "1 October 2026 the day shown 37.5% 22.5% 0.0% −15.0" in shown
    assert "31 December 2026 Gate: Basic framework 37.5%" in shown
    response = english.get("/progress.csv")
    assert response["Content-Disposition"] == 'attachment; filename="smart-progress-2026-10-01.csv"'
    rows = {row[0]: row[1:] for row in csv.reader(StringIO(response.content.decode()))}
    assert rows["date"] == ["planned_percent", "earned_percent", "verified_percent", "schedule_variance"]
    assert rows["2026-10-01"] == ["37.500000", "22.500000", "0.000000", "-15.000000"]
    assert rows["2026-12-31"] == ["37.500000"]


def test_drawing_to_take_away_stands_by_itself(plan: None, english: Client) -> None:
    response = english.get("/progress.svg")
    drawing = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert re.findall(r"class=|<style|currentColor", re.sub(r'fill="none" stroke="currentColor"', "", drawing)) == []
    assert "Basic framework" in drawing
