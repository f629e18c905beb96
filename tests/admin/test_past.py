"""The plan as of a day, what two days differ in, the chain's page, and baselines compared."""

import csv
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from roadmap.chain.head import current_head, from_file
from roadmap.chain.seal import seal_everything
from roadmap.editing.baselines import set_baseline
from roadmap.editing.entries import remove_entry
from roadmap.editing.milestones import cancel_milestone, change_milestone, complete_milestone, reschedule_milestone
from roadmap.models import Baseline, Milestone, Person, Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door
from tests import factories as make

pytestmark = pytest.mark.django_db

BEFORE, BETWEEN, NOW = (datetime(2026, 11, day, 4, tzinfo=UTC) for day in (10, 18, 23))


@pytest.fixture
def roadmap() -> Roadmap:
    with time_machine.travel(BEFORE, tick=False):
        roadmap = make.make_roadmap()
        make.make_initiative(make.make_pillar(roadmap))
        make.make_phase(roadmap)
    return roadmap


def a_milestone(roadmap: Roadmap, **fields: object) -> Milestone:
    with time_machine.travel(BEFORE, tick=False):
        return make.make_milestone(roadmap.initiatives.get(), roadmap.phases.get(), **fields)


def a_baseline(roadmap: Roadmap, name: str = "First") -> Baseline:
    with time_machine.travel(BEFORE, tick=False):
        return set_baseline(roadmap, by=SYSTEM, now=BEFORE, name=name, reason="approved")


def page(browser: Client, name: str, *args: object, **asked: object) -> str:
    response = browser.get(reverse(f"admin:{name}", args=args), asked)
    assert response.status_code == 200
    return response.content.decode()


def test_plan_of_a_day_shows_what_was_known_then(browser: Client, roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap, title_en="Its first name")
    with time_machine.travel(BETWEEN, tick=False):
        change_milestone(milestone, by=SYSTEM, now=BETWEEN, title_en="Its second name", due_on=date(2027, 2, 3))
    asked = {"roadmap": roadmap.pk, "basis": "known"}
    then, now = (page(browser, "plan_as_of", **asked, day=day) for day in ("2026-11-17", "2026-11-18"))
    assert [("Its first name" in html, "2026-12-31" in html, "Its second name" in html) for html in (then, now)] == [
        (True, True, False),
        (False, True, True),  # the gate is on that day too
    ]
    assert "hadn't been entered yet" in page(browser, "plan_as_of", **asked, day="2026-11-01")
    assert "lies ahead" in page(browser, "plan_as_of", roadmap=roadmap.pk, day="2026-11-24")


def test_two_days_are_compared_with_author_and_reason(browser: Client, office: Person, roadmap: Roadmap) -> None:
    moved, done = a_milestone(roadmap, title_en="Moved one"), a_milestone(roadmap, title_en="Done one")
    with time_machine.travel(BETWEEN, tick=False):
        by = Actor(office, Door.API)
        reschedule_milestone(moved, by=by, now=BETWEEN, due_on=date(2027, 1, 10), reason="supplier late")
        complete_milestone(done, by=by, now=BETWEEN)
    asked = {"roadmap": roadmap.pk, "day": "2026-11-17", "against": "2026-11-20"}
    html = page(browser, "plan_as_of", **asked)
    assert all(text in html for text in ("Moved one", "10 days later", "supplier late", str(office), "Done one", "API"))
    assert "No milestone differs" in page(browser, "plan_as_of", **{**asked, "day": "2026-11-19"})
    assert "two different days" in page(browser, "plan_as_of", **{**asked, "day": "2026-11-20"})


def test_chain_is_checked_and_its_head_downloaded(browser: Client, roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap)
    seal_everything(now=NOW)
    response = browser.get(reverse("admin:history_head"))
    assert from_file(response.content) == current_head()
    assert response["Content-Disposition"] == f'attachment; filename="history-head-{current_head().number}.json"'
    assert current_head().digest in page(browser, "history_chain")
    address = reverse("admin:history_chain")
    assert "The change records are intact" in browser.post(address).content.decode()
    Milestone.history.filter(id=milestone.pk).update(weight=9)
    html = browser.post(address).content.decode()
    assert "The change records don't match their checksums" in html
    assert "The record was altered after it was entered here (change record" in html


