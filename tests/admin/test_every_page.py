"""No page of the administration writes past the acts: each leaves a history row with its door, or writes nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client
from django.urls import reverse

from roadmap.admin.base import ActingAdmin
from roadmap.models import (
    Answer,
    ApiToken,
    Baseline,
    Comment,
    Deliverable,
    DeliveryGate,
    Dependency,
    DigestSubscription,
    Evidence,
    Indicator,
    Initiative,
    Leave,
    Milestone,
    Observation,
    Organisation,
    OutboxMessage,
    Person,
    Phase,
    Pillar,
    ProgressUpdate,
    PublishedYear,
    ReminderOccurrence,
    ReminderRule,
    Roadmap,
    Source,
    SuppressedAddress,
    Watch,
    WorkdayOverride,
    Workstream,
)
from roadmap.vocabulary import Door, Provenance
from tests import factories as make
from tests.admin.rows import make_indicator, make_message, make_occurrence, make_rule, make_source, make_subscription

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

TITLES = {"title_zh": "标题", "title_en": "Title", "code": "new-code", "provenance": "entered"}
NAMES = {"name_zh": "名称", "name_en": "Name", "code": "new-code", "provenance": "entered"}


def a_form_for(model: type[models.Model]) -> dict[str, Any]:
    """What somebody would fill in for a new row."""
    roadmap = make.make_roadmap()
    milestone = make.make_milestone(make.make_initiative(make.make_pillar(roadmap)), make.make_phase(roadmap))
    person = make.make_person()
    forms: dict[type[models.Model], dict[str, Any]] = {
        Roadmap: {
            **TITLES,
            "starts_on": "2026-01-01",
            "time_zone": "Asia/Shanghai",
            "calendar": "CN",
            "verify_within_days": "10",
        },
        Phase: {**TITLES, "roadmap": roadmap.pk, "starts_on": "2026-01-01", "gate_on": "2026-12-31"},
        Pillar: {**TITLES, "roadmap": roadmap.pk, "position": "1"},
        Workstream: {**TITLES, "roadmap": roadmap.pk, "position": "1"},
        Initiative: {**TITLES, "roadmap": roadmap.pk, "pillar": milestone.initiative.pillar_id, "position": "1"},
        Indicator: {**TITLES, "roadmap": roadmap.pk, "position": "1", "unit_zh": "件", "unit_en": "pieces"},
        Observation: {
            "indicator": make_indicator(roadmap).pk,
            "period": "2024-H1",
            "period_zh": "2024年上半年",
            "period_en": "First half of 2024",
            "ends_on": "2024-06-30",
            "value": "12.5",
            "qualifier": "exact",
            "provenance": "entered",
        },
        Organisation: NAMES,
        Source: {
            "title_zh": "题",
            "title_en": "Title",
            "citation_zh": "报",
            "citation_en": "Paper",
            "code": "paper",
            "published_on": "2024-07-31",
        },
        WorkdayOverride: {"calendar": "CN", "day": "2027-02-06", "is_working": "on"},
        PublishedYear: {"calendar": "CN", "year": "2027", "reference": "Notice"},
        Watch: {"person": person.pk, "milestone": milestone.pk},
        Leave: {
            "person": person.pk,
            "deputy": make.make_person().pk,
            "from_on": "2026-12-01",
            "until_on": "2026-12-04",
            "digests_pause": "on",
        },
        Milestone: {
            **TITLES,
            "initiative": milestone.initiative_id,
            "phase": milestone.phase_id,
            "planned_start_on": "2026-03-01",
            "due_on": "2026-12-01",
            "weight": "2",
            "deliverables-TOTAL_FORMS": "1",
            "deliverables-INITIAL_FORMS": "0",
            "deliverables-0-title_zh": "交付物",
            "deliverables-0-title_en": "Deliverable",
            "deliverables-0-weight": "1",
            "deliverables-0-position": "0",
        },
        ProgressUpdate: {"milestone": milestone.pk, "percent_complete": "40", "confidence": "amber"},
        Evidence: {"milestone": milestone.pk, "kind": "note", "title": "Minutes", "note": "Agreed."},
        Comment: {"milestone": milestone.pk, "text": "Is the port ready?"},
        Baseline: {"roadmap": roadmap.pk, "name": "First", "approved_on": "2026-11-01"},
        Dependency: {
            "predecessor": make.make_milestone(milestone.initiative, milestone.phase).pk,
            "successor": milestone.pk,
            "lag_working_days": "3",
        },
        Person: {
            "username": "wang",
            "full_name": "王芳",
            "email": "wang@example.org",
            "role": "lead",
            "language": "zh-hans",
            "time_zone": "Asia/Shanghai",
            "calendar": "CN",
            "is_active": "on",
            "is_staff": "on",
        },
        ReminderRule: {
            **{name: NAMES[name] for name in ("name_zh", "name_en", "code")},
            "roadmap": roadmap.pk,
            "is_active": "on",
            "kind": "due",
            "audiences": ["owner"],
            "offsets": "30, 7",
            "day_kind": "calendar",
            "repeat_every_days": "7",
            "send_at": "08:30",
        },
        DigestSubscription: {
            "person": person.pk,
            "roadmap": roadmap.pk,
            "frequency": "weekly",
            "send_at": "08:30",
            "weekday": "1",
            "month_day": "1",
        },
    }
    return forms[model]


WITH_HISTORY = [
    model for model in admin.site._registry if hasattr(model, "history") and admin.site._registry[model].model
]
ADDED_HERE = [
    model
    for model in admin.site._registry
    if model not in {Answer, DeliveryGate, OutboxMessage, ReminderOccurrence, SuppressedAddress}
    and model._meta.model_name != "apitoken"
]
CHANGED_HERE: dict[type[models.Model], tuple[Callable[[], models.Model], dict[str, str]]] = {
    Roadmap: (make.make_roadmap, {"title_zh": "新"}),
    Phase: (lambda: make.make_phase(make.make_roadmap()), {"gate_on": "2027-12-31"}),
    Pillar: (lambda: make.make_pillar(make.make_roadmap()), {"position": "7"}),
    Workstream: (lambda: make.make_workstream(make.make_roadmap()), {"position": "7"}),
    Initiative: (lambda: make.make_initiative(make.make_pillar(make.make_roadmap())), {"title_en": "New"}),
    Leave: (
        lambda: Leave.objects.create(
            person=make.make_person(),
            deputy=make.make_person(),
            from_on=date(2026, 12, 1),
            until_on=date(2026, 12, 4),
        ),
        {"until_on": "2026-12-05"},
    ),
    Indicator: (lambda: make_indicator(make.make_roadmap()), {"unit_en": "tonnes"}),
    Observation: (
        lambda: Observation.objects.create(
            indicator=make_indicator(make.make_roadmap()),
            period="2024",
            period_zh="2024年",
            period_en="2024",
            ends_on=date(2024, 12, 31),
            value=Decimal(3),
        ),
        {"value": "4"},
    ),
    Organisation: (make.make_organisation, {"name_en": "New"}),
    Source: (make_source, {"citation_en": "New"}),
    WorkdayOverride: (
        lambda: WorkdayOverride.objects.create(day=date(2027, 2, 6), is_working=True, reason="before"),
        {"reason": "after"},
    ),
    PublishedYear: (lambda: PublishedYear.objects.create(year=2027), {"reference": "Notice"}),
    Milestone: (make.make_milestone, {"title_en": "New"}),
    Person: (lambda: make.make_person(password="!unusable"), {"role": "lead"}),
    ReminderRule: (make_rule, {"offsets": "60，10"}),
    DigestSubscription: (make_subscription, {"send_at": "09:45"}),
}
REMOVED_HERE: dict[type[models.Model], Callable[[], models.Model]] = {
    model: CHANGED_HERE[model][0]
    for model in (Phase, Pillar, Workstream, Initiative, Indicator, Observation, Organisation, Source)
} | {
    WorkdayOverride: CHANGED_HERE[WorkdayOverride][0],
    PublishedYear: CHANGED_HERE[PublishedYear][0],
    Watch: lambda: Watch.objects.create(
        person=make.make_person(), milestone=make.make_milestone(), since=datetime(2026, 11, 1, tzinfo=UTC)
    ),
    ReminderRule: make_rule,
    Evidence: lambda: Evidence.objects.create(milestone=make.make_milestone(), kind="note", title="A", note="b"),
    Dependency: lambda: link_of_two(),
    Comment: lambda: Comment.objects.create(
        milestone=make.make_milestone(), text="Ready?", written_at=datetime(2026, 11, 1, tzinfo=UTC)
    ),
}


def link_of_two() -> Dependency:
    first = make.make_milestone()
    second = make.make_milestone(first.initiative, first.phase)
    return Dependency.objects.create(predecessor=first, successor=second)


def doors(model: Any, kind: str) -> list[tuple[str, str]]:
    """Door and reason of the newest history row of that kind."""
    newest = model.history.filter(history_type=kind).order_by("-history_id")
    return list(newest.values_list("door", "history_change_reason")[:1])


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_registered_page_is_one_of_ours():
    assert [model for model, page in admin.site._registry.items() if not isinstance(page, ActingAdmin)] == []
    own = [name for page in admin.site._registry.values() for name in ("save_model", "delete_model", "delete_queryset")
           if getattr(type(page), name) is not getattr(ActingAdmin, name)]  # fmt: skip
    assert own == []


def test_every_model_that_people_write_is_tried_below():
    appended = {Baseline, Comment, ProgressUpdate, ApiToken, SuppressedAddress}  # made and ended, never changed
    tried_elsewhere = {DeliveryGate, Evidence, Dependency, Watch}
    assert set(CHANGED_HERE) == set(WITH_HISTORY) - appended - tried_elsewhere


@pytest.mark.parametrize("model", ADDED_HERE, ids=lambda model: model.__name__)
def test_a_new_row_is_made_by_an_act(model: type[models.Model], browser: Client, office: Person):
    sent = {"reason": "because", **a_form_for(model)}
    before = model._default_manager.count()
    response = browser.post(address(model, "add"), sent)
    assert response.status_code == 302, response.context["errors"] if response.context else response
    assert model._default_manager.count() == before + 1
    if model is ProgressUpdate:
        assert doors(model, "+") == [(Door.ADMIN, "")]
        update = ProgressUpdate.objects.get()
        assert (update.door, update.reported_by, update.reported_on) == (Door.ADMIN, office, date(2026, 11, 23))
    elif model in {Comment, Evidence}:
        assert doors(model, "+") == [(Door.ADMIN, "")]
    else:
        assert doors(model, "+") == [(Door.ADMIN, "because")]
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("model", CHANGED_HERE, ids=lambda model: model.__name__)
def test_a_change_is_made_by_an_act(model: Any, browser: Client, filled: Any):
    make_row, change = CHANGED_HERE[model]
    row = make_row()
    page = browser.get(address(model, "change", row.pk))
    response = browser.post(address(model, "change", row.pk), {**filled(page), "reason": "because", **change})
    assert response.status_code == 302, (response.context["errors"], response.context["adminform"].form.errors)
    reason = change.get("reason", "because")
    assert doors(model, "~") == [(Door.ADMIN, reason)]


@pytest.mark.parametrize("model", CHANGED_HERE, ids=lambda model: model.__name__)
def test_saving_an_untouched_form_writes_nothing(model: Any, browser: Client, filled: Any):
    row = CHANGED_HERE[model][0]()
    before = model.history.count()
    page = browser.get(address(model, "change", row.pk))
    response = browser.post(address(model, "change", row.pk), filled(page))
    assert response.status_code == 302, (response.context["errors"], response.context["adminform"].form.errors)
    assert model.history.count() == before


@pytest.mark.parametrize("model", REMOVED_HERE, ids=lambda model: model.__name__)
def test_a_removal_is_made_by_an_act(model: Any, browser: Client):
    row = REMOVED_HERE[model]()
    response = browser.post(address(model, "delete", row.pk), {"post": "yes"})
    assert response.status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()
    assert [door for door, _reason in doors(model, "-")] == [Door.ADMIN]


@pytest.mark.parametrize(
    "make_row",
    [
        make.make_milestone,
        make.make_person,
        make.make_roadmap,
        make_subscription,
        make_message,
        make_occurrence,
        lambda: make.make_update(make.make_milestone(), 10, date(2026, 11, 1)),
        lambda: Baseline.objects.create(roadmap=make.make_roadmap(), name="B", approved_on=date(2026, 1, 1)),
    ],
)
def test_what_must_stay_cannot_be_deleted(make_row: Any, browser: Client):
    row = make_row()
    assert browser.post(address(type(row), "delete", row.pk), {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_an_entry_with_something_below_it_is_not_deleted(browser: Client):
    indicator = make_indicator(make.make_roadmap())
    Observation.objects.create(
        indicator=indicator, period="a", period_zh="a", period_en="a", ends_on=date(2024, 1, 1), value=1
    )
    response = browser.post(address(Indicator, "delete", indicator.pk), {"post": "yes"})
    assert response.context["protected"] == [f"observation: {Observation.objects.get()}"]
    assert (Indicator.objects.count(), Observation.objects.count()) == (1, 1)


@pytest.mark.parametrize("number", [21, 40])
def test_what_keeps_an_entry_is_counted_and_its_first_rows_named(
    number: int, browser: Client, django_assert_num_queries: Callable[[int], Any]
):
    first = make.make_milestone()
    for _ in range(number - 1):
        make.make_milestone(first.initiative, first.phase)
    with django_assert_num_queries(5):
        page = browser.get(address(Phase, "delete", first.phase_id))
    *named, more = page.context["protected"]
    assert (len(named), more) == (20, f"and {number - 20} more")


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_no_list_deletes_by_the_handful(model: Any, browser: Client):
    page = browser.get(address(model, "changelist"))
    assert page.status_code == 200
    assert "delete_selected" not in page.content.decode()


def test_a_reason_of_its_own_is_kept_with_a_working_day_override(browser: Client):
    browser.post(address(WorkdayOverride, "add"), {**a_form_for(WorkdayOverride), "reason": "make-up day"})
    override = WorkdayOverride.objects.get()
    assert (override.day, override.is_working, override.reason) == (date(2027, 2, 6), True, "make-up day")


def test_lead_times_are_written_with_commas(browser: Client):
    browser.post(address(ReminderRule, "add"), a_form_for(ReminderRule))
    rule = ReminderRule.objects.get()
    assert (rule.offsets, rule.send_at) == ([30, 7], time(8, 30))


def test_a_deliverable_of_a_new_milestone_is_made_by_an_act(browser: Client):
    browser.post(address(Milestone, "add"), a_form_for(Milestone))
    assert doors(Deliverable, "+") == [(Door.ADMIN, "")]
    assert Deliverable.objects.get().provenance == Provenance.ENTERED
