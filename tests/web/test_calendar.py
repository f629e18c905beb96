"""The calendar: what falls on which day, which days are off, and the way from month to month."""

import re
from datetime import date

import pytest
from django.test import Client

from tests import factories as make
from tests.web.rows import Frame, make_milestone

pytestmark = pytest.mark.django_db


def days_of(html: str) -> dict[str, str]:
    """The text of each day that the page shows, by its ISO date."""
    parts = re.split(r'<li class="day ', html.split('<ol class="month">')[1].split("</ol>")[0])[1:]
    return {
        re.findall(r'datetime="([^"]+)"', part)[0]: " ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts
    }


def test_month_holds_due_dates_gates_and_what_reports_expect(frame: Frame, english: Client) -> None:
    late = make_milestone(frame, title_en="Scanner", due_on=date(2026, 9, 20))
    make.make_update(late, 40, date(2026, 9, 1), forecast_on=date(2026, 12, 30))
    make.make_update(late, 50, date(2026, 9, 21), forecast_on=date(2026, 12, 2))
    make_milestone(frame, title_en="Channel", due_on=date(2026, 12, 2), status="done", completed_on=date(2026, 9, 1))
    days = days_of(english.get("/calendar/?month=2026-12").content.decode())
    assert len(days) == 31
    assert "Forecast: Scanner" in days["2026-12-02"]
    assert "Reported done: Channel" in days["2026-12-02"]
    assert "Scanner" not in days["2026-12-30"]
    assert "Gate Basic framework" in days["2026-12-31"]


def test_past_day_expects_what_was_reported_by_then(frame: Frame, english: Client) -> None:
    late = make_milestone(frame, title_en="Scanner", due_on=date(2026, 9, 20))
    make.make_update(late, 40, date(2026, 9, 1), forecast_on=date(2026, 12, 30))
    make.make_update(late, 50, date(2026, 9, 21), forecast_on=date(2026, 12, 2))
    days = days_of(english.get("/calendar/?month=2026-12&as_of=2026-09-02").content.decode())
    assert "Scanner" in days["2026-12-30"]
    assert "Scanner" not in days["2026-12-02"]


@pytest.mark.parametrize(
    ("month", "day", "classes", "words"),
    [
        ("2026-10", "2026-10-01", "is-off", "off National Day"),
        ("2026-10", "2026-10-10", "is-make-up", "worked"),
        ("2026-11", "2026-11-21", "is-weekend", ""),
        ("2027-01", "2027-01-01", "is-off", "off New Year's Day"),
    ],
)
def test_days_off_and_make_up_days_are_marked(
    month: str, day: str, classes: str, words: str, frame: Frame, english: Client
) -> None:
    html = english.get(f"/calendar/?month={month}").content.decode()
    assert re.search(rf'<li class="day [^"]*{classes}[^"]*"[^>]*>\s*<p class="date"><time datetime="{day}"', html)
    assert words in days_of(html)[day].replace("&#x27;", "'")


def test_year_without_a_published_schedule_is_called_provisional(frame: Frame, english: Client) -> None:
    known = english.get("/calendar/?month=2026-12").content.decode()
    unknown = english.get("/calendar/?month=2027-01").content.decode()
    assert "Provisional" not in known
    assert "Provisional: the days off of 2027 are not published yet." in unknown


def test_months_are_walked_by_links_that_keep_filters_and_day(frame: Frame, english: Client) -> None:
    html = english.get("/calendar/?month=2026-12&phase=basic&as_of=2026-09-02").content.decode()
    assert 'href="/calendar/?phase=basic&amp;as_of=2026-09-02&amp;month=2026-11" rel="prev"' in html
    assert 'href="/calendar/?phase=basic&amp;as_of=2026-09-02&amp;month=2027-01" rel="next"' in html
    assert 'rel="prev"' not in english.get("/calendar/?month=2000-01").content.decode()
    assert 'rel="next"' not in english.get("/calendar/?month=2099-12").content.decode()


@pytest.mark.parametrize("asked", ["soon", "2026-13", "0001-01", "2026-1"])
def test_month_that_cannot_be_shown_is_refused_in_words(asked: str, frame: Frame, english: Client) -> None:
    response = english.get("/calendar/", {"month": asked})
    assert response.status_code == 200
    assert f"“{asked}” is not a month. Write it as 2026-01; the page shows October 2026." in response.content.decode()


def test_day_with_much_on_it_leads_to_the_list_of_that_day(frame: Frame, english: Client) -> None:
    for _number in range(6):
        make_milestone(frame, due_on=date(2026, 12, 2))
    html = english.get("/calendar/?month=2026-12&phase=basic").content.decode()
    address = "/milestones/?due_on_after=2026-12-02&amp;due_on_before=2026-12-02&amp;phase=basic"
    assert f'<a href="{address}">2 more' in html
    assert "6 milestones" in english.get(address.replace("&amp;", "&")).content.decode()


def test_list_tells_which_date_it_cannot_read(frame: Frame, english: Client) -> None:
    make_milestone(frame)
    html = english.get("/milestones/?due_on_after=tomorrow").content.decode()
    assert "“tomorrow” is not a date, and is left out. Write it as 2026-01-31." in html
    assert "1 milestone<" in html
