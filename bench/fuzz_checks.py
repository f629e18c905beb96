"""The one check of ``bench.fuzz`` that schemathesis hasn't: an answer is described whole, and holds less where the
request asks for less (``fields``)."""

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import response_schema_conformance


@schemathesis.check
def answered_as_described(ctx: Any, response: Any, case: Any) -> bool | None:
    """As ``response_schema_conformance``, of whole answers."""
    if "fields" in (case.query or {}):
        return None
    return response_schema_conformance(ctx, response, case)
