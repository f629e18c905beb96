"""A milestone like another one."""

from datetime import UTC, date, datetime

import pytest

from roadmap.editing.duplicates import duplicate_milestone
from roadmap.errors import InvalidChange
from roadmap.models import Milestone
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, MilestoneStatus
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
NEW = {"code": "copy", "title_zh": "副本", "title_en": "Copy", "due_on": date(2027, 6, 30)}


@pytest.fixture
def by() -> Actor:
    return Actor(make.make_office_person(), Door.ADMIN)


def test_a_copy_takes_over_the_plan_and_nothing_that_happened(by: Actor) -> None:
    original = make.make_milestone(
        weight=3, tags=["pilot"], owner=by.person, status=MilestoneStatus.DONE, completed_on=date(2026, 10, 1)
    )
    make.make_deliverable(original, title_en="Device", weight=2, done_on=date(2026, 9, 1))
    make.make_update(original, 100, date(2026, 10, 1))
    before = original.predecessor_links.create(
        predecessor=make.make_milestone(original.initiative, original.phase), lag_working_days=4
    )
    original.successor_links.create(successor=make.make_milestone(original.initiative, original.phase))
    dates = {"planned_start_on": date(2027, 1, 4)}
    made = duplicate_milestone(original, by=by, now=NOW, reason="Second port.", links=[before], **NEW, **dates)
    made.refresh_from_db()
    assert (made.weight, made.tags, made.owner, made.status, made.completed_on) == (
        3, ["pilot"], by.person, MilestoneStatus.PLANNED, None,
    )  # fmt: skip
    assert [(one.title_en, one.weight, one.done_on) for one in made.deliverables.all()] == [("Device", 2, None)]
    assert not made.progress_updates.exists()
    links = made.predecessor_links.values_list("predecessor", "lag_working_days")
    assert (list(links), made.successor_links.count()) == ([(before.predecessor_id, 4)], 0)
    assert made.history.get().history_change_reason == "Second port."


def test_a_copy_that_is_refused_leaves_nothing(by: Actor) -> None:
    original = make.make_milestone()
    with pytest.raises(InvalidChange) as refused:
        duplicate_milestone(original, by=by, now=NOW, planned_start_on=date(2028, 1, 1), **NEW)
    assert set(refused.value.fields) == {"due_on"}
    assert Milestone.objects.count() == 1