def test_baseline_is_compared_with_today_worst_slip_first(browser: Client, roadmap: Roadmap) -> None:
    late, very_late, dropped, gone = (
        a_milestone(roadmap, title_en=title, due_on=date(2026, 12, 31))
        for title in ("Late", "Very late", "Dropped", '=HYPERLINK("x")')
    )
    baseline = a_baseline(roadmap)
    reschedule_milestone(late, by=SYSTEM, now=NOW, due_on=date(2027, 1, 11), reason="later")
    reschedule_milestone(very_late, by=SYSTEM, now=NOW, due_on=date(2027, 3, 31), reason="later")
    change_milestone(late, by=SYSTEM, now=NOW, weight=Decimal(3))
    cancel_milestone(dropped, by=SYSTEM, now=NOW, reason="no more")
    remove_entry(gone, by=SYSTEM)
    with time_machine.travel(NOW, tick=False):
        make.make_milestone(roadmap.initiatives.get(), roadmap.phases.get(), title_en="Added")
    html = page(browser, "baseline_compared", baseline.pk)
    titles = (">Very late<", ">Late<", ">Dropped<", "HYPERLINK", ">Added<")
    places = [html.index(text) for text in titles]
    assert places == sorted(places)
    file = (
        browser.get(reverse("admin:baseline_compared_file", args=[baseline.pk, "csv"])).getvalue().decode("utf-8-sig")
    )
    rows = {row["title (English)"]: row for row in csv.DictReader(StringIO(file))}
    told = ("what became of it", "slip in days", "slip in working days", "change of weight")
    assert {title: tuple(row[name] for name in told) for title, row in rows.items()} == {
        "Very late": ("kept", "90", "59", "0.0"),
        "Late": ("kept", "11", "6", "2.0"),
        "Dropped": ("dropped: cancelled", "", "", "-1.0"),
        '\'=HYPERLINK("x")': ("dropped: removed", "", "", "-1.0"),
        "Added": ("added", "", "", "1.0"),
    }
    workbook = browser.get(reverse("admin:baseline_compared_file", args=[baseline.pk, "xlsx"])).getvalue()
    sheet = load_workbook(BytesIO(workbook)).active
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == list(rows)


def test_two_baselines_are_compared_and_only_of_one_roadmap(browser: Client, roadmap: Roadmap) -> None:
    milestone = a_milestone(roadmap)
    first = a_baseline(roadmap)
    with time_machine.travel(BETWEEN, tick=False):
        reschedule_milestone(milestone, by=SYSTEM, now=BETWEEN, due_on=date(2027, 1, 10), reason="later")
        second = set_baseline(roadmap, by=SYSTEM, now=BETWEEN, name="Second", reason="moved")
    assert "+10" in page(browser, "baseline_compared", first.pk, other=second.pk)
    assert "-10" in page(browser, "baseline_compared", second.pk, other=first.pk)
    assert "+10" not in page(browser, "baseline_compared", second.pk)
    foreign = a_baseline(make.make_roadmap())
    address = reverse("admin:baseline_compared", args=[first.pk])
    assert browser.get(address, {"other": foreign.pk}).status_code == 404
    assert browser.get(reverse("admin:baseline_compared", args=[10**9])).status_code == 404
    assert browser.get(reverse("admin:baseline_compared_file", args=[first.pk, "exe"])).status_code == 404


def test_strangers_see_nothing_of_the_past() -> None:
    for name, args in (("plan_as_of", []), ("history_chain", []), ("history_head", []), ("baseline_compared", [1])):
        assert Client().get(reverse(f"admin:{name}", args=args)).status_code == 302


def queries_of(browser: Client, name: str, *args: object, **asked: object) -> int:
    with CaptureQueriesContext(connection) as queries:
        page(browser, name, *args, **asked)
    return len(queries)


def test_plan_of_a_day_shows_what_was_so_by_all_that_is_known_now(browser: Client, roadmap: Roadmap) -> None:
    """As the website and the API show it where nothing else is asked for."""
    milestone = a_milestone(roadmap, title_en="Its first name")
    make.make_update(milestone, 30, date(2026, 11, 12))
    done = a_milestone(roadmap, title_en="Done since", status="done", completed_on=date(2026, 11, 20))
    make.make_update(done, 100, date(2026, 11, 20))
    with time_machine.travel(BETWEEN, tick=False):
        change_milestone(milestone, by=SYSTEM, now=BETWEEN, title_en="Its second name")
    html = page(browser, "plan_as_of", roadmap=roadmap.pk, day="2026-11-17")
    assert [text in html for text in ("Its first name", "Its second name", "30%", "2026-11-20")] == [
        False,
        True,
        True,
        False,
    ]
    states = re.findall(r"<li>([\w ]+) <strong>(\d+)</strong>", html)
    assert states == [("Open", "2")]
    later = page(browser, "plan_as_of", roadmap=roadmap.pk, day="2026-11-20", basis="happened")
    assert re.findall(r"<li>([\w ]+) <strong>(\d+)</strong>", later) == [("Open", "1"), ("Done", "1")]


def test_pages_of_the_past_cost_the_same_whatever_they_show(browser: Client, office: Person, roadmap: Roadmap) -> None:
    costs = []
    for number in (1, 3):
        for _ in range(number):
            with time_machine.travel(BEFORE, tick=False):
                unit, owner = make.make_organisation(), make.make_person()
            milestone = a_milestone(roadmap, organisation=unit, owner=owner)
            make.make_update(milestone, 10, date(2026, 11, 1))
            baseline = a_baseline(roadmap, f"Plan {Baseline.objects.count()}")
            with time_machine.travel(BETWEEN, tick=False):
                change_milestone(milestone, by=Actor(office, Door.API), now=BETWEEN, weight=Decimal(2))
        day = {"roadmap": roadmap.pk, "day": "2026-11-17"}
        costs.append(
            (
                queries_of(browser, "plan_as_of", **day, basis="known"),
                queries_of(browser, "plan_as_of", **day, basis="happened"),
                queries_of(browser, "plan_as_of", **day, against="2026-11-20"),
                queries_of(browser, "baseline_compared", baseline.pk),
                queries_of(browser, "history_chain"),
            )
        )
    assert costs == [(18, 14, 19, 16, 3)] * 2
