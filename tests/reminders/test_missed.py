"""Rows broken on purpose: what the planner would miss is found by comparison, and told."""

from datetime import timedelta

import pytest

from roadmap.models import Milestone, ReminderOccurrence
from roadmap.reminders.missed import TURN_SECONDS, heal_missed_reminders
from roadmap.reminders.planner import plan_due_reminders
from tests.factories import make_milestone
from tests.reminders.conftest import BEFORE, T30, T90, Scene

LATER = T30 + timedelta(hours=1)


@pytest.mark.parametrize("wrong", [None, LATER + timedelta(days=300)])
def test_a_milestone_whose_look_is_lost_or_too_late_is_told_after_all(scene: Scene, wrong: object) -> None:
    plan_due_reminders(now=BEFORE)
    Milestone.objects.update(remind_at=wrong)
    assert (plan_due_reminders(now=LATER), heal_missed_reminders(now=LATER)) == (0, 1)
    assert plan_due_reminders(now=LATER) == 1
    assert ReminderOccurrence.objects.filter(message__isnull=False).count() == 1
    assert heal_missed_reminders(now=LATER) == 0


def test_a_look_that_is_lost_ahead_of_its_threshold_is_found_in_time(scene: Scene) -> None:
    Milestone.objects.update(remind_at=None)
    assert heal_missed_reminders(now=BEFORE) == 1
    plan_due_reminders(now=BEFORE)
    assert Milestone.objects.get().remind_at == T90


def test_what_is_right_stays_untouched(scene: Scene) -> None:
    plan_due_reminders(now=BEFORE)
    assert heal_missed_reminders(now=BEFORE) == 0
    assert Milestone.objects.get().remind_at == T90


def test_slices_take_turns_until_all_were_compared(scene: Scene) -> None:
    for number in range(3):
        make_milestone(scene.milestone.initiative, code=f"more-{number}", owner=scene.owner)
    Milestone.objects.update(remind_at=None)
    turns = Milestone.objects.order_by("-pk")[0].pk // 2 + 1
    found = [
        heal_missed_reminders(now=BEFORE + timedelta(seconds=TURN_SECONDS * turn), limit=2) for turn in range(turns)
    ]
    assert (sum(found), max(found) <= 2) == (4, True)
