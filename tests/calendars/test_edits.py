"""What a calendar program sees in its feed when something that an entry is made of is edited, in whichever row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from roadmap.editing.feeds import make_feed_address
from roadmap.models import Milestone, Phase, PublishedYear, WorkdayOverride
from roadmap.models.history import SYSTEM
from tests.factories import (
    make_initiative,
    make_milestone,
    make_organisation,
    make_person,
    make_phase,
    make_pillar,
    make_roadmap,
)

pytestmark = pytest.mark.django_db(transaction=True)
A_DAY = date(2027, 1, 4)


@dataclass(frozen=True)
class Entry:
    sequence: int
    changed_at: datetime


@pytest.fixture
def milestone() -> Milestone:
    """The other initiative was edited less often than the milestone's own."""
    roadmap = make_roadmap()
    pillar = make_pillar(roadmap)
    make_initiative(pillar, code="other")
    initiative = make_initiative(pillar, code="own")
    initiative.save()
    phase = make_phase(roadmap)
    return make_milestone(initiative, phase, due_on=date(2099, 6, 30), organisation=make_organisation())


@pytest.fixture
def read(milestone: Milestone) -> Callable[[], dict[str, Entry]]:
    Phase.objects.update(gate_on=date(2099, 12, 31))
    _row, secret = make_feed_address(make_person(), by=SYSTEM, name="phone")

    def entries() -> dict[str, Entry]:
        content = Client().get(f"/api/feeds/{secret}/due-dates.ics").content
        return {
            event["UID"].partition("-")[0]: Entry(event["SEQUENCE"], event.decoded("LAST-MODIFIED"))
            for event in Calendar.from_ical(content).walk("VEVENT")
        }

    return entries


def _edit(row: Any, **values: object) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    row.save()


BOTH = ["gate", "milestone"]


@pytest.mark.parametrize(
    ("edit", "risen"),
    [
        (lambda one: _edit(one, due_on=date(2099, 7, 31)), ["milestone"]),
        (lambda one: _edit(one, initiative=one.initiative.pillar.initiatives.get(code="other")), ["milestone"]),
        (lambda one: _edit(one, organisation=None), ["milestone"]),
        (lambda one: _edit(one.initiative, title_zh="改名"), ["milestone"]),
        (lambda one: _edit(one.initiative.pillar, title_zh="改名"), ["milestone"]),
        (lambda one: _edit(one.initiative.roadmap, calendar="HK"), ["milestone"]),
        (lambda one: _edit(one.organisation, name_zh="改名"), ["milestone"]),
        (lambda one: _edit(one.phase, gate_on=date(2099, 12, 30)), BOTH),
        (lambda one: _edit(one.phase, title_zh="改名"), BOTH),
        (lambda _one: WorkdayOverride.objects.create(day=A_DAY, is_working=False), ["milestone"]),
        (lambda _one: WorkdayOverride.objects.create(day=A_DAY, is_working=False).delete(), ["milestone"]),
        (lambda _one: PublishedYear.objects.create(year=2099), ["milestone"]),
        (lambda one: make_milestone(one.initiative, one.phase, due_on=date(2026, 1, 2)), []),
    ],
)
def test_whatever_changes_an_entry_raises_its_sequence(
    milestone: Milestone, read: Callable[[], dict[str, Entry]], edit: Callable[[Milestone], object], risen: list[str]
) -> None:
    before = read()
    edit(milestone)
    after = read()
    assert sorted(before) == sorted(after) == BOTH
    assert [kind for kind in BOTH if after[kind].sequence > before[kind].sequence] == risen
    assert [kind for kind in BOTH if after[kind].sequence < before[kind].sequence] == []
    assert [kind for kind in BOTH if after[kind].changed_at < before[kind].changed_at] == []


def test_entry_tells_when_what_it_says_was_last_edited(
    milestone: Milestone, read: Callable[[], dict[str, Entry]]
) -> None:
    milestone.initiative.history.update(history_date=datetime(2098, 1, 1, tzinfo=UTC))  # type: ignore[attr-defined]
    assert read()["milestone"].changed_at == datetime(2098, 1, 1, tzinfo=UTC)
