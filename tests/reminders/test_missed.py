"""Rows broken on purpose: what the planner would miss is found by comparison, and told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from roadmap.models import Milestone, ReminderOccurrence
from roadmap.reminders import missed
from roadmap.reminders.known import Known, known_about
from roadmap.reminders.missed import heal_missed_reminders
from roadmap.reminders.planner import plan_due_reminders
from tests.factories import make_milestone
from tests.numbers import NUMBERS
from tests.reminders.conftest import BEFORE, T30, T90, Scene

pytestmark = pytest.mark.both_databases("roadmap.reminders.missed")

LATER = T30 + timedelta(hours=1)


@pytest.mark.parametrize("wrong", [None, LATER + timedelta(days=300)])
def test_a_milestone_whose_look_is_lost_or_too_late_is_told_after_all(scene: Scene, wrong: object) -> None:
    plan_due_reminders(now=BEFORE)
    Milestone.objects.update(remind_at=wrong)
    assert (plan_due_reminders(now=LATER), heal_missed_reminders(now=LATER).put_right) == (0, 1)
    assert plan_due_reminders(now=LATER) == 1
    assert ReminderOccurrence.objects.filter(message__isnull=False).count() == 1
    assert heal_missed_reminders(now=LATER).put_right == 0


def test_a_look_that_is_lost_ahead_of_its_threshold_is_found_in_time(scene: Scene) -> None:
    Milestone.objects.update(remind_at=None)
    assert heal_missed_reminders(now=BEFORE).put_right == 1
    plan_due_reminders(now=BEFORE)
    assert Milestone.objects.get().remind_at == T90


def test_what_is_right_stays_untouched(scene: Scene) -> None:
    plan_due_reminders(now=BEFORE)
    assert heal_missed_reminders(now=BEFORE).put_right == 0
    assert Milestone.objects.get().remind_at == T90


def test_slices_take_turns_until_all_were_compared(scene: Scene) -> None:
    for number in range(4):
        make_milestone(scene.milestone.initiative, code=f"more-{number}", owner=scene.owner)
    Milestone.objects.update(remind_at=None)
    found = [heal_missed_reminders(now=BEFORE, limit=2) for _ in range(3)]
    assert [(one.put_right, one.ends_round) for one in found] == [(2, False), (2, False), (1, True)]


@pytest.mark.parametrize("number", NUMBERS)
def test_comparing_takes_as_many_queries_for_many_as_for_one(
    scene: Scene, number: int, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    heal_missed_reminders(now=BEFORE)
    for each in range(1, number):
        make_milestone(scene.milestone.initiative, code=f"more-{each}", owner=scene.owner)
    Milestone.objects.update(remind_at=None)
    with django_assert_num_queries(28):
        assert heal_missed_reminders(now=BEFORE).put_right == number


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_is_put_right_outside_of_any_transaction(scene: Scene) -> None:
    Milestone.objects.update(remind_at=None)
    assert heal_missed_reminders(now=BEFORE).put_right == 1


def test_what_an_edit_has_set_by_a_clock_that_is_ahead_is_right(scene: Scene) -> None:
    plan_due_reminders(now=BEFORE)
    Milestone.objects.update(remind_at=LATER + timedelta(seconds=9))
    assert heal_missed_reminders(now=LATER).put_right == 0


def test_what_was_edited_after_it_was_read_is_judged_as_it_stands(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_due_reminders(now=BEFORE)
    wanted = Milestone.objects.get().remind_at
    Milestone.objects.update(remind_at=None)

    def edited_meanwhile(milestones: Sequence[Milestone], *, now: datetime) -> Known:
        Milestone.objects.filter(remind_at=None).update(remind_at=wanted)
        return known_about(milestones, now=now)

    monkeypatch.setattr(missed, "known_about", edited_meanwhile)
    assert heal_missed_reminders(now=BEFORE).put_right == 0
    assert Milestone.objects.get().remind_at == wanted
