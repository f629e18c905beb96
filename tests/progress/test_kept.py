"""Kept sums are those of the plan as it is: whatever changes it, and whoever asks, in whichever transaction."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Initiative,
    KeptSums,
    Milestone,
    ProgressUpdate,
    Revision,
    revision_triggers,
)
from roadmap.models.kept import BLOCK
from roadmap.progress import kept, rollup
from roadmap.progress.rollup import roll_up, sums_of
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

DAY = date(2026, 6, 30)


@pytest.fixture
def roadmap(transactional_db, monkeypatch):
    monkeypatch.setattr(kept, "FROM_MILESTONES", 1)
    milestone = make.make_milestone(weight=Decimal(3), organisation=make.make_organisation())
    return milestone.initiative.roadmap


def earned(roadmap):
    return roll_up(roadmap, by=("phase", "pillar"), as_of=DAY).popitem()[1].earned


def report(percent):
    report_on(Milestone.objects.get(), percent)


def report_on(milestone, percent):
    ProgressUpdate.objects.create(milestone=milestone, reported_on=DAY, percent_complete=Decimal(percent), door="api")


def test_second_reading_is_one_query_with_the_same_figures(roadmap, django_assert_num_queries):
    for by in [(), ("phase", "pillar"), ("organisation",)]:
        with django_assert_num_queries(6 if "organisation" in by else 5):  # with its own BEGIN, COMMIT
            first = roll_up(roadmap, by=by, as_of=DAY)
        with django_assert_num_queries(2 if "organisation" in by else 1):
            assert roll_up(roadmap, by=by, as_of=DAY) == first


@pytest.mark.both_databases("roadmap.progress.kept")
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


@pytest.fixture
def blocks(roadmap, monkeypatch):
    """Milestones whose ids lie in three blocks, with their sums kept."""
    first = Milestone.objects.get()
    for number in (1, 2):
        other = Milestone.objects.get(pk=first.pk)
        other.pk, other.code = first.pk + number * BLOCK, f"block-{number}"
        other._state.adding = True
        other.save()
    earned(roadmap)
    return list(Milestone.objects.order_by("pk"))


def read_blocks(roadmap):
    """The blocks whose milestones a reading at last asks the database for; None for all."""
    with CaptureQueriesContext(connection) as queries:
        roll_up(roadmap, by=("phase", "pillar"), as_of=DAY)
    statements = [query["sql"] for query in queries if "measured" in query["sql"]]
    if not statements:
        return []
    found = {int(start) // BLOCK for start in re.findall(r"m\.id BETWEEN (\d+)", statements[-1])}
    return sorted(found) or None


def afresh(roadmap):
    with transaction.atomic():  # where nothing that was kept is read
        return roll_up(roadmap, by=("phase", "pillar"), as_of=DAY)


def kept_now(roadmap):
    return roll_up(roadmap, by=("phase", "pillar"), as_of=DAY)


def test_after_a_change_only_its_block_is_read(roadmap, blocks):
    one, two, three = blocks
    changes = [
        (lambda: report_on(two, 40), [two]),
        (lambda: Milestone.objects.filter(pk=three.pk).update(weight=7), [three]),
        (lambda: Deliverable.objects.create(milestone=one, weight=1, done_on=DAY), [one]),
        (lambda: Deliverable.objects.update(milestone=three), [one, three]),
        (lambda: (report_on(one, 5), report_on(three, 6)), [one, three]),
        (lambda: ProgressUpdate.objects.filter(milestone=two).delete(), [two]),
        (lambda: Deliverable.objects.all().delete(), [three]),
        (lambda: Milestone.objects.filter(pk=two.pk).update(title_en="Only words"), [two]),
        (lambda: make.make_person(), []),
    ]
    for change, touched in changes:
        change()
        assert read_blocks(roadmap) == [milestone.pk // BLOCK for milestone in touched]
        assert kept_now(roadmap) == afresh(roadmap)
        assert read_blocks(roadmap) == []


def test_what_all_hang_on_and_an_emptied_block_are_read_as_a_whole(roadmap, blocks):
    one, two, _three = blocks
    baseline = Baseline.objects.create(roadmap=roadmap, name="B", approved_on=DAY)
    assert read_blocks(roadmap) is None
    BaselineEntry.objects.create(
        baseline=baseline, milestone=one, planned_start_on=DAY, due_on=date(2027, 6, 30), weight=3
    )
    assert read_blocks(roadmap) is None
    assert kept_now(roadmap) == afresh(roadmap)
    Milestone.objects.filter(pk=two.pk).delete()
    assert read_blocks(roadmap) is None
    assert kept_now(roadmap) == afresh(roadmap)
    Initiative.objects.update(pillar=make.make_pillar(roadmap))
    assert read_blocks(roadmap) is None
    assert kept_now(roadmap) == afresh(roadmap)


def test_a_change_between_the_first_look_and_the_blocks_is_noticed(roadmap, blocks, monkeypatch):
    one, two, _three = blocks
    report_on(one, 40)
    look = kept.kept_parts

    def look_then_be_overtaken(found):
        seen = look(found)
        report_on(one, 60)
        report_on(two, 80)
        return seen

    monkeypatch.setattr(rollup, "kept_parts", look_then_be_overtaken)
    overtaken = kept_now(roadmap)
    assert overtaken == afresh(roadmap)
    monkeypatch.undo()
    assert kept_now(roadmap) == overtaken


def test_every_table_of_the_statement_tells_its_blocks():
    names = {model._meta.db_table: model.__name__ for model in apps.get_app_config("roadmap").get_models()}
    text = rollup.STATEMENT + rollup.LOOKED_UP + rollup.READ_THROUGH
    read = {names[table] for table in re.findall(r"\b(roadmap_\w+)\b", text) if table in names}
    assert read - {"Revision"} == {*revision_triggers.SUMMED, *revision_triggers.FRAMING}
