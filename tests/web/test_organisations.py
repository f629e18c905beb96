"""The league of organisations and the page of one: figures of whole branches, sorting, who sees whose roles."""

import re
from datetime import date

import pytest
from django.test import Client

from roadmap.vocabulary import Role
from tests import factories as make
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(frame: Frame) -> Frame:
    """Under the frame's organisation: a port that is late and silent, a district that is done, a unit with nothing."""
    port = make.make_organisation(frame.organisation, code="port", name_en="Port")
    district = make.make_organisation(frame.organisation, code="district", name_en="District")
    make.make_organisation(frame.organisation, code="idle", name_en="Idle")
    make_milestone(frame, title_en="Scanner", organisation=port, due_on=date(2026, 9, 20))
    make_milestone(
        frame, title_en="Channel", organisation=district, due_on=date(2026, 9, 20), status="done",
        completed_on=date(2026, 9, 30),
    )  # fmt: skip
    return frame


def rows_of(html: str) -> list[str]:
    """The text of the table's rows in their order."""
    body = html.split('<table class="league')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_each_organisation_counts_with_everything_below_it(tree: Frame, english: Client) -> None:
    assert rows_of(english.get("/organisations/").content.decode()) == [
        "General Administration 1 / 2 50.0% 100.0% 0.50 1 1 0.0%",
        "District 1 / 1 100.0% 100.0% 1.00 0 0 0.0%",
        "Idle 0 —",
        "Port 0 / 1 0.0% 100.0% 0.00 1 1 0.0%",
    ]


def test_past_day_has_its_own_league(tree: Frame, english: Client) -> None:
    rows = rows_of(english.get("/organisations/?as_of=2026-09-25").content.decode())
    assert rows[0] == "General Administration 0 / 2 0.0% 100.0% 0.00 2 2 0.0%"


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("spi", "Port", "Idle"),
        ("-spi", "District", "Idle"),
        ("-late", "General", "Idle"),
        ("nonsense", "General", "Port"),
    ],
)
def test_columns_sort_by_links_and_what_has_no_value_comes_last(
    sort: str, first: str, last: str, tree: Frame, english: Client
) -> None:
    rows = rows_of(english.get(f"/organisations/?sort={sort}").content.decode())
    assert rows[0].startswith(first)
    assert rows[-1].startswith(last)


def test_heading_says_how_it_sorts_and_turns_round(tree: Frame, english: Client) -> None:
    html = english.get("/organisations/?sort=spi&as_of=2026-09-30").content.decode()
    assert 'aria-sort="ascending"><a href="/organisations/?as_of=2026-09-30&amp;sort=-spi"' in html
    assert '<a href="/organisations/?as_of=2026-09-30&amp;sort=-late"' in html


def test_page_of_an_organisation_shows_its_branch_and_its_open_milestones(tree: Frame, english: Client) -> None:
    html = english.get("/organisations/gacc/").content.decode()
    assert [row.split()[0] for row in rows_of(html)] == ["District", "Idle", "Port"]
    assert "Scanner" in html
    assert "Channel" not in html
    assert 'href="/milestones/?organisation=gacc"' in html
    below = english.get("/organisations/port/").content.decode()
    assert '<a href="/organisations/gacc/">General Administration</a>' in below
    assert english.get("/organisations/nowhere/").status_code == 404


def test_roles_are_shown_to_the_branch_to_auditors_and_to_the_office_only(tree: Frame, english: Client) -> None:
    make.make_person(full_name="Wang Fang", organisation=tree.organisation, role=Role.LEAD)
    elsewhere = make.make_organisation(code="elsewhere")

    def sees(**fields: object) -> bool:
        english.force_login(make.make_person(**fields))
        html = english.get("/organisations/gacc/").content.decode()
        return "Wang Fang" in html and "Organisation lead" in html

    assert "Wang Fang" not in english.get("/organisations/gacc/").content.decode()
    assert sees(organisation=tree.organisation)
    assert sees(organisation=elsewhere, role=Role.AUDITOR)
    assert sees(role=Role.OFFICE)
    assert not sees(organisation=elsewhere, role=Role.LEAD)


def test_table_is_taken_away_in_the_order_shown(tree: Frame, english: Client) -> None:
    html = english.get("/organisations/?sort=-late").content.decode()
    assert 'href="/organisations.csv?sort=-late"' in html
    rows = english.get("/organisations.csv?sort=-late").content.decode("utf-8-sig").splitlines()
    assert rows == [
        "Code,Organisation,Milestones,Done,Actual (%),Planned (%),Progress index (actual ÷ planned),Overdue,"
        "No recent report,Verified (%)",
        "gacc,General Administration,2,1,50,100,0.5,1,1,0",
        "port,Port,1,0,0,100,0.0,1,1,0",
        "district,District,1,1,100,100,1.0,0,0,0",
        "idle,Idle,0,0,,,,,,",
    ]
