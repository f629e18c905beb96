"""What is counted in working days follows the calendar: published years, overrides, other calendars."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from roadmap.editing.entries import create_entry, remove_entry
from roadmap.models import Milestone, OutboxMessage, PublishedYear, ReminderOccurrence, ReminderRule, WorkdayOverride
from roadmap.models.history import SYSTEM
from roadmap.reminders import calendars
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.planner import plan_due_reminders
from roadmap.vocabulary import DayKind
from tests.factories import make_milestone
from tests.reminders.conftest import Scene

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def provisional(scene: Scene) -> Scene:
    """A milestone due in an unpublished year, of which the owner is told five working days ahead; planned once."""
    ReminderRule.objects.update(offsets=[5], day_kind=DayKind.WORKING, repeat_every_days=None)
    Milestone.objects.update(due_on=date(2027, 2, 26), remind_at=NOW)
    plan_due_reminders(now=NOW)
    return scene


def next_look() -> datetime | None:
    return Milestone.objects.get().remind_at


def test_override_moves_what_is_counted_and_taking_it_back_moves_it_again(provisional: Scene) -> None:
    before = datetime(2027, 2, 19, 0, 30, tzinfo=UTC)
    assert next_look() == before
    made = create_entry(WorkdayOverride, by=SYSTEM, calendar="CN", day=date(2027, 2, 20), is_working=True)
    plan_due_reminders(now=datetime(2027, 2, 1, tzinfo=UTC))
    assert next_look() == datetime(2027, 2, 20, 0, 30, tzinfo=UTC)  # the make-up Saturday is the fifth day back
    remove_entry(made, by=SYSTEM)
    plan_due_reminders(now=datetime(2027, 2, 1, tzinfo=UTC))
    assert next_look() == before


@pytest.mark.parametrize(("day_kind", "is_looked_at"), [(DayKind.WORKING, True), (DayKind.CALENDAR, False)])
def test_only_roadmaps_that_count_working_days_are_looked_at(
    provisional: Scene, day_kind: DayKind, is_looked_at: bool
) -> None:
    elsewhere = make_milestone(remind_at=None)
    ReminderRule.objects.update(day_kind=day_kind)
    Milestone.objects.update(remind_at=None)
    create_entry(PublishedYear, by=SYSTEM, calendar="CN", year=2027, reference="Notice")
    assert (Milestone.objects.get(pk=provisional.milestone.pk).remind_at is not None) is is_looked_at
    assert Milestone.objects.get(pk=elsewhere.pk).remind_at is None


def test_year_known_from_the_programs_data_is_noticed_once(provisional: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [notice_published_years(now=NOW) for _ in range(3)] == [True, False, False]
    plan_due_reminders(now=NOW)
    monkeypatch.setattr(calendars, "LAST_PUBLISHED", 2027)
    assert [notice_published_years(now=NOW) for _ in range(3)] == [True, False, False]
    assert next_look() == NOW


def test_reminder_says_whether_its_day_is_provisional(provisional: Scene) -> None:
    plan_due_reminders(now=datetime(2027, 2, 19, 1, tzinfo=UTC))
    assert ReminderOccurrence.objects.get().is_provisional is True
    OutboxMessage.objects.all().delete()
    ReminderOccurrence.objects.all().delete()
    create_entry(PublishedYear, by=SYSTEM, calendar="CN", year=2027)
    Milestone.objects.update(remind_at=NOW)
    plan_due_reminders(now=datetime(2027, 2, 19, 1, tzinfo=UTC))
    assert ReminderOccurrence.objects.get().is_provisional is False


def test_roadmap_counts_in_its_own_calendar(provisional: Scene) -> None:
    Milestone.objects.update(due_on=date(2026, 10, 9), remind_at=NOW)
    looks = {}
    for code in ("CN", "HK"):
        provisional.roadmap.calendar = code
        provisional.roadmap.save()
        Milestone.objects.update(remind_at=datetime(2026, 9, 1, tzinfo=UTC))
        plan_due_reminders(now=datetime(2026, 9, 1, tzinfo=UTC))
        looks[code] = next_look()
    assert looks == {
        "CN": datetime(2026, 9, 24, 0, 30, tzinfo=UTC),
        "HK": datetime(2026, 10, 2, 0, 30, tzinfo=UTC),
    }


@pytest.mark.django_db
def test_calendar_with_overrides_and_entered_years_is_one_query(django_assert_num_queries: Any) -> None:
    WorkdayOverride.objects.create(day=date(2027, 2, 20), is_working=True)
    WorkdayOverride.objects.create(calendar="HK", day=date(2027, 2, 20), is_working=True)
    PublishedYear.objects.create(year=2027)
    with django_assert_num_queries(1):
        calendar = WorkdayOverride.objects.calendar("CN")
    assert (calendar.overrides, calendar.entered_years) == ({date(2027, 2, 20): True}, frozenset({2027}))
