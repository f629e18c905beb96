"""The OpenAPI description is whole, matches its committed snapshot, and tells the truth."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator, FormatChecker

from roadmap.editing.baselines import set_baseline
from roadmap.editing.comments import write_comment
from roadmap.editing.feeds import make_feed_address
from roadmap.editing.many_observations import add_many_observations
from roadmap.editing.milestones import complete_milestone, create_milestone
from roadmap.editing.progress import record_progress, withdraw_progress
from roadmap.editing.webhooks import create_webhook, try_webhook
from roadmap.models import ApiToken, Dependency, Evidence, ExternalReference, Webhook, WebhookAttempt, WebhookDelivery
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox.announce import delivery_of
from roadmap.vocabulary import Door, HookEvent, PersonKind
from tests import factories as make
from tests.admin.rows import make_invitation, make_leave, make_subscription
from tests.api.conftest import NOW, caller_for
from tests.api.test_reading import make_indicator, make_observation
from tests.api.test_reminders import make_told
from tests.forecast.rows import make_kept_forecast

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_snapshot_is_current(schema):
    """After a meant change: ``make openapi`` or ``manage.py spectacular --lang en --file docs/openapi.yaml``."""
    assert SNAPSHOT.read_text(encoding="utf-8") == OpenApiYamlRenderer().render(schema, renderer_context={}).decode()


def test_description_is_valid_without_any_warning(schema):
    validate_schema(schema)
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert schema["openapi"] == "3.1.0"


def test_every_operation_has_its_summary_and_problems(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation["summary"].isascii(), name
            assert {"400", "401", "403", "406", "429", "503"} <= set(operation["responses"]), name
            assert ("404" in operation["responses"]) == ("{" in path), name
            if method in {"post", "patch"}:
                assert {"409", "413", "415", "422"} <= set(operation["responses"]), name
                ((form, body),) = operation["requestBody"]["content"].items()
                assert form == "multipart/form-data" or body["examples"], name
            assert operation["security"][0] == {"token": []}, name
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_closed_lists_are_named(schema):
    assert {name for name, one in schema["components"]["schemas"].items() if "enum" in one} == {
        *("CalendarCode", "Door", "EvidenceKind", "MilestoneStatus", "Provenance", "Qualifier", "Rag"),
        *(
            "NewEvidenceKind",
            "SettableStatus",
            "PlannedFrom",
            "ForecastBasis",
            "ChangeKind",
            "EarnedFrom",
            "ItemOutcome",
            "Role",
            "Scope",
            "Frequency",
            "Language",
            "BlankEnum",
            "HookEvent",
            "DeliveryState",
            "Audience",
            "RuleKind",
        ),
    }


@pytest.mark.django_db
def test_answers_are_as_described(stranger, milestone, schema):
    make.make_deliverable(milestone)
    make.make_workstream(milestone.phase.roadmap)
    update = make.make_update(milestone, 33, date(2026, 11, 1), forecast_on=date(2027, 1, 1))
    Dependency.objects.create(predecessor=make.make_milestone(milestone.initiative), successor=milestone)
    Evidence.objects.create(milestone=milestone, kind="note", title="N", note="N", progress_update=update)
    observation = make_observation(make_indicator(milestone.phase.roadmap))
    external = ExternalReference.objects.create(system="s", reference="r", milestone=milestone)
    make_kept_forecast(milestone, day=date(2026, 11, 1))
    write_comment(milestone, by=SYSTEM, now=NOW, text="Is the port ready?")
    account = make.make_person(kind=PersonKind.SERVICE, email="")
    make_told(milestone)
    reader = caller_for(make.make_office_person())
    token = ApiToken.objects.get()
    feed, _secret = make_feed_address(token.person, by=SYSTEM, name="phone")
    webhook = Webhook.objects.create(person=account, url="https://e.org/", events="progress.recorded")
    delivery = delivery_of(webhook, event="ping", told={}, now=NOW)
    delivery.save()
    WebhookAttempt.objects.create(delivery=delivery, tried_at=NOW, milliseconds=1, status=204)
    ids = {
        "phases": milestone.phase_id,
        "pillars": milestone.initiative.pillar_id,
        "workstreams": milestone.phase.roadmap.workstreams.get().pk,
        "initiatives": milestone.initiative_id,
        "milestones": milestone.pk,
        "progress-updates": update.pk,
        "external-references": external.pk,
        "dependencies": Dependency.objects.get().pk,
        "baselines": set_baseline(milestone.phase.roadmap, by=SYSTEM, now=NOW, name="B").pk,
        "tokens": token.pk,
        "feeds": feed.pk,
        "webhooks": webhook.pk,
        "leave": make_leave(token.person).pk,
        "invitations": make_invitation().pk,
        "digest-subscriptions": make_subscription().pk,
        "service-accounts": account.pk,
        "indicators": observation.indicator_id,
        "observations": observation.pk,
        "organisations": milestone.organisation_id,
    }
    read = 0
    for path, operations in schema["paths"].items():
        answers = operations["get"]["responses"]["200"]["content"] if "get" in operations else {}
        if "application/json" in answers:  # a file has no members
            address = path.format(id=ids.get(path.split("/")[3]), code="smart")
            answer = reader.get(address)
            assert answer.status_code == 200, address
            _check(answer.json(), answers["application/json"]["schema"], schema)
            assert answer.json().get("results") != [], address
            read += 1
    assert read == 55
    problem = {"$ref": "#/components/schemas/Problem"}
    _check(stranger.get("nothing/").json(), problem, schema)
    _check(stranger.get("milestones/?x=1").json(), problem, schema)


def test_every_answer_has_an_example_as_described(schema):
    """Of a list it is one of its entries; a file has none."""
    shown, without = set(), []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            for status in {"200", "201"} & set(operation["responses"]):
                described = operation["responses"][status]["content"].get("application/json")
                if described is None or "examples" in described:
                    continue
                name = _name_of(described["schema"])
                listed = schema["components"]["schemas"][name]["properties"].get("results", {}).get("items")
                shown.add(_name_of(listed) if name.startswith("Paginated") else name)
                if not shown <= set(_with_example(schema)):
                    without.append((method, path, name))
    assert without == []
    for name, example in _with_example(schema).items():
        _check(example, {"$ref": f"#/components/schemas/{name}"}, schema)
    assert len(shown) > 25


def test_operations_are_called_by_what_they_do(schema):
    names = [one["operationId"] for found in schema["paths"].values() for one in found.values()]
    assert [name for name in names if name.startswith("v1") or "partial_update" in name] == []
    assert {"milestones_list", "milestones_retrieve", "milestones_update", "milestones_complete"} <= set(names)
    assert len(set(names)) == len(names)


def test_every_answer_is_of_one_form_and_shape(schema):
    """JSON apart from files, and nothing either or: programs made from the description get one type."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            found = operation["responses"].get("200", operation["responses"].get("201", {})).get("content", {})
            assert len(found) <= 1, (method, path)
            assert [one for one in found.values() if "anyOf" in one["schema"] or "oneOf" in one["schema"]] == []
            ids = [one for one in operation.get("parameters", ()) if (one["in"], one["name"]) == ("path", "id")]
            assert {one["schema"]["type"] for one in ids} == ({"integer"} if "{id}" in path else set()), path


