"""The days by which completions are to be verified follow what is worked, and nothing else."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing.days_to_verify import work_out_days_to_verify
from roadmap.editing.entries import change_entry, create_entry, remove_entry
from roadmap.editing.milestones import complete_milestone
from roadmap.models import Milestone, Roadmap, WorkdayOverride
from roadmap.models.history import SYSTEM
from roadmap.reminders import calendars
from roadmap.reminders.calendars import notice_published_years
from roadmap.vocabulary import CalendarCode
from tests import factories as make
from tests.exchange.small import SMALL, load_text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday


@pytest.fixture
def roadmap() -> Roadmap:
    """With a milestone done on that day, to be verified within ten working days, and an open one."""
    milestone = make.make_milestone(code="done")
    make.make_milestone(milestone.initiative, code="open")
    complete_milestone(milestone, by=SYSTEM, now=NOW)
    return milestone.initiative.roadmap


def to_verify_by() -> date | None:
    return Milestone.objects.get(code="done").verify_by


@pytest.mark.both_databases("roadmap.editing.days_to_verify")
def test_day_moves_with_the_days_that_are_worked_and_back(roadmap: Roadmap) -> None:
    assert to_verify_by() == date(2026, 12, 7)
    off = create_entry(
        WorkdayOverride, by=SYSTEM, calendar="CN", day=date(2026, 12, 2), is_working=False, reason="Snow"
    )
    assert to_verify_by() == date(2026, 12, 8)
    record = Milestone.history.filter(code="done").order_by("history_id").last()
    assert (record.verify_by, record.history_change_reason) == (date(2026, 12, 8), "Snow")
    change_entry(off, by=SYSTEM, day=date(2026, 12, 6), is_working=True)  # that Sunday instead
    assert to_verify_by() == date(2026, 12, 6)
    remove_entry(off, by=SYSTEM)
    assert to_verify_by() == date(2026, 12, 7)
    assert Milestone.objects.get(code="open").verify_by is None


@pytest.mark.parametrize(
    ("calendar", "day"), [("CN", date(2026, 11, 20)), ("CN", date(2026, 12, 8)), ("HK", date(2026, 12, 2))]
)
def test_days_outside_of_it_and_of_other_calendars_change_nothing(roadmap: Roadmap, calendar: str, day: date) -> None:
    before = Milestone.history.count()
    create_entry(WorkdayOverride, by=SYSTEM, calendar=calendar, day=day, is_working=False)
    assert (to_verify_by(), Milestone.history.count()) == (date(2026, 12, 7), before)


def test_roadmap_with_another_calendar_counts_its_days(roadmap: Roadmap) -> None:
    create_entry(WorkdayOverride, by=SYSTEM, calendar="HK", day=date(2026, 12, 2), is_working=False)
    change_entry(roadmap, by=SYSTEM, calendar="HK")
    assert to_verify_by() == date(2026, 12, 8)


def test_another_number_of_days_counts_from_the_next_completion_on_whatever_moves(roadmap: Roadmap) -> None:
    change_entry(roadmap, by=SYSTEM, verify_within_days=20)
    assert to_verify_by() == date(2026, 12, 7)
    create_entry(WorkdayOverride, by=SYSTEM, calendar="CN", day=date(2026, 12, 2), is_working=False)
    assert to_verify_by() == date(2026, 12, 8)


def test_a_published_year_works_them_out_anew(roadmap: Roadmap, monkeypatch: pytest.MonkeyPatch) -> None:
    notice_published_years(now=NOW, put_right=work_out_days_to_verify)
    Milestone.objects.filter(code="done").update(verify_by=date(2027, 1, 4), completed_on=date(2026, 12, 21))
    monkeypatch.setattr(calendars, "LAST_PUBLISHED", 2027)
    assert notice_published_years(now=NOW, put_right=work_out_days_to_verify)
    assert to_verify_by() == date(2027, 1, 5)  # ten working days after 21 December, over New Year's Day
    work_out_days_to_verify(CalendarCode.MAINLAND, 2028)
    assert to_verify_by() == date(2027, 1, 5)


def test_number_of_days_is_read_and_set_at_every_door(
    roadmap: Roadmap, client: Client, admin_client: Client, tmp_path: Path
) -> None:
    form = admin_client.get(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk])).content.decode()
    assert re.search(r'name="verify_within_days" value="10"', form)
    load_text(tmp_path, SMALL.replace("roadmap:\n", "roadmap:\n  verify_within_days: 15\n", 1))
    loaded = Roadmap.objects.exclude(pk=roadmap.pk).get()
    answer = client.get(f"/api/v1/roadmaps/{loaded.code}/").json()
    assert (loaded.verify_within_days, answer["verify_within_days"], answer["calendar"]) == (15, 15, "CN")
