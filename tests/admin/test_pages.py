"""What every page has: the policy, both languages, names of its own; and the list's filters, search and export."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from roadmap.models import Milestone, Person
from roadmap.tables import defused
from tests import factories as make
from tests.admin.rows import make_rule

pytestmark = pytest.mark.django_db

LIST = "admin:roadmap_milestone_changelist"


def policy_of(response: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(values) for name, *values in parts}


def test_the_admin_has_a_policy_of_its_own(browser: Client):
    expected = {name: set(values) for name, values in settings.ADMIN_POLICY.items()}
    for page in ("admin:index", LIST):
        assert policy_of(browser.get(reverse(page))) == expected
    assert expected["script-src"] == {"'self'", "'unsafe-eval'"}


def test_the_policy_of_the_site_is_not_loosened(browser: Client):
    policy = policy_of(browser.get("/"))
    assert policy_of(Client().get(reverse("admin:login"))) == policy  # the website's door
    assert {word for values in policy.values() for word in values if "unsafe" in word} == set()


def test_no_page_holds_a_script_of_its_own(browser: Client):
    milestone = make.make_milestone()
    for page in (reverse("admin:index"), reverse(LIST), reverse("admin:roadmap_milestone_change", args=[milestone.pk])):
        html = browser.get(page).content.decode()
        opened = [part.split(">", 1)[0] for part in html.split("<script")[1:]]
        assert [tag for tag in opened if "src=" not in tag] == []
        assert " onclick=" not in html


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "智慧海关路线图"), ("en", "Smart-Customs Roadmap")])
def test_pages_speak_the_readers_language(language: str, name: str, browser: Client):
    milestone = make.make_milestone(title_zh="联网核查", title_en="Online checks")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    history = reverse("admin:roadmap_milestone_history", args=[milestone.pk])
    for page in (reverse("admin:index"), history, reverse(LIST)):
        html = browser.get(page).content.decode()
        assert f'lang="{language}"' in html
        assert name in html
    shown = "联网核查" in html, "Online checks" in html
    assert shown == (language == "zh-hans", language == "en")


def listed(browser: Client, **asked: Any) -> set[str]:
    return {milestone.code for milestone in browser.get(reverse(LIST), asked).context["cl"].result_list}


@pytest.fixture
def plan(office: Person) -> dict[str, Milestone]:
    """One late, one due soon and silent, one far off, one done; the far one is the office person's own."""
    late = make.make_milestone(code="late", due_on=date(2026, 11, 20))
    frame = (late.initiative, late.phase)
    rows = {
        "late": late,
        "soon": make.make_milestone(*frame, code="soon", due_on=date(2026, 12, 20)),
        "far": make.make_milestone(*frame, code="far", due_on=date(2028, 1, 1), owner=office, title_zh="远"),
        "done": make.make_milestone(
            *frame, code="done", due_on=date(2026, 3, 1), status="done", completed_on=date(2026, 3, 1)
        ),
    }
    for code in ("late", "far"):
        make.make_update(rows[code], 10, date(2026, 11, 15))
    return rows


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, {"late", "soon", "far", "done"}),
        ({"standing": "open"}, {"late", "soon", "far"}),
        ({"standing": "late"}, {"late"}),
        ({"standing": "soon"}, {"soon"}),
        ({"standing": "silent"}, {"soon"}),
        ({"standing": "month"}, {"late"}),
        ({"standing": "unverified"}, {"done"}),
        ({"standing": "nonsense"}, {"late", "soon", "far", "done"}),
        ({"whose": "mine"}, {"far"}),
        ({"whose": "nobody"}, {"late", "soon", "done"}),
        ({"whose": "ours"}, set()),
        ({"q": "远"}, {"far"}),
        ({"q": "soon"}, {"soon"}),
        ({"due_on_from": "2026-12-01", "due_on_to": "2026-12-31"}, {"soon"}),
        ({"status__exact": "done"}, {"done"}),
    ],
)
def test_the_list_is_narrowed(asked: dict[str, str], codes: set[str], plan: Any, browser: Client):
    assert listed(browser, **asked) == codes


