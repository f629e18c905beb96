"""The monthly report: as the month's end was known, the same bytes each time, in the form of its language."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.exchange.monthly.content import NoSuchReport, monthly_report
from roadmap.exchange.monthly.document import Report
from roadmap.exchange.monthly.files import as_pdf, as_workbook
from roadmap.models import Milestone, Roadmap
from roadmap.models.history import SYSTEM
from tests import factories as make

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = (datetime(2026, month, 5, 4, tzinfo=UTC) for month in (9, 10, 11))
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def plan() -> Roadmap:
    """In September two milestones are entered; one is overdue in October, and done and the other moved in November."""
    with time_machine.travel(SEPTEMBER, tick=False):
        roadmap = make.make_roadmap(title_en="Bridges", title_zh="桥梁", starts_on=date(2026, 1, 1))
        pillar = make.make_pillar(roadmap, title_en="Safe", title_zh="安全")
        phase = make.make_phase(roadmap, title_en="Piers", title_zh="桥墩")
        common: dict[str, Any] = {"phase": phase, "planned_start_on": date(2026, 8, 1)}
        initiative = make.make_initiative(pillar)
        first = make.make_milestone(initiative, title_en="First pier", due_on=date(2026, 10, 12), **common)
        second = make.make_milestone(initiative, title_en="Second pier", due_on=date(2026, 12, 10), **common)
    with time_machine.travel(NOVEMBER, tick=False):
        complete_milestone(first, by=SYSTEM, now=NOVEMBER)
        reschedule_milestone(second, by=SYSTEM, now=NOVEMBER, due_on=date(2026, 12, 20), reason="floods")
    return roadmap


def said(report: Report, heading: str) -> tuple[list[str], list[list[str]]]:
    part = next(one for one in report.parts if heading in one.heading)
    return list(part.paragraphs), [list(row) for row in part.table.rows] if part.table else []


@pytest.mark.usefixtures("_english")
def test_past_month_is_told_as_it_was_known_then(plan: Roadmap) -> None:
    october = monthly_report(plan, month=date(2026, 10, 1), now=NOW)
    assert said(october, "Overdue") == (
        ["1 milestone is overdue."],
        [["First pier", "nobody yet", "2026-10-12", "19 days", "–", "no report says why"]],
    )
    november = monthly_report(plan, month=date(2026, 11, 30), now=NOW)
    assert said(november, "Overdue") == (["Nothing is overdue."], [])
    assert november.remark == "The month isn't over: as of 20 November 2026."
    changed, _rows = said(november, "What changed")
    assert changed == [
        "(1) Dates moved (1): Second pier (10 days later than 10 December 2026: floods)",
        "(2) Done (1): First pier (done on 5 November 2026)",
    ]
    assert said(november, "Decisions")[0] == ["Without an owner: name one (1): Second pier"]


def test_files_of_a_past_month_are_the_same_when_made_again_whatever_happened_since(plan: Roadmap) -> None:
    made = []
    for instant in (NOW, datetime(2027, 3, 1, 9, 30, tzinfo=UTC)):
        with time_machine.travel(instant, tick=False):
            report = monthly_report(plan, month=date(2026, 10, 1), now=instant)
            made.append((as_pdf(report), as_workbook(report)))
        Milestone.objects.get(title_en="Second pier").deliverables.create(title_zh="新", title_en="New")
    assert made[0] == made[1]
    assert made[0][0].startswith(b"%PDF-")


def test_chinese_report_has_the_form_of_official_ones(plan: Roadmap) -> None:
    with translation.override("zh-hans"):
        report = monthly_report(plan, month=date(2026, 10, 1), now=NOW)
    assert (report.title, report.addressee) == ("关于桥梁路线图2026年10月进展情况的报告", "各位领导：")
    assert [one.heading for one in report.parts] == [
        "一、总体情况",
        "二、阶段节点",
        "三、支柱",
        "四、逾期情况及原因",
        "五、需决策事项",
    ]
    assert (report.closing, report.signature, report.dated) == ("特此报告。", "项目办公室", "2026年10月31日")


def test_month_before_the_plan_was_entered_says_so(plan: Roadmap) -> None:
    with translation.override("en"):
        report = monthly_report(plan, month=date(2026, 8, 1), now=NOW)
        assert report.remark == "The plan was entered later: from what is known of this month now."
        for month in (date(2026, 12, 1), date(2025, 12, 1)):
            with pytest.raises(NoSuchReport):
                monthly_report(plan, month=month, now=NOW)


def test_workbook_has_the_text_and_a_sheet_for_each_table(plan: Roadmap) -> None:
    with translation.override("en"):
        book = load_workbook(io.BytesIO(as_workbook(monthly_report(plan, month=date(2026, 10, 1), now=NOW))))
    assert book.sheetnames == [
        "Bridges  progress report, Octob",
        "1 3. Pillars",
        "2 4. Overdue, and why",
        "3 No organisation",
    ]
    assert [cell.value for cell in book.worksheets[1][2]][:3] == ["Safe", "85", "0"]


@pytest.mark.usefixtures("plan")
def test_page_and_files_are_found_from_the_overview_and_months_without_a_report_are_not() -> None:
    client = Client(headers={"Accept-Language": "en"})
    with time_machine.travel(NOW, tick=False):
        assert 'href="/reports/2026-11/"' in client.get("/").content.decode()
        page = client.get("/reports/2026-10/")
        assert "Bridges: progress report, October 2026" in page.content.decode()
        types = [client.get(f"/reports/2026-10.{suffix}").headers["Content-Type"] for suffix in ("pdf", "xlsx")]
        assert types == ["application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
        missing = ("2026-12", "2025-12", "2026-13", "2026-1", "０２６-10", "0000-01", "x")
        assert {client.get(f"/reports/{month}/").status_code for month in missing} == {404}


@pytest.mark.usefixtures("plan")
def test_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    out = io.StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("monthly_report", "2026-10", "--to", str(tmp_path), stdout=out)
        for wrong, words in (("2026-12", "There is no report of this month."), ("soon", "Write a month as 2026-11.")):
            with pytest.raises(CommandError) as refused:
                call_command("monthly_report", wrong, "--to", str(tmp_path), stdout=io.StringIO())
            assert str(refused.value) == words
    assert [Path(line).suffix for line in out.getvalue().splitlines()] == [".pdf", ".xlsx"]
    assert sorted(one.suffix for one in tmp_path.iterdir()) == [".pdf", ".xlsx"]
