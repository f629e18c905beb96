"""What the OpenAPI description gets beside the resources: how to sign in, and the problems of each operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from roadmap.api.problem_types import PROBLEM_TYPES
from roadmap.api.problems import MEDIA_TYPE
from roadmap.api.tables import TABLES

ALWAYS = (
    "bad-parameter",
    "unauthenticated",
    "not-allowed",
    "missing-scope",
    "not-acceptable",
    "too-many-requests",
    "unavailable",
)
WITH_BODY = ("malformed", "conflict", "key-in-flight", "key-reused", "too-large", "unsupported-media-type", "invalid")
OF_VERSIONS = ("stale-edit", "needs-if-match")
AS_TABLE = (
    "As a table, a page at a time: `Accept: text/csv`, or `Accept: "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet`; the next page is in the `Link` header."
)
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). Texts are in the language asked for.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Identifies the kind of problem, and explains it."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The address that was asked."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail", "code"],
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body: a JSON pointer as fragment."},
                    "parameter": {"type": "string", "description": "Which query parameter."},
                    "detail": {"type": "string"},
                    "code": {"type": "string", "description": "Stable, for programs."},
                },
            },
        },
        "scope": {"type": "string", "description": "With 403: the scope that the token lacks."},
        "current": {"$ref": "#/components/schemas/MilestoneDetail", "description": "With 412: the current state."},
    },
}


class BearerTokens(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tokens in the Authorization header."""

    target_class = "roadmap.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer authentication."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token as printed once by `manage.py create_token`: `Authorization: Bearer rmt_…`.",
        }


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: each operation gets the problems that it may answer with."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    used: set[int] = set()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            used |= (statuses := _statuses(path, method, operation))
            for status in statuses:
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
            _add_tag_header(method, operation)
            if method == "get":
                _without_tables(operation)
            _add_key_header(method, operation)
    components["responses"] = {_name(status): _response(status) for status in sorted(used)}
    return result


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    names = [*ALWAYS]
    if "{" in path:
        names.append("not-found")
    if method in {"post", "patch"}:
        names += WITH_BODY
        headers = {one["name"]: one.get("required", False) for one in operation.get("parameters", ())}
        if "If-Match" in headers:
            names += OF_VERSIONS if headers["If-Match"] else OF_VERSIONS[:1]
    return {PROBLEM_TYPES[name].status for name in names}


def _without_tables(operation: dict[str, Any]) -> None:
    """Lists as tables are told in words: described beside JSON they would make every answer either or."""
    content = operation["responses"].get("200", {}).get("content", {})
    tables = set(content) & {one.media_type for one in TABLES}
    for form in tables:
        del content[form]
    if tables:
        operation["description"] = f"{operation.get('description', '')}\n\n{AS_TABLE}".strip()


def _add_tag_header(method: str, operation: dict[str, Any]) -> None:
    if method != "get":
        return
    header = {"description": "Changes with any byte of the answer.", "schema": {"type": "string"}}
    operation["responses"]["200"]["headers"] = {"ETag": header}
    operation["responses"]["304"] = {"description": "Nothing changed since the ETag sent as If-None-Match."}
    operation.setdefault("parameters", []).append(
        {
            "name": "If-None-Match",
            "in": "header",
            "description": "ETags of answers that you have; when nothing has changed, 304 comes without a body.",
            "schema": {"type": "string"},
        }
    )


def _add_key_header(method: str, operation: dict[str, Any]) -> None:
    if method != "post":
        return
    operation.setdefault("parameters", []).append(
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Your own key for this request, such as a UUID: sent again with it, the request isn't done "
            "again, and the first answer comes once more, with `Idempotency-Replayed: true`.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-~]+$"},
        }
    )


def _name(status: int) -> str:
    return f"Problem{status}"


def _response(status: int) -> dict[str, Any]:
    kinds = {name: kind for name, kind in PROBLEM_TYPES.items() if kind.status == status}
    response: dict[str, Any] = {
        "description": " / ".join(str(kind.title) for kind in kinds.values()),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    name: {
                        "value": {
                            "type": f"https://tracker.example/api/problems/{name}/",
                            "title": str(kind.title),
                            "status": status,
                            "detail": str(kind.advice),
                            "instance": "/api/v1/milestones/7/",
                        }
                    }
                    for name, kind in kinds.items()
                },
            }
        },
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status == 412:
        response["headers"] = {"ETag": {"description": "Of the current state.", "schema": {"type": "string"}}}
    return response