def test_nothing_is_described_that_nothing_uses(schema):
    text = str({**schema, "components": {**schema["components"], "securitySchemes": None}})
    unused = [
        f"{kind}/{name}"
        for kind in ("schemas", "responses")
        for name in schema["components"][kind]
        if f"'#/components/{kind}/{name}'" not in text
    ]
    assert unused == []
    used = {tag for found in schema["paths"].values() for one in found.values() for tag in one["tags"]}
    assert used == {tag["name"] for tag in schema["tags"]}


@pytest.mark.django_db
def test_webhooks_are_told_what_is_described(milestone, schema):
    owner = milestone.owner
    create_webhook(owner, by=SYSTEM, url="https://e.org/", events=[event.value for event in HookEvent])
    days = {"planned_start_on": date(2026, 1, 1), "due_on": date(2026, 12, 31)}
    titles = {"title_zh": "新", "title_en": "New"}
    create_milestone(
        by=SYSTEM, now=NOW, code="new", initiative=milestone.initiative, phase=milestone.phase, **titles, **days
    )
    record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=10)
    wrong = record_progress(milestone, by=SYSTEM, now=NOW, percent_complete=20, confidence="amber")
    withdraw_progress(wrong, by=Actor(make.make_office_person(), Door.API), now=NOW, reason="A slip.")
    complete_milestone(milestone, by=SYSTEM, now=NOW)
    value = {"period": "2026", "period_zh": "年", "period_en": "y", "ends_on": date(2026, 12, 31), "value": Decimal(3)}
    indicator = make_indicator(milestone.phase.roadmap)
    add_many_observations([(indicator, value)], by=SYSTEM, now=NOW)
    try_webhook(Webhook.objects.get(), by=SYSTEM, now=NOW)
    for delivery in WebhookDelivery.objects.all():
        body = schema["webhooks"][delivery.event]["post"]["requestBody"]["content"]["application/json"]["schema"]
        _check(json.loads(delivery.body), body, schema)
    assert set(WebhookDelivery.objects.values_list("event", flat=True)) == set(schema["webhooks"])


