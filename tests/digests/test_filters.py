"""What a digest's filters let through: phase, pillar, initiative, organisation with all below it, one's own."""

from collections.abc import Callable

import pytest

from roadmap.digests.filters import chosen, filters_of, limits_text, roll_of
from roadmap.models import DigestSubscription, Milestone, Person
from tests.factories import (
    make_initiative,
    make_milestone,
    make_organisation,
    make_person,
    make_phase,
    make_pillar,
    make_roadmap,
)
from tests.progress.by_rule import roadmap_progress

pytestmark = pytest.mark.on_postgresql

Passing = Callable[..., set[str]]


@pytest.fixture
def gate(db: None) -> Milestone:
    roadmap = make_roadmap()
    phase, pillar = make_phase(roadmap), make_pillar(roadmap)
    initiative = make_initiative(pillar)
    unit = make_organisation(code="science")
    gate = make_milestone(initiative, phase, code="gate", organisation=unit, owner=make_person(username="reader"))
    make_milestone(initiative, make_phase(roadmap), code="later", organisation=unit)
    make_milestone(make_initiative(pillar), phase, code="beside", organisation=unit, owner=gate.owner)
    make_milestone(make_initiative(make_pillar(roadmap)), phase, code="other-pillar", organisation=unit)
    make_milestone(initiative, phase, code="below", organisation=make_organisation(unit, code="laboratory"))
    make_milestone(initiative, phase, code="alike", organisation=make_organisation(code="sciences"))
    return gate


@pytest.fixture
def passing(gate: Milestone) -> Passing:
    reader = Person.objects.get(username="reader")
    roadmap = gate.initiative.roadmap
    roll = roll_of(roadmap_progress(roadmap, as_of=gate.due_on).lines)

    def codes(**filters: object) -> set[str]:
        subscription = DigestSubscription(person=reader, roadmap=roadmap, **filters)
        return {line.milestone.code for line in chosen(roll, filters_of(subscription))}

    return codes


ALL = {"gate", "later", "beside", "other-pillar", "below", "alike"}


def test_each_filter_leaves_out_what_is_elsewhere(gate: Milestone, passing: Passing) -> None:
    initiative = gate.initiative
    assert passing() == ALL
    assert passing(phase=gate.phase) == ALL - {"later"}
    assert passing(pillar=initiative.pillar) == ALL - {"other-pillar"}
    assert passing(initiative=initiative) == ALL - {"beside", "other-pillar"}
    assert passing(organisation=gate.organisation) == ALL - {"alike"}
    assert passing(only_mine=True) == {"gate", "beside"}


def test_filters_together_let_through_what_passes_each(gate: Milestone, passing: Passing) -> None:
    assert passing(only_mine=True, initiative=gate.initiative) == {"gate"}
    assert passing(organisation=gate.organisation, phase=gate.phase, pillar=gate.initiative.pillar) == {
        "gate",
        "beside",
        "below",
    }


def test_filters_are_said_in_words(gate: Milestone) -> None:
    subscription = DigestSubscription(
        person=make_person(), roadmap=gate.initiative.roadmap, phase=gate.phase, only_mine=True
    )
    assert limits_text(subscription) == f"{gate.phase.title} · 仅本人负责的里程碑"
