"""A roadmap whose one milestone is due on 31 December 2026, with the first rule, and the instants around it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from roadmap.models import Milestone, Person, ReminderRule, Roadmap
from tests.factories import make_initiative, make_milestone, make_organisation, make_person, make_pillar, make_roadmap

BEFORE = datetime(2026, 9, 1, tzinfo=UTC)
T90 = datetime(2026, 10, 2, 0, 30, tzinfo=UTC)
T30 = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
T14 = datetime(2026, 12, 17, 0, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    roadmap: Roadmap
    owner: Person
    lead: Person
    milestone: Milestone
    rule: ReminderRule


@pytest.fixture
def scene(db: None) -> Scene:
    roadmap = make_roadmap()
    owner, lead = make_person(username="owner"), make_person(username="lead")
    milestone = make_milestone(
        make_initiative(make_pillar(roadmap)),
        code="gate",
        owner=owner,
        organisation=make_organisation(lead=lead),
        due_on=date(2026, 12, 31),
        remind_at=BEFORE,
    )
    rule = ReminderRule.objects.create(roadmap=roadmap, code="first", name_zh="首批提醒", name_en="First reminders")
    return Scene(roadmap=roadmap, owner=owner, lead=lead, milestone=milestone, rule=rule)
