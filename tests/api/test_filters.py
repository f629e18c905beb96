"""What lists can be narrowed by; what can't be understood is refused."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.models import Milestone
from roadmap.vocabulary import MilestoneStatus, Provenance
from tests import factories as make
from tests.api.conftest import caller_for

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


@pytest.fixture
def other(milestone: Milestone) -> Milestone:
    """Another milestone that differs in everything."""
    roadmap = make.make_roadmap(code="other")
    branch = make.make_organisation(milestone.organisation, code="tianjin")
    return make.make_milestone(
        make.make_initiative(make.make_pillar(roadmap, code="fast"), code="scan"),
        make.make_phase(roadmap, code="final"),
        code="m-2",
        title_zh="智能审图上线",
        title_en="Scanners live",
        workstream=make.make_workstream(roadmap, code="flow"),
        organisation=branch,
        owner=make.make_person(username="second"),
        status=MilestoneStatus.DONE,
        completed_on=date(2026, 5, 1),
        planned_start_on=date(2026, 2, 1),
        due_on=date(2026, 6, 30),
        weight=Decimal(5),
        provenance=Provenance.SAMPLE,
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "m-2 m-1"),
        ("roadmap=smart", "m-1"),
        ("phase=final", "m-2"),
        ("pillar=fast", "m-2"),
        ("workstream=flow", "m-2"),
        ("initiative=review", "m-1"),
        ("organisation=gacc", "m-2 m-1"),
        ("organisation=tianjin", "m-2"),
        ("code=m-1", "m-1"),
        ("status=planned,active", "m-1"),
        ("status=done", "m-2"),
        ("provenance=sample", "m-2"),
        ("due_on=2026-06-30", "m-2"),
        ("due_on_after=2026-07-01", "m-1"),
        ("due_on_before=2026-06-30&due_on_after=2026-06-30", "m-2"),
        ("is_open=true", "m-1"),
        ("is_open=false", "m-2"),
        ("is_late=true", ""),
        ("is_late=true&as_of=2027-01-01", "m-1"),
        ("is_late=true&as_of=2026-04-30", ""),
        ("search=审图", "m-2"),
        ("search=scanners live", "m-2"),
        ("ordering=code", "m-1 m-2"),
        ("ordering=-weight", "m-2 m-1"),
        ("updated_since=2026-11-23T05:00:00Z", ""),
        ("updated_since=2026-11-23T04:00:00Z", "m-2 m-1"),
        ("phase=basic&status=done", ""),
    ],
)
def test_milestones_are_filtered(stranger, milestone, other, query, found):
    answer = stranger.get(f"milestones/?{query}")
    assert " ".join(one["code"] for one in answer.json()["results"]) == found


def test_milestones_are_filtered_by_owner(milestone, other):
    owner = caller_for(milestone.owner)
    assert [one["code"] for one in owner.get("milestones/?owner=me").json()["results"]] == ["m-1"]
    assert [one["code"] for one in owner.get(f"milestones/?owner={other.owner_id}").json()["results"]] == ["m-2"]


def test_references_are_named_by_id_too(stranger, milestone, other):
    answer = stranger.get(f"milestones/?phase={other.phase_id}")
    assert [one["code"] for one in answer.json()["results"]] == ["m-2"]


def test_late_on_a_past_day_is_what_it_was_then(stranger, milestone):
    Milestone.objects.update(
        due_on=date(2026, 3, 1), status=MilestoneStatus.DONE, completed_on=date(2026, 5, 1)
    )  # late in April, not any more
    days = ("2026-03-01", "2026-03-02", "2026-04-30", "2026-05-01")
    filtered = [len(stranger.get(f"milestones/?is_late=true&as_of={day}").json()["results"]) for day in days]
    figures = [stranger.get(f"milestones/?as_of={day}").json()["results"][0]["progress"]["is_late"] for day in days]
    assert (filtered, figures) == ([0, 1, 1, 0], [False, True, True, False])


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("milestones/?colour=red&size=2", ["colour", "size"]),
        ("milestones/{}/?page_size=2", ["page_size"]),
        ("milestones/{}/progress-updates/?search=x", ["search"]),
        ("roadmaps/smart/progress/?as_of=2026-06-30&phase=basic", ["phase"]),
        ("phases/?as_of=2026-06-30", ["as_of"]),
        ("milestones/?phase=nothing", ["phase"]),
        ("milestones/?phase=99999999999999999999999", ["phase"]),
        ("milestones/?status=late", ["status"]),
        ("milestones/?is_late=maybe", ["is_late"]),
        ("milestones/?due_on=30.6.2026", ["due_on"]),
        ("milestones/?as_of=2026-02-30", ["as_of"]),
        ("milestones/?as_of=20260630", ["as_of"]),
        ("milestones/?as_of=2026-W26-2", ["as_of"]),
        ("milestones/?as_of=", ["as_of"]),
        ("milestones/?owner=second", ["owner"]),
        ("milestones/?ordering=rag", ["ordering"]),
        ("milestones/?ordering=due_on,-due_on", ["ordering"]),
        ("milestones/?phase=basic&phase=final", ["phase"]),
        ("milestones/?search=a%00b", ["search"]),
        ("milestones/?search=a b c d e f g h i j k", ["search"]),
        ("milestones/?updated_since=0001-01-01T00:00:00", ["updated_since"]),
        ("milestones/?updated_since=9999-12-31T23:59:59-12:00", ["updated_since"]),
        ("progress-updates/?reported_by=0", ["reported_by"]),
        ("progress-updates/?reported_by=1e99", ["reported_by"]),
        ("organisations/?within=nothing", ["within"]),
    ],
)
def test_parameter_that_is_unknown_or_wrong_is_refused_by_name(stranger, milestone, address, parameters):
    answer = stranger.get(address.format(milestone.pk))
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [one["parameter"] for one in answer.json()["errors"]] == parameters


def test_every_list_is_filtered_by_its_roadmap(stranger, milestone, other):
    make.make_update(milestone, 10, date(2026, 6, 1))
    make.make_update(other, 10, date(2026, 6, 1))
    counts = {
        name: len(stranger.get(f"{name}/?roadmap=smart").json()["results"])
        for name in ("phases", "pillars", "workstreams", "initiatives", "progress-updates", "indicators")
    }
    assert counts == {
        "phases": 1,
        "pillars": 1,
        "workstreams": 0,
        "initiatives": 1,
        "progress-updates": 1,
        "indicators": 0,
    }
    within = stranger.get("organisations/?within=gacc").json()["results"]
    assert [one["code"] for one in within] == ["gacc", "tianjin"]
