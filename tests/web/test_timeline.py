"""The timeline by links alone: zoom, filters, open and closed initiatives, dependencies, and files to take away."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client

from roadmap.models import Baseline, BaselineEntry, Dependency
from roadmap.vocabulary import Role
from roadmap.web.timeline import asked, rows
from tests import factories as make
from tests.web.rows import Frame, fill, make_milestone
from tests.web.test_overview import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(frame: Frame) -> None:
    """A done, a late and a coming milestone, in this order but for the last, which starts too early."""
    done = make_milestone(
        frame, code="done", title_zh="做完", due_on=date(2026, 3, 31), status="done", completed_on=date(2026, 4, 10)
    )
    late = make_milestone(frame, code="late", title_zh="迟到", due_on=date(2026, 9, 20))
    coming = make_milestone(frame, code="coming", planned_start_on=date(2026, 9, 1), due_on=date(2027, 5, 1))
    make.make_update(late, 60, date(2026, 9, 1), forecast_on=date(2026, 11, 5))
    baseline = Baseline.objects.create(roadmap=frame.roadmap, name="first", approved_on=date(2025, 1, 1))
    BaselineEntry.objects.create(
        baseline=baseline, milestone=late, planned_start_on=date(2026, 1, 1), due_on=date(2026, 6, 30), weight=1
    )
    Dependency.objects.create(predecessor=done, successor=late)
    Dependency.objects.create(predecessor=late, successor=coming)


def drawing(client: Client, query: str = "?zoom=all") -> str:
    html = client.get(f"/timeline/{query}").content.decode()
    return html[html.index('<div class="drawing for-wide') : html.index('<div class="drawing for-narrow')]


def test_milestones_stand_with_baseline_forecast_and_completion(plan: None, english: Client) -> None:
    svg = drawing(english)
    tips = re.findall(r"<title>(Milestone[^<]*|[^<]*迟到[^<]*|[^<]*due[^<]*)</title>", svg)
    late = next(tip for tip in tips if "forecast" in tip)
    assert "due 20 September 2026 · baseline 30 June 2026 · forecast 5 November 2026 · Overdue · 60%" in late
    assert any("done on 10 April 2026" in tip for tip in tips)
    assert (svg.count('class="mark done"'), svg.count('class="forecast"'), svg.count('class="ghost"')) == (1, 1, 1)


@pytest.mark.parametrize("standing", [1, 3])
def test_few_lines_of_a_large_window_cost_a_fixed_number_of_queries(
    standing: int, frame: Frame, client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable
) -> None:
    monkeypatch.setattr(rows, "TOLD_UP_TO", 4)
    for number in range(6):  # all touch the month, some are due in it
        due_on = date(2026, 11, 10) if number < standing else date(2027, 6, 30)
        make_milestone(frame, code=f"m-{number}", planned_start_on=date(2026, 1, 1), due_on=due_on)
    with django_assert_num_queries(22):
        html = client.get("/timeline/?zoom=month&from=2026-11-01").content.decode()
    assert len(set(re.findall(r'href="/milestones/(m-\d)/', html))) == standing


def test_dependencies_are_arrows_and_those_out_of_order_are_red(plan: None, client: Client) -> None:
    svg = drawing(client)
    assert (svg.count('class="arrow"'), svg.count('class="arrow broken"')) == (1, 1)
    assert 'class="arrow' not in drawing(client, "?zoom=all&arrows=none")


def test_initiative_is_opened_and_closed_by_a_link(plan: None, client: Client) -> None:
    svg = drawing(client)
    assert svg.count('class="name"') == 3
    assert 'href="/timeline/?zoom=all&amp;open=none#lane-review-wide"' in svg
    closed = drawing(client, "?zoom=all&open=none")
    assert closed.count('class="name"') == 0
    assert 'href="/timeline/?zoom=all&amp;open=review#lane-review-wide"' in closed


def test_page_opens_around_today_and_is_as_short_an_address(plan: None, english: Client) -> None:
    html = english.get("/timeline/").content.decode()
    assert "June 2026 to May 2027" in html
    assert "2026</text>" in drawing(english, "")  # the first month says its year
    assert "done on 10 April 2026" not in drawing(english, "")
    assert '<a href="/timeline/" aria-current="true">Around today</a>' in html
    assert 'href="/timeline/?zoom=year&amp;from=2026-05-31" rel="prev"' in html


@pytest.mark.parametrize(
    ("role", "is_staff", "own", "moves"),
    [
        (Role.OFFICE, True, False, ["late", "coming"]),  # what is done doesn't move
        (Role.LEAD, True, True, ["late", "coming"]),
        (Role.LEAD, True, False, []),
        (Role.LEAD, False, True, []),
        (Role.CONTRIBUTOR, True, True, []),
    ],
)
def test_open_milestones_are_moved_by_staff_who_may_reschedule_them_and_on_no_past_day(
    role: str, is_staff: bool, own: bool, moves: list[str], plan: None, frame: Frame, client: Client
) -> None:
    organisation = frame.organisation if own else make.make_organisation(code="elsewhere")
    client.force_login(make.make_person(role=role, is_staff=is_staff, organisation=organisation))
    asked_for = r'<a href="/milestones/([a-z]+)/[^"]*" data-move="/admin/[^"]*reschedule/\?ids=\d+&amp;how=date"'
    assert re.findall(asked_for, drawing(client)) == moves
    assert "data-move" not in drawing(client, "?zoom=all&as_of=2026-09-30")


def test_cluster_opens_the_days_that_it_holds(frame: Frame, english: Client) -> None:
    for day in (28, 30):
        make_milestone(frame, code=f"m-{day}", title_en=f"Pilot {day}", due_on=date(2026, 12, day))
    svg = drawing(english, "?zoom=all&open=none")
    assert 'href="/timeline/?zoom=month&amp;open=all&amp;from=2026-12-28"' in svg
    [tip] = re.findall(r"<title>(Pilot 28[^<]*)</title><circle", svg)
    assert [line.split(" · ")[0] for line in tip.splitlines()] == ["Pilot 28", "Pilot 30"]
    opened = drawing(english, "?zoom=month&from=2026-12-28&open=all")
    assert (opened.count("<circle"), opened.count('class="name"')) == (0, 2)


def test_zoom_shows_a_window_and_leads_to_its_neighbours(plan: None, english: Client) -> None:
    html = english.get("/timeline/?zoom=quarter&from=2026-11-27&pillar=safe&as_of=2026-09-30").content.decode()
    assert "Q4 2026" in html
    assert 'href="/timeline/?pillar=safe&amp;as_of=2026-09-30&amp;zoom=quarter&amp;from=2026-09-30" rel="prev"' in html
    assert 'href="/timeline/?pillar=safe&amp;as_of=2026-09-30&amp;zoom=quarter&amp;from=2027-01-01" rel="next"' in html
    assert '<input type="hidden" name="zoom" value="quarter">' in html
    assert "There is no milestone in this time." in page(english, "/timeline/?zoom=month&from=2035-01-01")
    assert "“soon” is not a date" in page(english, "/timeline/?zoom=month&from=soon")


def test_too_many_milestones_ask_for_a_shorter_time(
    frame: Frame, english: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(frame, 5)
    monkeypatch.setattr(asked, "MOST", 4)
    monkeypatch.setattr("roadmap.web.timeline.rows.MOST", 4)
    assert "5 milestones are more than a drawing can show." in page(english, "/timeline/?zoom=all")


@pytest.mark.parametrize(
    ("address", "kind", "starts"),
    [
        ("/timeline.svg", "image/svg+xml; charset=utf-8", b"<?xml"),
        ("/timeline.png", "image/png", b"\x89PNG"),
        ("/timeline.pdf", "application/pdf", b"%PDF"),
    ],
)
def test_drawing_is_taken_away_as_a_file(address: str, kind: str, starts: bytes, plan: None, client: Client) -> None:
    response = client.get(f"{address}?zoom=year&from=2026-01-01")
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response.content.startswith(starts)
    assert response["Content-Disposition"].startswith('attachment; filename="smart-timeline-2026-10-01.')


def test_file_stands_by_itself(plan: None, client: Client) -> None:
    drawn = client.get("/timeline.svg").content.decode()
    ElementTree.fromstring(drawn)  # noqa: S314 (our own drawing)
    assert re.findall(r"class=|<style|<a |href=|currentColor", drawn) == []
    assert "迟到" in drawn


def told_by_poppler(tool: str, file: Path) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} isn't installed")
    return subprocess.run([tool, str(file)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("language", "author"), [("zh-hans", "智慧海关路线图跟踪系统"), ("en", "Smart-Customs Roadmap Tracker")]
)
def test_pdf_bears_its_font_title_and_author(
    plan: None, client: Client, tmp_path: Path, language: str, author: str
) -> None:
    file = tmp_path / "drawing.pdf"
    file.write_bytes(client.get("/timeline.pdf", headers={"Accept-Language": language}).content)
    _head, _rule, *fonts = told_by_poppler("pdffonts", file).splitlines()
    assert ["NotoSansSC" in font for font in fonts] == [True]
    assert fonts[0].split()[-5] == "yes"  # embedded
    facts = dict(line.split(":", 1) for line in told_by_poppler("pdfinfo", file).splitlines())
    assert [facts[name].strip() for name in ("Author", "Pages")] == [author, "1"]
    told_by_poppler("pdftotext", file)
    words = file.with_suffix(".txt").read_text(encoding="utf-8")
    title = facts["Title"].strip()
    assert " · " in title
    assert words.count(title) == 1  # to be seen, and no second one behind it
    assert "2026" in words
    assert file.stat().st_size < 100_000


def test_files_use_no_font_of_the_system(plan: None, client: Client) -> None:
    """Whatever is installed: the letters come from the file that the program brings."""
    assert b"/FontFile3" in client.get("/timeline.pdf").content


def test_all_years_begin_with_the_first_due_date_even_before_the_roadmap(
    plan: None, frame: Frame, client: Client
) -> None:
    make_milestone(frame, code="older", title_zh="早年", planned_start_on=date(2019, 1, 1), due_on=date(2019, 6, 30))
    assert "早年" in drawing(client)
    assert "2019" in drawing(client)
