"""Many reports and observations in one request: all or nothing, told item by item, at a fixed cost."""

from decimal import Decimal

import pytest

from roadmap.models import ExternalReference, Milestone, Observation, ProgressUpdate
from roadmap.vocabulary import Door, MilestoneStatus, Role
from tests import factories as make
from tests.api.conftest import caller_for
from tests.api.test_reading import make_indicator
from tests.numbers import NUMBERS

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


def value_of(indicator, period, value="1.5", **fields):
    return {"indicator": indicator.pk, "period": period, "period_zh": "期", "period_en": "P", "ends_on": "2026-06-30",
            "value": value, **fields}  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_reports_cost_the_same_for_any_number(office, milestone, number, django_assert_num_queries):
    ExternalReference.objects.create(system="s", reference="known", milestone=milestone)
    codes = [make.make_milestone(milestone.initiative, milestone.phase).code for _ in range(number)]
    items = [{"milestone": code, "percent_complete": 5, "external_ref": code} for code in codes]
    items.append({"milestone": {"system": "s", "reference": "known"}, "percent_complete": 1})
    # who calls; both kinds of names; the transaction's two; lock; known; newest; updates; two of statuses and history
    with django_assert_num_queries(15):
        answer = office.post("progress-updates/bulk/", {"items": items})
    assert (answer.status_code, answer.json()["recorded"]) == (201, number + 1)
    assert Milestone.objects.filter(status=MilestoneStatus.ACTIVE, version=2).count() == number + 1


@pytest.mark.parametrize("number", NUMBERS)
def test_observations_cost_the_same_for_any_number(office, milestone, number, django_assert_num_queries):
    indicator = make_indicator(milestone.phase.roadmap)
    with django_assert_num_queries(8):
        answer = office.post("observations/bulk/", {"items": [value_of(indicator, str(n)) for n in range(number)]})
    assert (answer.status_code, Observation.objects.count()) == (201, number)


def test_thousand_reports_are_recorded_in_their_order(office, milestone):
    items = [{"milestone": milestone.pk, "percent_complete": index / 10} for index in range(1000)]
    answer = office.post("progress-updates/bulk/", {"items": items}).json()
    stored = list(ProgressUpdate.objects.order_by("id").values_list("id", "percent_complete"))
    assert [one["id"] for one in answer["items"]] == [pk for pk, _percent in stored]
    assert [percent for _pk, percent in stored] == [Decimal(index) / 10 for index in range(1000)]
    milestone.refresh_from_db()
    assert (milestone.status, milestone.version) == (MilestoneStatus.ACTIVE, 2)
    assert milestone.history.count() == 2  # made, set to work
    change = milestone.history.latest()
    assert (change.door, change.history_user.username, change.version) == (Door.API, "office", 2)


def test_nothing_is_recorded_when_one_item_is_wrong_and_every_wrong_one_is_named(lead, milestone):
    foreign = make.make_milestone(organisation=make.make_organisation())
    good = {"milestone": milestone.pk, "percent_complete": 5}
    body = {"items": [
        good,
        {**good, "reported_on": "2026-11-24"},
        {**good, "milestone": foreign.pk},
        {**good, "forecast_on": "2100-10-14"},
    ]}  # fmt: skip
    answer = lead.post("progress-updates/bulk/", body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["detail"]) for one in answer.json()["errors"]] == [
        ("#/items/1/reported_on", "A report can't be about a day in the future."),
        ("#/items/2/milestone", "There is no such milestone, or you may not report on it."),
        ("#/items/3/forecast_on", "Give a day from 1950 to 2099."),
    ]
    assert ProgressUpdate.objects.count() == 0


@pytest.mark.parametrize(
    ("items", "pointers"),
    [
        ([], ["#/items"]),
        ([{"milestone": "m-1"}], ["#/items/0/percent_complete"]),
        ([{"milestone": "m-1", "percent_complete": 5, "colour": 1}], ["#/items/0/colour"]),
        ([{"milestone": "none", "percent_complete": 1}], ["#/items/0/milestone"]),
        ([{"milestone": True, "percent_complete": 1}], ["#/items/0/milestone"]),
        ([{"milestone": {"system": "s"}, "percent_complete": 1}], ["#/items/0/milestone"]),
        ([{"milestone": {"system": "s", "reference": "r"}, "percent_complete": 1}], ["#/items/0/milestone"]),
        ([{"milestone": "m-1", "percent_complete": 1}] * 1001, ["#/items"]),
        ("m-1", ["#/items"]),
        ([7], ["#/items/0"]),
    ],
)  # fmt: skip
def test_body_that_cant_be_read_is_told_by_item(office, milestone, items, pointers):
    answer = office.post("progress-updates/bulk/", {"items": items})
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, pointers)


@pytest.mark.parametrize("dry_run", ["yes", "false", 1, []])
def test_only_true_is_true(office, milestone, dry_run):
    body = {"items": [{"milestone": "m-1", "percent_complete": 1}], "dry_run": dry_run}
    answer = office.post("progress-updates/bulk/", body)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "#/dry_run", "detail": "Write true or false.", "code": "invalid"}],
    )


def test_dry_run_checks_everything_and_writes_nothing(office, milestone):
    items = [{"milestone": "m-1", "percent_complete": 5}]
    answer = office.post("progress-updates/bulk/", {"items": items, "dry_run": True})
    assert (answer.status_code, answer.json()) == (200, {
        "dry_run": True, "recorded": 1, "known": 0,
        "items": [{"outcome": "recorded", "id": None, "milestone": milestone.pk, "external_ref": ""}],
    })  # fmt: skip
    milestone.refresh_from_db()
    assert (ProgressUpdate.objects.count(), milestone.status) == (0, MilestoneStatus.PLANNED)
    indicator = make_indicator(milestone.phase.roadmap)
    dry = office.post("observations/bulk/", {"items": [value_of(indicator, "1")], "dry_run": True})
    assert (dry.status_code, Observation.objects.count()) == (200, 0)