@pytest.mark.django_db
def test_lists_of_values_come_with_commas_or_one_by_one(milestone, schema):
    """As people write them, and as programs made from the description send them."""
    reader, tried = caller_for(make.make_office_person()), 0
    for path, operations in schema["paths"].items():
        for one in operations.get("get", {}).get("parameters", ()):
            if one["schema"].get("type") == "array":
                assert one.get("explode", True), (path, one["name"])
                address = path.format(id=milestone.pk, code="smart")
                values = [word for word in one["schema"]["items"]["enum"] if not word.startswith("-")][:2]
                if "/milestones/" in path or "{id}" not in path:
                    name = one["name"]
                    apart = reader.get(f"{address}?" + "&".join(f"{name}={value}" for value in values))
                    together = reader.get(f"{address}?{name}={','.join(values)}")
                    assert (apart.status_code, together.status_code) == (200, 200), (path, one["name"])
                    assert _without_links(apart.json()) == _without_links(together.json())
                    tried += len(values) == 2
    assert tried > 50
    twice = reader.get("milestones/?search=a&search=b")
    assert (twice.status_code, twice.json()["errors"][0]["parameter"]) == (400, "search")


def _without_links(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"next", "previous"}}


def _name_of(described: dict[str, Any]) -> str:
    found: str = described["$ref"]
    return found.rsplit("/", 1)[1]


def _with_example(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: one["examples"][0] for name, one in schema["components"]["schemas"].items() if "examples" in one}


def _check(answer: Any, described: dict[str, Any], schema: dict[str, Any]) -> None:
    """Raise where the answer has a member too few, too many, or of another type than described."""
    components = {
        name: {**one, "additionalProperties": False} if "properties" in one else one
        for name, one in schema["components"]["schemas"].items()
    }
    Draft202012Validator({**described, "components": {"schemas": components}}, format_checker=FormatChecker()).validate(
        answer
    )


@pytest.mark.django_db
def test_description_is_served_in_english_as_yaml_or_json(client, schema):
    as_json = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    as_yaml = client.get("/api/schema/").content
    assert as_yaml == SNAPSHOT.read_bytes()
    assert as_json.json() == yaml.load(as_yaml, Loader=yaml.CSafeLoader)


@pytest.mark.django_db
def test_docs_page_runs_no_inline_script(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert page.content.count(b"<script") == page.content.count(b"<script src=")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    script = client.get("/api/docs/?script=")
    assert script.headers["Content-Type"] == "application/javascript"
