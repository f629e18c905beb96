"""Kept sums are those of the plan as it is: whatever changes it, and whoever asks, in whichever transaction."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from roadmap.models import Deliverable, KeptSums, Milestone, ProgressUpdate, Revision
from roadmap.progress import kept
from roadmap.progress.rollup import roll_up, sums_of
from tests import factories as make

DAY = date(2026, 6, 30)


@pytest.fixture
def roadmap(transactional_db, monkeypatch):
    monkeypatch.setattr(kept, "FROM_MILESTONES", 1)
    milestone = make.make_milestone(weight=Decimal(3), organisation=make.make_organisation())
    return milestone.initiative.roadmap


def earned(roadmap):
    return roll_up(roadmap, by=("phase", "pillar"), as_of=DAY).popitem()[1].earned


def report(percent):
    ProgressUpdate.objects.create(
        milestone=Milestone.objects.get(), reported_on=DAY, percent_complete=Decimal(percent), door="api"
    )


def test_second_reading_is_one_query_with_the_same_figures(roadmap, django_assert_num_queries):
    for by in [(), ("phase", "pillar"), ("organisation",)]:
        with django_assert_num_queries(6 if "organisation" in by else 5):  # with its own BEGIN, COMMIT
            first = roll_up(roadmap, by=by, as_of=DAY)
        with django_assert_num_queries(2 if "organisation" in by else 1):
            assert roll_up(roadmap, by=by, as_of=DAY) == first


def test_every_change_is_seen_by_the_next_reading(roadmap):
    assert earned(roadmap) == 0
    item = Deliverable.objects.create(milestone=Milestone.objects.get(), weight=1, done_on=DAY)
    assert earned(roadmap) == 100
    report(40)
    assert earned(roadmap) == 40
    ProgressUpdate.objects.filter(percent_complete=40).update(percent_complete=Decimal("12.5"))
    assert earned(roadmap) == Decimal("12.5")
    ProgressUpdate.objects.all().delete()
    item.delete()
    assert earned(roadmap) == 0
    Milestone.objects.update(completed_on=DAY, status="done")
    assert earned(roadmap) == 100
    Milestone.objects.all().delete()
    assert roll_up(roadmap, by=("phase", "pillar"), as_of=DAY) == {}


def test_a_transaction_sees_its_own_changes_and_leaves_nothing_behind(roadmap):
    assert earned(roadmap) == 0
    with transaction.atomic():
        report(70)
        assert earned(roadmap) == 70
        transaction.set_rollback(True)
    assert earned(roadmap) == 0


def test_days_dimensions_and_roadmaps_are_kept_apart(roadmap):
    other = make.make_milestone(weight=Decimal(8)).initiative.roadmap
    for _ in range(2):
        assert sums_of(roadmap, only={}, as_of=DAY).weight == 3
        assert sums_of(other, only={}, as_of=DAY).weight == 8
        assert sums_of(other, only={"phase": [roadmap.phases.get().pk]}, as_of=DAY).weight == 0
        assert (
            sums_of(roadmap, only={}, as_of=date(2027, 6, 30)).planned != sums_of(roadmap, only={}, as_of=DAY).planned
        )


def test_a_slot_taken_over_by_another_question_is_not_mistaken(roadmap, monkeypatch):
    monkeypatch.setattr(kept, "SLOTS", 1)
    first = roll_up(roadmap, by=("phase",), as_of=DAY)
    assert roll_up(roadmap, by=("pillar",), as_of=DAY).keys() == {(roadmap.pillars.get().pk,)}
    assert roll_up(roadmap, by=("phase",), as_of=DAY) == first
    assert KeptSums.objects.count() == 1


def test_what_is_kept_carries_the_latest_revision_and_few_milestones_are_not_kept(roadmap, monkeypatch):
    earned(roadmap)
    assert KeptSums.objects.get().revision == Revision.objects.get().number
    monkeypatch.setattr(kept, "FROM_MILESTONES", 2)
    report(50)
    assert earned(roadmap) == 50
    assert KeptSums.objects.get().revision < Revision.objects.get().number
    assert not connection.in_atomic_block
