"""The OpenAPI description is whole, matches its committed snapshot, and tells the truth."""

from datetime import date
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

from roadmap.editing.feeds import make_feed_address
from roadmap.models import ApiToken, Dependency, Evidence, ExternalReference, Webhook, WebhookAttempt
from roadmap.models.history import SYSTEM
from roadmap.outbox.announce import delivery_of
from roadmap.vocabulary import PersonKind
from tests import factories as make
from tests.admin.rows import make_invitation, make_leave, make_subscription
from tests.api.conftest import NOW, caller_for
from tests.api.test_reading import make_indicator, make_observation
from tests.api.test_reminders import make_told

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with translation.override("en"), GENERATOR_STATS.silence():
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_snapshot_is_current(schema):
    """After a meant change: ``make openapi`` or ``manage.py spectacular --lang en --file docs/openapi.yaml``."""
    assert SNAPSHOT.read_text(encoding="utf-8") == OpenApiYamlRenderer().render(schema, renderer_context={}).decode()


def test_description_is_valid_without_any_warning():
    GENERATOR_STATS.reset()
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(made)
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert made["openapi"] == "3.1.0"


def test_every_operation_has_its_summary_and_problems(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation["summary"].isascii(), name
            assert {"400", "401", "403", "406", "429", "503"} <= set(operation["responses"]), name
            assert ("404" in operation["responses"]) == ("{" in path), name
            if method in {"post", "patch"}:
                assert {"409", "413", "415", "422"} <= set(operation["responses"]), name
                assert operation["requestBody"]["content"]["application/json"]["examples"], name
            assert operation["security"][0] == {"token": []}, name
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_closed_lists_are_named(schema):
    assert {name for name, one in schema["components"]["schemas"].items() if "enum" in one} == {
        *("Door", "EvidenceKind", "MilestoneStatus", "Provenance", "Qualifier", "Rag"),
        *(
            "NewEvidenceKind",
            "SettableStatus",
            "PlannedFrom",
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
    assert read == 47
    problem = {"$ref": "#/components/schemas/Problem"}
    _check(stranger.get("nothing/").json(), problem, schema)
    _check(stranger.get("milestones/?x=1").json(), problem, schema)


def test_every_answer_has_an_example_as_described(schema):
    """Of a list it is one of its entries; a part, which ``fields`` makes, has none, and neither has a file."""
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


def _name_of(described: dict[str, Any]) -> str:
    found: str = described.get("anyOf", [described])[0]["$ref"]
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
    assert as_json.json() == yaml.safe_load(client.get("/api/schema/").content) == yaml.safe_load(SNAPSHOT.read_text())


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
