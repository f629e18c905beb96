"""The database's roll-up is the pure rules' roll-up, digit for digit."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Milestone,
    Organisation,
    ProgressUpdate,
    Roadmap,
)
from roadmap.models.milestone import open_on
from roadmap.progress.conditions import (
    cancelled_on,
    done_on,
    due_soon_on,
    overdue_on,
    silent_on,
    unverified_on,
    verification_overdue_on,
)
from roadmap.progress.facts import milestone_lines
from roadmap.progress.measure import Sums, figures_of, measure_group
from roadmap.progress.rollup import DIMENSIONS, roll_up
from tests import factories as make

pytestmark = pytest.mark.on_postgresql

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 700).map(lambda number: FIRST + timedelta(days=number))
WEIGHTS = st.decimals("0", "999999.99", places=2)
ITEMS = st.lists(st.tuples(st.decimals("0", "99.99", places=2), st.none() | DAYS), max_size=2)
REPORTS = st.lists(st.tuples(DAYS, st.decimals("0", "100", places=2)), max_size=3)
ENDS = st.none() | st.tuples(st.sampled_from(["done", "verified", "cancelled"]), DAYS)
MILESTONES = st.tuples(WEIGHTS, DAYS, DAYS, ENDS, REPORTS, ITEMS, st.none() | st.tuples(DAYS, DAYS), st.integers(0, 99))


def in_order(*days: date) -> list[date]:
    return sorted(days)


def write(roadmap: Roadmap, rows: list) -> None:
    phases, initiatives = list(roadmap.phases.all()), list(roadmap.initiatives.all())
    units, streams = list(Organisation.objects.all()), list(roadmap.workstreams.all())
    baseline = Baseline.objects.create(roadmap=roadmap, name="B", approved_on=FIRST + timedelta(days=100))
    for number, (weight, one, other, end, reports, items, planned, place) in enumerate(rows):
        start_on, due_on = in_order(one, other)
        status, day = end or ("planned", None)
        verified_on = day + timedelta(days=place) if status == "verified" else None
        status = "done" if verified_on else status
        milestone = Milestone.objects.create(
            code=f"r-{number}",
            title_zh="题",
            weight=weight,
            planned_start_on=start_on,
            due_on=due_on,
            status=status,
            completed_on=day if status == "done" else None,
            verified_on=verified_on,
            verified_at=verified_on and datetime.combine(verified_on, time(4), UTC),
            verify_by=day + timedelta(days=14) if status == "done" and place % 3 else None,
            entered_on=start_on + timedelta(days=place - 50) if place % 4 else None,
            cancelled_on=day if status == "cancelled" else None,
            phase=phases[place % len(phases)],
            initiative=initiatives[place % len(initiatives)],
            organisation=[*units, None][place % (len(units) + 1)],
            workstream=[*streams, None][place % (len(streams) + 1)],
        )
        ProgressUpdate.objects.bulk_create(
            ProgressUpdate(milestone=milestone, reported_on=on, percent_complete=percent, door="api")
            for on, percent in reports
        )
        Deliverable.objects.bulk_create(
            Deliverable(milestone=milestone, weight=share, done_on=on) for share, on in items
        )
        if planned:
            start_on, due_on = in_order(*planned)
            BaselineEntry.objects.create(
                baseline=baseline, milestone=milestone, planned_start_on=start_on, due_on=due_on, weight=weight
            )


def by_the_rules(roadmap: Roadmap, *, by: tuple[str, ...], as_of: date) -> dict:
    groups = defaultdict(list)
    milestones = Milestone.objects.filter(initiative__roadmap=roadmap).select_related("initiative", "organisation")
    units = {unit.path: unit.pk for unit in Organisation.objects.all()}
    for line in milestone_lines(milestones, as_of=as_of):
        one = line.milestone
        own_path = one.organisation.path if one.organisation else ""
        own = {
            "phase": [one.phase_id],
            "pillar": [one.initiative.pillar_id],
            "workstream": [one.workstream_id],
            "initiative": [one.initiative_id],
            "organisation": [pk for path, pk in units.items() if own_path.startswith(path)],
        }
        keys = [()]
        for name in by:
            keys = [(*key, value) for key in keys for value in own[name]]
        for key in keys if not line.figures.is_cancelled else []:
            groups[key].append((one.weight, line.figures))
    return {key: measure_group(members) for key, members in groups.items()}


@pytest.mark.django_db
class TestRollUp(TestCase):
    def setUp(self):
        super().setUp()
        self.roadmap = make.make_roadmap()
        for _ in range(2):
            make.make_phase(self.roadmap)
            make.make_workstream(self.roadmap)
            make.make_initiative(make.make_pillar(self.roadmap))
        root = make.make_organisation()
        make.make_organisation(make.make_organisation(root))

    @settings(max_examples=30)
    @given(st.lists(MILESTONES, max_size=6), DAYS)
    def test_database_and_rules_agree_digit_for_digit(self, rows, as_of):
        write(self.roadmap, rows)
        for by in [(), ("phase", "pillar"), ("organisation", "workstream"), ("initiative",)]:
            assert roll_up(self.roadmap, by=by, as_of=as_of) == by_the_rules(self.roadmap, by=by, as_of=as_of)

    @settings(max_examples=30)
    @given(st.lists(MILESTONES, max_size=6), DAYS)
    def test_each_condition_finds_what_the_rules_say(self, rows, as_of):
        write(self.roadmap, rows)
        lines = milestone_lines(Milestone.objects.all(), as_of=as_of)
        for condition, says in CONDITIONS.items():
            found = set(Milestone.objects.filter(condition(as_of)).values_list("pk", flat=True))
            assert found == {line.milestone.pk for line in lines if says(line.figures)}, condition


CONDITIONS = {
    open_on: lambda figures: figures.is_open,
    done_on: lambda figures: figures.is_done,
    cancelled_on: lambda figures: figures.is_cancelled,
    overdue_on: lambda figures: figures.is_late,
    due_soon_on: lambda figures: figures.is_due_soon,
    silent_on: lambda figures: figures.is_silent,
    unverified_on: lambda figures: figures.is_done and not figures.is_verified,
    verification_overdue_on: lambda figures: figures.is_verification_overdue,
}


@pytest.mark.both_databases("roadmap.progress.rollup")
@pytest.mark.django_db
def test_roll_up_takes_one_query_and_one_more_for_the_tree(django_assert_num_queries):
    milestone = make.make_milestone(organisation=make.make_organisation())
    roadmap = milestone.initiative.roadmap
    for by in [(), *((name,) for name in DIMENSIONS), ("phase", "pillar")]:
        with django_assert_num_queries(2 if "organisation" in by else 1):
            assert len(roll_up(roadmap, by=by, as_of=FIRST)) == 1


@pytest.mark.django_db
def test_other_roadmaps_are_left_out():
    mine, _other = make.make_milestone(), make.make_milestone()
    assert roll_up(mine.initiative.roadmap, by=("phase",), as_of=FIRST).keys() == {(mine.phase_id,)}


def test_sums_add_up_and_nothing_makes_empty_figures():
    one = Sums(weight=Decimal(2), planned=Decimal(100), earned=Decimal(40), total=1, late=1)
    assert one + Sums() == one
    assert (one + one).total == 2
    assert figures_of(Sums()) == measure_group([])
