"""Pages cost the same however many rows they show: the literal number of queries, however many are added."""

from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from roadmap.models import (
    ApiToken,
    Baseline,
    DeliveryGate,
    Evidence,
    Leave,
    Milestone,
    Observation,
    PublishedYear,
    Roadmap,
    SuppressedAddress,
    Watch,
    WorkdayOverride,
)
from tests import factories as make
from tests.admin.rows import make_indicator, make_message, make_occurrence, make_rule, make_source, make_subscription
from tests.numbers import NUMBERS

pytestmark = pytest.mark.django_db


COST_OF_A_LIST = {
    "Answer": 4,
    "ApiToken": 4,
    "Baseline": 5,
    "Comment": 4,
    "DeliveryGate": 4,
    "Dependency": 5,
    "DigestSubscription": 4,
    "Evidence": 4,
    "Indicator": 5,
    "Initiative": 6,
    "Leave": 4,
    "Milestone": 20,
    "Observation": 5,
    "Organisation": 4,
    "OutboxMessage": 4,
    "Person": 5,
    "Phase": 5,
    "Pillar": 5,
    "ProgressUpdate": 4,
    "PublishedYear": 5,
    "ReminderOccurrence": 5,
    "ReminderRule": 5,
    "Roadmap": 4,
    "Source": 4,
    "SuppressedAddress": 4,
    "Watch": 4,
    "WorkdayOverride": 5,
    "Workstream": 5,
}


def plan(number: int, roadmap: Roadmap | None = None) -> None:
    """A plan of that many rows of everything."""
    roadmap = roadmap or make.make_roadmap()
    pillar, phase = make.make_pillar(roadmap), make.make_phase(roadmap)
    previous = None
    for position in range(number):
        unit = make.make_organisation()
        owner = make.make_person(organisation=unit)
        milestone = make.make_milestone(
            make.make_initiative(pillar),
            phase,
            organisation=unit,
            owner=owner,
            workstream=make.make_workstream(roadmap),
            due_on=date(2026, 10 + position % 3, 15),
        )
        make.make_deliverable(milestone)
        make.make_update(milestone, 40, date(2026, 9, 1), reported_by=owner)
        Evidence.objects.create(milestone=milestone, kind="note", title="A", note="b", added_by=owner)
        if previous is not None:
            previous.successor_links.create(successor=milestone)
        previous = milestone
        indicator = make_indicator(roadmap, pillar=pillar)
        Observation.objects.create(
            indicator=indicator, period="a", period_zh="甲", period_en="A", ends_on=date(2024, 1, 1), value=1
        )
        make.make_phase(roadmap)
        make_source()
        make_occurrence(milestone=milestone, rule=make_rule(roadmap))
        make_subscription(roadmap=roadmap, person=owner, organisation=unit, phase=phase, pillar=pillar)
        make_rule(roadmap, organisation=unit)
        ApiToken.objects.create(person=owner, name="n", prefix="rmt_", digest=f"{milestone.pk}")
        DeliveryGate.objects.create(name=f"way-{milestone.pk}")
        SuppressedAddress.objects.create(
            address=owner.email, reason="refused", message=make_message(), since=datetime(2026, 11, 1, tzinfo=UTC)
        )
        Watch.objects.create(person=owner, milestone=milestone, since=datetime(2026, 11, 1, tzinfo=UTC))
        Leave.objects.create(
            person=owner, deputy=make.make_person(), from_on=date(2026, 11, 1), until_on=date(2026, 11, 2)
        )
        years = PublishedYear.objects.count()
        PublishedYear.objects.create(year=1950 + years % 150, calendar=("CN", "HK", "MO")[years // 150])
        WorkdayOverride.objects.create(day=date.fromordinal(740000 + milestone.pk), is_working=True)
        Baseline.objects.create(
            roadmap=roadmap, name=f"B{milestone.pk}", approved_on=date(2026, 1, 1), approved_by=owner
        )


def queries_of(browser: Client, address: str) -> int:
    browser.get(address)  # content types, the session
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("many", NUMBERS[1:])
def test_every_list_costs_the_same_for_any_number_of_rows(browser: Client, many: int):
    costs: dict[str, list[int]] = {model.__name__: [] for model in admin.site._registry}
    for more in (2, many - 2):  # with one milestone there is no dependency
        plan(more)
        for model in admin.site._registry:
            costs[model.__name__].append(
                queries_of(browser, reverse(f"admin:roadmap_{model._meta.model_name}_changelist"))
            )
    assert costs == {name: [cost] * 2 for name, cost in COST_OF_A_LIST.items()}


def test_the_pages_of_a_milestone_cost_the_same(browser: Client):
    plan(2)
    milestone = Milestone.objects.order_by("-pk")[0]
    pages = {name: reverse(f"admin:roadmap_milestone_{name}", args=[milestone.pk]) for name in ("change", "history")}
    act = reverse("admin:roadmap_milestone_act", args=["reschedule"])
    costs: dict[str, list[int]] = {"change": [], "history": [], "act": []}
    for more in (0, 5):
        for position in range(more):
            person = make.make_person()
            make.make_deliverable(milestone)
            make.make_update(milestone, 50, date(2026, 9, 2 + position), reported_by=person)
            Evidence.objects.create(milestone=milestone, kind="note", title="A", note="b", added_by=person)
            other = make.make_milestone(milestone.initiative, milestone.phase)
            other.successor_links.create(successor=milestone)
            milestone.weight += 1
            milestone.owner = person
            milestone.save()
        ids = ",".join(str(pk) for pk in Milestone.objects.values_list("pk", flat=True))
        for name, address in (*pages.items(), ("act", f"{act}?ids={ids}")):
            costs[name].append(queries_of(browser, address))
    assert costs == {"change": [33] * 2, "history": [10] * 2, "act": [4] * 2}


@pytest.mark.parametrize("many", NUMBERS[1:])
def test_the_front_page_costs_the_same(browser: Client, many: int):
    costs = []
    roadmap = make.make_roadmap()
    for more in (1, many - 1):
        plan(more, roadmap)
        costs.append(queries_of(browser, reverse("admin:index")))
    assert costs == [14] * 2
