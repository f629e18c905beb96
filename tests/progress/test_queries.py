"""The roadmap's progress from rows: as of any day, every roll-up, a fixed number of queries."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest

from roadmap.models import Baseline, BaselineEntry, Milestone
from roadmap.progress.facts import milestone_lines, roadmap_lines
from roadmap.progress.series import month_ends, progress_series
from roadmap.vocabulary import MilestoneStatus
from tests import factories as make
from tests.numbers import NUMBERS
from tests.progress.by_rule import roadmap_progress

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
TODAY = date(2026, 11, 23)


def test_progress_as_of_a_day_uses_reports_up_to_that_day():
    milestone = make.make_milestone()
    make.make_update(milestone, 20, date(2026, 3, 1))
    make.make_update(milestone, 50, date(2026, 6, 1))
    make.make_update(milestone, 45, date(2026, 6, 1))  # the later entry of one day counts
    roadmap = milestone.initiative.roadmap
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1), TODAY]
    assert [roadmap_progress(roadmap, as_of=day).overall.earned for day in days] == [0, 20, 20, 45, 45]


def test_progress_as_of_a_day_knows_completion_deliverables_and_baseline_of_then():
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)
    done = make.make_milestone(
        initiative, phase, status=MilestoneStatus.DONE, completed_on=date(2026, 5, 1), due_on=date(2026, 6, 30)
    )
    listed = make.make_milestone(initiative, phase, due_on=date(2026, 12, 31))
    make.make_deliverable(listed, weight=Decimal(3), done_on=date(2026, 4, 1))
    make.make_deliverable(listed, weight=Decimal(1))
    baseline = Baseline.objects.create(roadmap=roadmap, name="B1", approved_on=date(2026, 2, 1))
    for one in (done, listed):
        BaselineEntry.objects.create(
            baseline=baseline,
            milestone=one,
            planned_start_on=date(2026, 1, 1),
            due_on=date(2026, 1, 31),
            weight=one.weight,
        )
    figures = {
        day: roadmap_progress(roadmap, as_of=day).overall
        for day in (date(2026, 1, 31), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1))
    }
    assert [one.earned for one in figures.values()] == [0, 0, Decimal("37.5"), Decimal("87.5")]
    assert figures[date(2026, 1, 31)].planned < 18  # no baseline yet: the plan's own dates
    assert figures[date(2026, 3, 1)].planned == 100  # the baseline's


def test_progress_rolls_up_along_every_dimension():
    roadmap = make.make_roadmap()
    safe, efficient = make.make_pillar(roadmap, position=1), make.make_pillar(roadmap, position=2)
    first, second = make.make_phase(roadmap), make.make_phase(roadmap, gate_on=date(2029, 12, 31))
    stream = make.make_workstream(roadmap)
    top = make.make_organisation()
    below = make.make_organisation(top)
    one = make.make_milestone(make.make_initiative(safe), first, workstream=stream, organisation=below)
    other = make.make_milestone(make.make_initiative(efficient), first, organisation=top, weight=Decimal(3))
    make.make_update(one, 80, TODAY)
    make.make_update(other, 40, TODAY)

    progress = roadmap_progress(roadmap, as_of=TODAY)

    assert progress.overall.earned == 50
    assert [(one.phase, one.figures.earned, one.days_to_gate) for one in progress.phases] == [
        (first, 50, 38),
        (second, 0, 1134),
    ]
    assert {key: group.earned for key, group in progress.by_pillar.items()} == {safe.pk: 80, efficient.pk: 40}
    assert {key: group.total for key, group in progress.cells.items()} == {
        (first.pk, safe.pk): 1,
        (first.pk, efficient.pk): 1,
        (second.pk, safe.pk): 0,
        (second.pk, efficient.pk): 0,
    }
    assert progress.by_workstream[stream.pk].earned == 80
    assert progress.workstream_cells[first.pk, stream.pk].earned == 80
    assert progress.by_initiative[one.initiative_id].earned == 80
    assert {key: group.earned for key, group in progress.by_organisation.items()} == {top.pk: 50, below.pk: 80}
    assert [line.milestone for line in progress.lines] == [one, other]


def test_curve_ends_where_the_figures_stand():
    milestone = make.make_milestone()
    make.make_deliverable(milestone, done_on=date(2026, 2, 1))
    make.make_update(milestone, 30, date(2026, 6, 15))
    roadmap = milestone.initiative.roadmap
    days = [*month_ends(date(2026, 1, 1), date(2026, 12, 31)), date(2027, 1, 31)]
    points = progress_series(roadmap, days=days, today=date(2026, 7, 31))
    for point in points[:7]:
        overall = roadmap_progress(roadmap, as_of=point.day).overall
        assert (point.planned, point.earned) == (overall.planned, overall.earned)
    assert [point.earned for point in points[7:]] == [None] * 6


def test_curve_is_what_the_rules_say_of_each_milestone_on_each_day():
    random = Random(26)
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)

    def some_day() -> date:
        return date(2026, 1, 1) + timedelta(days=random.randrange(400))

    for _ in range(25):
        start, due_on = sorted([some_day(), some_day() + timedelta(days=1)])
        done = random.random() < 0.4
        milestone = make.make_milestone(
            initiative,
            phase,
            weight=Decimal(random.randrange(900)) / 100,
            planned_start_on=start,
            due_on=due_on,
            status=MilestoneStatus.DONE if done else MilestoneStatus.ACTIVE,
            completed_on=some_day() if done else None,
        )
        if done and random.random() < 0.5:
            later = milestone.completed_on + timedelta(days=random.randrange(90))
            at = datetime.combine(later, time(4), UTC)
            Milestone.objects.filter(pk=milestone.pk).update(verified_on=later, verified_at=at)
        if not done and random.random() < 0.3:
            cancelled = {"status": MilestoneStatus.CANCELLED, "cancelled_on": some_day()}
            Milestone.objects.filter(pk=milestone.pk).update(**cancelled)
        for _ in range(random.randrange(3)):
            make.make_update(milestone, random.randrange(101), some_day())
            make.make_deliverable(milestone, done_on=random.choice([None, some_day()]))
    days = [*month_ends(date(2025, 12, 1), date(2027, 3, 1)), date(2027, 4, 2)]
    for point in progress_series(roadmap, days=days, today=date(2026, 9, 30)):
        whole = roadmap_progress(roadmap, as_of=point.day).overall
        ahead = point.day > date(2026, 9, 30)
        told = (None, None) if ahead else (whole.earned, whole.verified)
        assert (point.day, point.planned, point.earned, point.verified) == (point.day, whole.planned, *told)


def test_month_ends_span_years():
    assert month_ends(date(2027, 12, 5), date(2028, 2, 1)) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize("size", NUMBERS)
def test_lines_of_a_roadmap_cost_nine_queries_however_much_there_is(size, django_assert_num_queries):
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)
    for _ in range(size):
        make.make_update(make.make_milestone(initiative, phase), 10, date(2026, 2, 1))
    with django_assert_num_queries(9):
        assert len(roadmap_lines(roadmap, as_of=TODAY)) == size
    with django_assert_num_queries(4):
        progress_series(roadmap, days=month_ends(date(2026, 1, 1), date(2026, 12, 31)), today=TODAY)


@pytest.mark.both_databases("roadmap.progress.facts")
def test_lines_of_a_page_cost_three_queries_and_keep_their_order(django_assert_num_queries):
    milestones = [make.make_milestone() for _ in range(5)]
    make.make_update(milestones[3], 70, date(2026, 8, 1))
    page = [milestones[3], milestones[0]]
    with django_assert_num_queries(3):
        lines = milestone_lines(page, as_of=TODAY)
    assert [(line.milestone, line.figures.earned_percent) for line in lines] == [
        (milestones[3], 70),
        (milestones[0], 0),
    ]
    assert milestone_lines(Milestone.objects.none(), as_of=TODAY) == []