def test_standing_means_what_progress_measures(plan: Any, browser: Client):
    rows = browser.get(reverse(LIST)).context["cl"].result_list
    claims = {"late": "is_late", "soon": "is_due_soon", "silent": "is_silent"}
    for standing, claim in claims.items():
        measured = {row.code for row in rows if getattr(row.line.figures, claim)}
        assert listed(browser, standing=standing) == measured


def test_late_is_told_by_the_day_of_each_roadmap(browser: Client):
    """It is noon in Shanghai; in Kiritimati the next day has begun, so what was due today is late there alone."""
    for zone in ("Asia/Shanghai", "Pacific/Kiritimati"):
        roadmap = make.make_roadmap(time_zone=zone)
        make.make_milestone(
            make.make_initiative(make.make_pillar(roadmap)),
            make.make_phase(roadmap),
            code=zone.partition("/")[2].lower(),
            due_on=date(2026, 11, 23),
        )
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        assert listed(browser, standing="late") == {"kiritimati"}
        rows = browser.get(reverse(LIST)).context["cl"].result_list
    assert {row.code for row in rows if row.line.figures.is_late} == {"kiritimati"}


def test_the_list_tells_the_next_reminder(browser: Client):
    milestone = make.make_milestone(due_on=date(2026, 12, 31))
    make_rule(milestone.initiative.roadmap, name_en="Early", offsets=[30, 7])
    make_rule(milestone.initiative.roadmap, name_en="Late", offsets=[1])
    html = browser.get(reverse(LIST)).content.decode()
    assert "next reminder 2026-12-01: Early" in html


def test_an_organisation_is_meant_with_everything_below_it(browser: Client):
    top = make.make_organisation()
    make.make_milestone(code="below", organisation=make.make_organisation(top))
    make.make_milestone(code="beside", organisation=make.make_organisation())
    assert listed(browser, organisation_path=top.path) == {"below"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1"])
def test_formulas_are_defused(text: str):
    assert defused(text) == f"'{text}"
    assert defused("\r=1") == "'\n=1"  # one sort of line end goes out
    assert defused("1-2") == "1-2"


def test_the_export_holds_what_the_list_shows(browser: Client):
    make.make_milestone(code="evil", title_en='=HYPERLINK("https://example.org")', due_on=date(2026, 11, 20))
    make.make_milestone(code="other", due_on=date(2028, 1, 1))
    response = browser.get(reverse("admin:roadmap_milestone_export_all_csv"), {"standing": "late"})
    rows = list(csv.DictReader(StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [(row["code"], row["title (English)"], row["days left"]) for row in rows] == [
        ("evil", '\'=HYPERLINK("https://example.org")', "-3")
    ]
    response = browser.get(reverse("admin:roadmap_milestone_export_all_xlsx"))
    sheet = load_workbook(BytesIO(response.getvalue())).active
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["evil", "other"]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Milestones", "A2", sheet.dimensions)


@time_machine.travel(datetime(2026, 11, 23, 17, 0, tzinfo=UTC), tick=False)  # the 24th in Shanghai
def test_the_name_of_a_file_bears_its_readers_day(browser: Client):
    for zone, day in (("Asia/Shanghai", "20261124"), ("Europe/London", "20261123")):
        Person.objects.update(time_zone=zone)
        answer = browser.get(reverse("admin:roadmap_milestone_export_all_csv"))
        assert answer.headers["Content-Disposition"] == f'attachment; filename="milestones-{day}.csv"'


def test_the_front_page_tells_gates_and_what_asks_for_a_hand(plan: Any, browser: Client):
    board = browser.get(reverse("admin:index")).context["boards"][0]
    assert [one["days"] for one in board["phases"]] == [38]
    assert {name: board[name]["count"] for name in ("late", "soon", "silent")} == {"late": 1, "soon": 1, "silent": 1}


def test_the_command_bar_finds_in_both_languages(plan: Any, browser: Client):
    page = browser.get(reverse("admin:search"), {"s": "远", "extended": "1"})
    assert [result.link for result in page.context["results"]] == [
        reverse("admin:roadmap_milestone_change", args=[plan["far"].pk])
    ]
    assert browser.get(reverse("admin:search"), {"s": "milestone"}).status_code == 200
