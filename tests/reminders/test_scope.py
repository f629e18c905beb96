"""Which milestones a rule speaks of: by phase, pillar, initiative, organisation and any of them together."""

from itertools import product

import pytest

from roadmap.models import Milestone, ReminderRule
from roadmap.reminders.scope import milestones_in_scope, speaks_of
from tests.factories import make_initiative, make_milestone, make_organisation, make_phase, make_pillar, make_roadmap

pytestmark = pytest.mark.on_postgresql

SCOPE = ("phase", "pillar", "initiative", "organisation")


@pytest.fixture
def gate(db: None) -> Milestone:
    """A milestone among others, each of which is elsewhere by one thing."""
    roadmap = make_roadmap()
    phase, later = make_phase(roadmap), make_phase(roadmap)
    pillar = make_pillar(roadmap)
    initiative = make_initiative(pillar)
    unit = make_organisation(code="science")
    gate = make_milestone(initiative, phase, code="gate", organisation=unit)
    make_milestone(initiative, later, code="later", organisation=unit)
    make_milestone(make_initiative(pillar), phase, code="beside", organisation=unit)
    make_milestone(make_initiative(make_pillar(roadmap)), phase, code="other-pillar", organisation=unit)
    make_milestone(initiative, phase, code="below", organisation=make_organisation(unit, code="laboratory"))
    make_milestone(initiative, phase, code="alike", organisation=make_organisation(code="sciences"))
    make_milestone(initiative, phase, code="nobodys", organisation=None)
    make_milestone(code="elsewhere")
    return gate


def rule_for(gate: Milestone, *parts: str) -> ReminderRule:
    of = {
        "phase": gate.phase,
        "pillar": gate.initiative.pillar,
        "initiative": gate.initiative,
        "organisation": gate.organisation,
    }
    return ReminderRule.objects.create(
        roadmap=gate.initiative.roadmap, code="r", name_zh="规则", name_en="Rule", **{part: of[part] for part in parts}
    )


def spoken_of(rule: ReminderRule) -> set[str]:
    return set(Milestone.objects.filter(milestones_in_scope(rule)).values_list("code", flat=True))


ALL = {"gate", "later", "beside", "other-pillar", "below", "alike", "nobodys"}


@pytest.mark.parametrize(
    ("part", "left_out"),
    [
        ("phase", {"later"}),
        ("pillar", {"other-pillar"}),
        ("initiative", {"beside", "other-pillar"}),
        ("organisation", {"alike", "nobodys"}),  # what lies below it belongs to it, a code that begins alike doesn't
    ],
)
def test_each_part_of_the_scope_leaves_out_what_is_elsewhere(gate: Milestone, part: str, left_out: set[str]) -> None:
    assert spoken_of(rule_for(gate, part)) == ALL - left_out


def test_asked_of_one_milestone_or_of_all_the_answer_is_the_same(gate: Milestone) -> None:
    every = list(Milestone.objects.select_related("initiative", "organisation"))
    for chosen in product([False, True], repeat=len(SCOPE)):
        rule = rule_for(gate, *(part for part, is_set in zip(SCOPE, chosen, strict=True) if is_set))
        assert {one.code for one in every if speaks_of(rule, one)} == spoken_of(rule)
        assert "gate" in spoken_of(rule)
        rule.delete()
