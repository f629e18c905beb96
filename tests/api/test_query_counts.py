"""Lists and the roll-up cost the same number of queries, however much there is; the first tells the revision."""

from datetime import date

import pytest

from roadmap.models import Deliverable, Evidence, ExternalReference, Indicator, Milestone, Observation, ProgressUpdate
from tests import factories as make

pytestmark = pytest.mark.django_db
COSTS = {
    "roadmaps/": 2,
    "phases/": 2,
    "pillars/": 2,
    "workstreams/": 2,
    "initiatives/": 2,
    "milestones/": 3,
    "milestones/?is_late=true&organisation=gacc&roadmap=smart&phase=basic": 7,
    "progress-updates/": 2,
    "external-references/": 2,
    "indicators/": 2,
    "observations/": 2,
    "organisations/": 2,
    "roadmaps/smart/progress/": 12,
    "roadmaps/smart/roll-up/?by=phase,pillar": 5,
    "roadmaps/smart/roll-up/?by=organisation,workstream": 6,
    "roadmaps/smart/series/": 7,
    "roadmaps/smart/explain/?phase=basic": 6,
    "milestones/{milestone}/": 8,
    "milestones/?fields=code,progress": 3,
    "milestones/?expand=phase,pillar,workstream,initiative,organisation,deliverables,predecessors": 10,
    "milestones/{milestone}/?expand=phase,pillar,workstream,initiative,organisation": 13,
    "progress-updates/?expand=milestone": 4,
    "external-references/?expand=milestone": 4,
    "observations/?expand=indicator": 3,
    "organisations/?expand=parent": 3,
    "initiatives/?expand=pillar": 3,
    "indicators/?expand=pillar": 3,
    "milestones/{milestone}/progress-updates/": 3,
    "milestones/{milestone}/evidence/": 3,
    "indicators/{indicator}/observations/": 3,
}


def fill(milestone: Milestone, number: int) -> Indicator:
    """As many of everything as ``number``, written in bulk."""
    roadmap, organisation = milestone.initiative.roadmap, milestone.organisation
    for _ in range(min(number, 3) - 1):  # the frame's size shows at three already
        make.make_phase(make.make_roadmap())
        make.make_pillar(roadmap)
        make.make_workstream(roadmap)
        make.make_initiative(milestone.initiative.pillar)
        make.make_organisation(organisation)
    make.make_workstream(roadmap)
    make.make_organisation(organisation)
    rows = [
        Milestone(
            code=f"bulk-{index}",
            title_zh="里",
            title_en="M",
            initiative=milestone.initiative,
            phase=milestone.phase,
            organisation=organisation,
            planned_start_on=date(2026, 1, 1),
            due_on=date(2026, 6, 30),
        )
        for index in range(number)
    ]
    for one in [milestone, *Milestone.objects.bulk_create(rows)]:
        one.due_on = date(2026, 6, 30)
    Milestone.objects.update(due_on=date(2026, 6, 30), workstream=roadmap.workstreams.first())
    made = list(Milestone.objects.all())
    updates = [
        ProgressUpdate(milestone=one, percent_complete=10, reported_on=date(2026, 3, 1), door="api") for one in made
    ]
    ProgressUpdate.objects.bulk_create(
        [
            *updates,
            *(
                ProgressUpdate(milestone=milestone, percent_complete=10, reported_on=date(2026, 3, 2), door="api")
                for _ in range(number)
            ),
        ]
    )
    Deliverable.objects.bulk_create([Deliverable(milestone=one, title_zh="交", title_en="D") for one in made])
    Evidence.objects.bulk_create(
        [Evidence(milestone=milestone, kind="note", title="N", note="N") for _ in range(number)]
    )
    ExternalReference.objects.bulk_create(
        [ExternalReference(system="s", reference=str(index), milestone=one) for index, one in enumerate(made)]
    )
    indicators = Indicator.objects.bulk_create(
        [
            Indicator(roadmap=roadmap, pillar=roadmap.pillars.first(), code=f"i-{index}", title_zh="指", title_en="I")
            for index in range(number)
        ]
    )
    Observation.objects.bulk_create(
        [
            Observation(
                indicator=indicators[0],
                period=str(index),
                period_zh="期",
                period_en="P",
                ends_on=date(2026, 6, 30),
                value=1,
            )
            for index in range(number)
        ]
    )
    return indicators[0]


@pytest.mark.parametrize("number", [1, 3, 300])
def test_query_counts_are_the_same_for_any_number(stranger, milestone, number, django_assert_num_queries):
    indicator = fill(milestone, number)
    for path, cost in COSTS.items():
        address = path.format(milestone=milestone.pk, indicator=indicator.pk)
        with django_assert_num_queries(cost, info=address):
            answer = stranger.get(address)
        assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("number", [1, 300])
def test_token_comes_with_the_revision_in_one_query(office, milestone, number, django_assert_num_queries):
    fill(milestone, number)
    with django_assert_num_queries(COSTS["milestones/"]):
        office.get("milestones/")