@pytest.mark.both_databases("roadmap.editing.many_reports")
def test_report_sent_again_under_its_reference_is_known(office, lead, milestone):
    body = {"milestone": "m-1", "percent_complete": 5, "external_ref": "week 47"}
    first, again = (office.post("progress-updates/", body) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    many = office.post("progress-updates/bulk/", {"items": [body, {**body, "external_ref": "week 48"}] * 2}).json()
    assert [one["outcome"] for one in many["items"]] == ["known", "recorded", "known", "known"]
    assert many["items"][1]["id"] == many["items"][3]["id"]
    assert lead.post("progress-updates/", body).status_code == 201  # another reporter's names are their own
    below = {name: value for name, value in body.items() if name != "milestone"}
    address = f"milestones/{milestone.pk}/progress-updates/"
    assert office.post(address, below).json()["id"] == first.json()["id"]
    for answer in (
        office.post("progress-updates/", {**body, "percent_complete": 6}),
        office.post(address, {**below, "percent_complete": 6}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/external_ref")
    assert ProgressUpdate.objects.count() == 3


def test_observation_stored_before_is_known_when_it_is_the_same(office, lead, milestone):
    indicator = make_indicator(milestone.phase.roadmap)
    body = value_of(indicator, "2026-H1")
    first, again = (office.post("observations/", body) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    other = office.post("observations/bulk/", {"items": [body, {**body, "value": 2}]})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "#/items/1/period")
    turned = office.post("observations/", value_of(indicator, "x", starts_on="2026-07-01"))
    assert turned.json()["errors"][0]["pointer"] == "#/ends_on"
    assert office.post("observations/", {**body, "indicator": "none"}).json()["errors"][0]["pointer"] == "#/indicator"
    assert lead.post("observations/bulk/", {"items": [body]}).status_code == 403
    assert Observation.history.get().door == Door.API


def test_milestone_is_reported_on_by_another_systems_name(lead, office, milestone):
    named = {"system": "inspection", "reference": "PRJ-1"}
    made = lead.post("external-references/", {**named, "milestone": "m-1"})
    assert (made.status_code, lead.get(made.headers["Location"].split("/api/v1/")[1]).json()) == (201, made.json())
    assert lead.post("external-references/", {**named, "milestone": "m-1"}).status_code == 422
    told = lead.post("progress-updates/", {"milestone": named, "percent_complete": 5})
    assert (told.status_code, told.json()["milestone"]["code"]) == (201, "m-1")
    stranger = caller_for(make.make_person(role=Role.LEAD, organisation=make.make_organisation()))
    refused = stranger.post("external-references/", {**named, "reference": "2", "milestone": "m-1"})
    assert refused.status_code == 403
    gone = office("DELETE", made.headers["Location"].split("/api/v1/")[1])
    assert (gone.status_code, gone.content, ExternalReference.objects.count()) == (204, b"", 0)
    assert [one.history_type for one in ExternalReference.history.all()] == ["-", "+"]


@pytest.mark.parametrize("number", [6, 18])
def test_changing_milestones_costs_the_same_for_any_number(office, milestone, number, django_assert_max_num_queries):
    rows = [make.make_milestone(milestone.initiative, milestone.phase) for _ in range(number)]
    body = {"items": [{"milestone": row.code, "version": 1} for row in rows], "days": 14, "with_start": True,
            "reason": "Later.", "owner": None, "add_tags": ["a", "A", "b"]}  # fmt: skip
    with django_assert_max_num_queries(25):
        answer = office.post("milestones/bulk/", {**body, "dry_run": True})
    foreseen = answer.json()
    assert (answer.status_code, foreseen["dry_run"], Milestone.objects.exclude(version=1).count()) == (200, True, 0)
    told = office.post("milestones/bulk/", body).json()
    assert (told["items"], told["dry_run"]) == (foreseen["items"], False)
    assert [one["milestone"] for one in told["items"]] == [row.pk for row in rows]
    for row in rows:
        stored = Milestone.objects.get(pk=row.pk)
        assert (stored.due_on - row.due_on).days == (stored.planned_start_on - row.planned_start_on).days == 14
        assert (stored.tags, stored.owner, stored.version) == (["a", "b"], None, 2)
        assert (stored.history.latest().door, stored.history.latest().history_change_reason) == (Door.API, "Later.")


def test_no_milestone_is_changed_when_one_is_wrong_and_every_wrong_one_is_named(lead, milestone):
    foreign = make.make_milestone(organisation=make.make_organisation())
    items = [{"milestone": milestone.pk}, {"milestone": foreign.code}, {"milestone": milestone.pk, "version": 9}]
    answer = lead.post("milestones/bulk/", {"items": items, "add_tags": ["x"]})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/items/1", "#/items/2"]
    assert not Milestone.objects.filter(version=2).exists()


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({}, ["#"]),
        ({"days": 3}, ["#/reason"]),
        ({"days": 3, "due_on": "2027-01-31", "reason": "r"}, ["#/days"]),
        ({"due_on": "1990-01-01", "reason": "r"}, ["#/items/0/due_on"]),
    ],
)
def test_what_is_to_be_done_to_milestones_has_to_be_whole(asked, pointers, office, milestone):
    answer = office.post("milestones/bulk/", {"items": [{"milestone": milestone.pk}], **asked})
    assert (answer.status_code, [one.get("pointer") for one in answer.json()["errors"]]) == (422, pointers)
