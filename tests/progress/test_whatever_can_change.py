"""Whatever can change of a milestone shows: in its public history, the admin's, between two days, and in the API."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.models import Milestone
from roadmap.models.history import told_fields
from roadmap.progress.differences import differences_between
from roadmap.web.presenters.differences import steps_of
from tests import factories as make
from tests.admin.rows import make_source

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DONE = {"status": "done", "completed_on": date(2026, 11, 2)}
CONFIRMED = {"verified_at": NOW, "verified_on": date(2026, 11, 23)}


def changes() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """By the field that changes, what the milestone is before and after."""
    first = make.make_milestone()
    roadmap, initiative = first.initiative.roadmap, first.initiative
    return {
        "code": ({}, {"code": "another"}),
        **{name: ({}, {name: "Another text"}) for name in ("title_zh", "title_en", "description_zh", "description_en")},
        **{name: ({}, {name: "Another text"}) for name in ("acceptance_criteria_zh", "acceptance_criteria_en")},
        "initiative": ({}, {"initiative": make.make_initiative(initiative.pillar)}),
        "phase": ({}, {"phase": make.make_phase(roadmap)}),
        "workstream": ({}, {"workstream": make.make_workstream(roadmap)}),
        "organisation": ({}, {"organisation": make.make_organisation()}),
        "owner": ({}, {"owner": make.make_person()}),
        "planned_start_on": ({}, {"planned_start_on": date(2026, 2, 2)}),
        "due_on": ({}, {"due_on": date(2026, 12, 30)}),
        "weight": ({}, {"weight": Decimal(2)}),
        "budget": ({}, {"budget": Decimal(5), "currency": "CNY"}),
        "currency": ({"budget": Decimal(5), "currency": "CNY"}, {"currency": "HKD"}),
        "tags": ({"tags": ["old"]}, {"tags": ["new"]}),
        "provenance": ({}, {"provenance": "derived"}),
        "source": ({}, {"source": make_source()}),
        "status": ({}, DONE),
        "completed_on": (DONE, {"completed_on": date(2026, 11, 1)}),
        "cancelled_on": ({}, {"status": "cancelled", "cancelled_on": date(2026, 11, 2)}),
        "entered_on": (DONE, {"entered_on": date(2026, 11, 3)}),
        "verify_by": (DONE, {"verify_by": date(2026, 11, 30)}),
        "verified_at": (DONE, CONFIRMED),
        "verified_on": (DONE, CONFIRMED),
        "verified_by": (DONE, {**CONFIRMED, "verified_by": make.make_person()}),
    }


SAID_BY_ITS_STATE = {"entered_on", "verify_by"}  # days that go with it
FIELDS = [field.name for field in told_fields(Milestone)]


def test_every_field_is_tried() -> None:
    assert sorted(changes()) == sorted(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_change_of_any_field_shows_everywhere(name: str, time_machine: Any) -> None:
    before, after = changes()[name]
    milestone = Milestone.objects.get()
    time_machine.move_to(NOW - timedelta(days=3), tick=False)
    set_to(milestone, before)
    time_machine.move_to(NOW, tick=False)
    set_to(milestone, after)
    browser = Client(headers={"Accept-Language": "en"})
    page = browser.get(reverse("web:milestone", args=[milestone.code]))
    label = str(Milestone._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    assert label in labels(page.context["changes"][0].differences)
    roadmap = milestone.initiative.roadmap
    found = differences_between(roadmap, start=NOW - timedelta(days=1), end=NOW).milestones
    told = [step for one in found for kind in one.kinds for step in steps_of(one, kind)]
    assert bool(told) is (name not in SAID_BY_ITS_STATE)
    browser.force_login(make.make_office_person())
    history = browser.get(reverse("admin:roadmap_milestone_history", args=[milestone.pk]))
    assert name in {one.name for one in history.context["changes"][0].differences}


def set_to(milestone: Milestone, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(milestone, name, value)
    milestone.version += 1
    milestone.save()


def labels(differences: Any) -> set[str]:
    return {one.field for one in differences}
