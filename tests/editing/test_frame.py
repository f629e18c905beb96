"""Acts on baselines, dependencies, deliverables, organisations and plain entries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from roadmap.editing.baselines import set_baseline
from roadmap.editing.deliverables import add_deliverable, change_deliverable, remove_deliverable
from roadmap.editing.dependencies import link_milestones, unlink_milestones
from roadmap.editing.entries import change_entry, create_entry, remove_entry
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Deliverable, Dependency, Milestone, Organisation, Pillar, WorkdayOverride
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door, MilestoneStatus, Role
from tests import factories as make
from tests.admin.rows import make_rule

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def test_baseline_freezes_all_but_cancelled_milestones():
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)
    kept = make.make_milestone(initiative, phase, weight=Decimal("2.5"))
    make.make_milestone(initiative, phase, status=MilestoneStatus.CANCELLED, cancelled_on=TODAY)
    make.make_milestone()  # of another roadmap
    baseline = set_baseline(roadmap, by=SYSTEM, now=NOW, name="Approved plan")
    assert baseline.approved_on == TODAY
    assert list(baseline.entries.values_list("milestone", "planned_start_on", "due_on", "weight")) == [
        (kept.pk, date(2026, 1, 1), date(2026, 12, 31), Decimal("2.5"))
    ]


def test_a_second_baseline_needs_a_reason_and_a_name_of_its_own():
    roadmap = make.make_roadmap()
    set_baseline(roadmap, by=SYSTEM, now=NOW, name="One")
    with pytest.raises(InvalidChange) as caught:
        set_baseline(roadmap, by=SYSTEM, now=NOW, name="Two")
    assert list(caught.value.fields) == ["reason"]
    with pytest.raises(InvalidChange):
        set_baseline(roadmap, by=SYSTEM, now=NOW, name="One", reason="again")
    assert roadmap.baselines.count() == 1


def test_a_baseline_is_the_programme_offices_and_never_ahead():
    roadmap = make.make_roadmap()
    with pytest.raises(NotAllowed):
        set_baseline(roadmap, by=Actor(make.make_person(role=Role.LEAD), Door.ADMIN), now=NOW, name="Mine")
    with pytest.raises(InvalidChange) as caught:
        set_baseline(roadmap, by=SYSTEM, now=NOW, name="Ahead", approved_on=date(2027, 1, 1))
    assert list(caught.value.fields) == ["approved_on"]


@pytest.mark.both_databases("roadmap.editing.dependencies")
def test_dependencies_never_close_a_circle():
    roadmap = make.make_roadmap()
    initiative, phase = make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap)
    first, second, third = (make.make_milestone(initiative, phase) for _ in range(3))
    link_milestones(first, second, by=SYSTEM)
    last = link_milestones(second, third, by=SYSTEM, lag_working_days=5)
    for predecessor, successor in [(third, first), (second, first), (first, first)]:
        with pytest.raises(InvalidChange) as caught:
            link_milestones(predecessor, successor, by=SYSTEM)
        assert list(caught.value.fields) == ["predecessor"]
    unlink_milestones(last, by=SYSTEM, reason="not needed")
    link_milestones(third, first, by=SYSTEM)
    assert list(Dependency.objects.order_by("id").values_list("predecessor", "successor")) == [
        (first.pk, second.pk),
        (third.pk, first.pk),
    ]


def test_dependencies_stay_within_a_roadmap_and_are_unique():
    first = make.make_milestone()
    second = make.make_milestone(first.initiative, first.phase)
    with pytest.raises(InvalidChange):
        link_milestones(make.make_milestone(), first, by=SYSTEM)
    link_milestones(first, second, by=SYSTEM)
    with pytest.raises(InvalidChange):
        link_milestones(first, second, by=SYSTEM)


def test_a_change_of_a_deliverable_leaves_alone_what_others_changed_meanwhile():
    seen = add_deliverable(make.make_milestone(), by=SYSTEM, now=NOW, title_zh="报告", title_en="Report")
    change_deliverable(Deliverable.objects.get(), by=SYSTEM, now=NOW, done_on=TODAY)
    changed = change_deliverable(seen, by=SYSTEM, now=NOW, title_en="Final report")
    assert (changed.title_en, changed.done_on) == ("Final report", TODAY)


def test_a_deliverable_is_not_done_on_a_day_ahead_and_stays_with_its_milestone():
    milestone = make.make_milestone()
    titles = {"title_zh": "报告", "title_en": "Report"}
    with pytest.raises(InvalidChange) as caught:
        add_deliverable(milestone, by=SYSTEM, now=NOW, done_on=TODAY + timedelta(days=1), **titles)
    assert list(caught.value.fields) == ["done_on"]
    one = add_deliverable(milestone, by=SYSTEM, now=NOW, **titles)
    with pytest.raises(InvalidChange) as caught:
        change_deliverable(one, by=SYSTEM, now=NOW, milestone=make.make_milestone())
    assert list(caught.value.fields) == ["milestone"]


def test_deliverables_are_added_changed_and_removed_with_history():
    milestone = make.make_milestone()
    one = add_deliverable(milestone, by=SYSTEM, now=NOW, title_zh="报告", title_en="Report")
    change_deliverable(one, by=SYSTEM, now=NOW, done_on=TODAY)
    with pytest.raises(InvalidChange):
        change_deliverable(one, by=SYSTEM, now=NOW, weight=-1)
    remove_deliverable(Deliverable.objects.get(), by=SYSTEM, now=NOW, reason="merged")
    kept = Deliverable.history.order_by("history_id")
    assert [(row.history_type, row.done_on, row.history_change_reason) for row in kept] == [
        ("+", None, ""),
        ("~", TODAY, ""),
        ("-", TODAY, "merged"),
    ]


def test_organisations_know_their_path_and_take_their_branch_along():
    def create(code, parent=None):
        return create_entry(Organisation, by=SYSTEM, code=code, name_zh=code, name_en=code, parent=parent)

    gacc = create("gacc")
    district = create("district", gacc)
    office = create("office", district)
    region = create("region")
    assert [one.path for one in (gacc, district, office)] == ["gacc/", "gacc/district/", "gacc/district/office/"]
    change_entry(district, by=SYSTEM, parent=region)
    assert sorted(Organisation.objects.values_list("path", flat=True)) == [
        "gacc/",
        "region/",
        "region/district/",
        "region/district/office/",
    ]
    with pytest.raises(InvalidChange) as caught:
        change_entry(
            Organisation.objects.get(code="district"), by=SYSTEM, parent=Organisation.objects.get(code="office")
        )
    assert list(caught.value.fields) == ["parent"]


@pytest.mark.both_databases("roadmap.editing.entries")
def test_an_organisation_changed_from_an_older_view_stays_where_its_branch_moved_meanwhile():
    top, district = make.make_organisation(code="top"), make.make_organisation(code="district")
    office = make.make_organisation(make.make_organisation(district, code="port"), code="office")
    seen = Organisation.objects.select_related("parent").get(code="port")
    change_entry(Organisation.objects.get(pk=district.pk), by=SYSTEM, parent=top)
    change_entry(seen, by=SYSTEM, name_en="Port")
    office.refresh_from_db()
    assert (seen.path, office.path) == ("top/district/port/", "top/district/port/office/")


def test_entries_are_the_programme_offices_checked_and_recorded():
    roadmap = make.make_roadmap()
    fields = {"roadmap": roadmap, "code": "safe", "title_zh": "安全", "title_en": "Safe"}
    with pytest.raises(NotAllowed):
        create_entry(Pillar, by=Actor(make.make_person(role=Role.LEAD), Door.ADMIN), **fields)
    office = Actor(make.make_office_person(), Door.ADMIN)
    pillar = create_entry(Pillar, by=office, reason="first", **fields)
    with pytest.raises(InvalidChange):
        create_entry(Pillar, by=office, **fields)  # the code is taken
    with pytest.raises(InvalidChange) as caught:
        change_entry(pillar, by=office, provenance="sourced")
    assert list(caught.value.fields) == ["__all__"]
    row = pillar.history.latest()
    assert (row.history_type, row.history_user, row.door, row.history_change_reason) == (
        "+",
        office.person,
        Door.ADMIN,
        "first",
    )


def test_an_entry_that_others_refer_to_is_not_removed():
    initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
    with pytest.raises(InvalidChange):
        remove_entry(initiative.pillar, by=SYSTEM)
    remove_entry(initiative, by=SYSTEM, reason="a double")
    assert initiative.pillar.initiatives.count() == 0


def test_an_entry_with_a_reason_of_its_own_keeps_it_there_too():
    override = create_entry(WorkdayOverride, by=SYSTEM, reason="make-up day", day=date(2027, 2, 6), is_working=True)
    assert (override.reason, override.history.first().history_change_reason) == ("make-up day", "make-up day")
    change_entry(override, by=SYSTEM, is_working=False)
    assert WorkdayOverride.objects.get().reason == "make-up day"


@pytest.mark.both_databases("roadmap.models.milestone")
def test_entries_that_reminders_hang_on_ask_the_planner_to_look_anew():
    owner, lead = make.make_person(), make.make_person()
    top = make.make_organisation(lead=lead)
    mine = make.make_milestone(owner=owner, organisation=make.make_organisation(top))
    other = make.make_milestone()
    closed = make.make_milestone(owner=owner, status=MilestoneStatus.DONE, completed_on=TODAY)
    for milestone in (mine, other):
        make_rule(milestone.initiative.roadmap, day_kind="working")

    def looked_at_after(entry, **fields):
        Milestone.objects.update(remind_at=None)
        change_entry(entry, by=SYSTEM, **fields)
        return set(Milestone.objects.filter(remind_at__lte=timezone.now()))

    assert looked_at_after(owner, email="new@example.org") == {mine}
    assert looked_at_after(top, lead=None) == {mine}
    assert looked_at_after(other.initiative.roadmap, time_zone="Asia/Urumqi") == {other}
    assert looked_at_after(other.initiative, pillar=make.make_pillar(other.initiative.roadmap)) == {other}
    assert looked_at_after(make.make_pillar(other.initiative.roadmap), title_en="New") == set()
    assert looked_at_after(other.phase, title_en="New") == set()
    assert looked_at_after(other.phase, gate_on=date(2027, 3, 31)) == {other}
    Milestone.objects.update(remind_at=None)
    override = create_entry(WorkdayOverride, by=SYSTEM, calendar="CN", day=TODAY, is_working=True)
    assert set(Milestone.objects.filter(remind_at__isnull=False)) == {mine, other}
    Milestone.objects.update(remind_at=None)
    remove_entry(override, by=SYSTEM)
    assert set(Milestone.objects.filter(remind_at__isnull=False)) == {mine, other}
    assert closed.remind_at is None


@pytest.mark.parametrize("zone", ["Middle-earth/Shire", "", "../etc/passwd", "Asia"])
def test_a_time_zone_must_exist(zone):
    with pytest.raises(InvalidChange) as caught:
        change_entry(make.make_roadmap(), by=SYSTEM, time_zone=zone)
    assert list(caught.value.fields) == ["time_zone"]
