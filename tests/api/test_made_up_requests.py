"""Requests made up from the description: none is a fault of ours, and every answer is as described.

A few for each operation; ``python -m bench.fuzz`` makes thousands, against a real server, for each role.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS

from roadmap.editing.tokens import make_token
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW
from tracker.wsgi import application

pytestmark = pytest.mark.django_db
NAMES = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
)
EACH = settings(
    max_examples=1,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_made_up_requests_are_answered_as_described(milestone: Any) -> None:
    office: Person = make.make_office_person()
    _token, text = make_token(office, by=SYSTEM, now=NOW, name="t")
    schema = schemathesis.openapi.from_wsgi("/api/schema/", application)
    checks = CHECKS.get_by_names(NAMES)
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @seed(20261124)
        @EACH
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            # an answer is described whole, and holds less where less is asked for
            excluded = CHECKS.get_by_names(["response_schema_conformance"]) if "fields" in (case.query or {}) else []
            headers = {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}  # nothing here unpacks
            case.call_and_validate(headers=headers, checks=checks, excluded_checks=excluded)

        ask()
        count += 1
    assert count > 60
