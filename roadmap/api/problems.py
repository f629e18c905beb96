"""Every error of the API as problem details (RFC 9457), made at this one place, in the language asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.encoding import escape_uri_path
from django.utils.functional import Promise
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap.api.problem_types import PROBLEM_TYPES
from roadmap.api.renderers import FastJSONRenderer
from roadmap.errors import BadTable, InvalidChange, InvalidItems

MEDIA_TYPE = "application/problem+json"
OF_THE_WHOLE = {NON_FIELD_ERRORS, "non_field_errors", ""}
Text = str | Promise


@dataclass(frozen=True)
class Problem:
    """One error answer. ``name`` is a key of PROBLEM_TYPES, which knows its status and title.

    ``errors`` holds mappings with ``detail``, ``code`` and where it is wrong: ``pointer`` (into the body) or
    ``parameter`` (of the query). ``extra`` are further members of the answer.
    """

    name: str
    detail: Text
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


class BadParameter(APIException):
    """A query parameter that is unknown or can't be understood; ``wrong`` maps its name to what is wrong."""

    def __init__(self, wrong: Mapping[str, Text], *, code: str = "invalid") -> None:
        super().__init__(str(next(iter(wrong.values()))))
        self.errors = [{"parameter": name, "detail": str(text), "code": code} for name, text in wrong.items()]


class Stale(APIException):
    """A change was made from another version than the one stored; ``current`` is the present representation."""

    def __init__(self, detail: Text, *, current: Mapping[str, Any], etag: str) -> None:
        super().__init__(str(detail))
        self.current = current
        self.etag = etag


class NeedsIfMatch(APIException):
    """A change of a milestone that doesn't say which version it was made from."""


class BadHeader(APIException):
    """A header whose value can't be understood."""


class TooLarge(APIException):
    """A body beyond what is read."""


def type_address(name: str) -> str:
    """The absolute address that identifies, and explains, a type of problem."""
    return f"{settings.SITE_URL}/api/problems/{name}/"


def problem_response(problem: Problem, request: Request) -> Response:
    """The answer for ``problem``, as ``application/problem+json``."""
    kind = PROBLEM_TYPES[problem.name]
    request.accepted_renderer, request.accepted_media_type = FastJSONRenderer(), FastJSONRenderer.media_type
    body = {
        "type": type_address(problem.name),
        "title": str(kind.title),
        "status": kind.status,
        "detail": str(problem.detail),
        "instance": escape_uri_path(request.path),
        **({"errors": list(problem.errors)} if problem.errors else {}),
        **problem.extra,
    }
    return Response(
        body, status=kind.status, headers={"Cache-Control": "no-store", **problem.headers}, content_type=MEDIA_TYPE
    )


def pointer_to(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901) as URI fragment: ``#/deliverables/0/title_zh``."""
    escaped = (quote(str(step).replace("~", "~0").replace("/", "~1"), safe="~") for step in steps)
    return "#" + "".join(f"/{step}" for step in escaped)


def errors_of(error: ValidationError | InvalidChange | InvalidItems | BadTable) -> list[dict[str, str]]:
    """One entry for each thing that is wrong with a body."""
    if isinstance(error, BadTable):
        return [{"pointer": pointer_to("file"), "detail": str(one), "code": "invalid"} for one in error.faults]
    if isinstance(error, InvalidItems):
        return [
            {
                "pointer": pointer_to("items", position, *([] if name in OF_THE_WHOLE else [name])),
                "detail": str(text),
                "code": "invalid",
            }
            for position, fields in error.items.items()
            for name, text in fields.items()
        ]
    if isinstance(error, InvalidChange):
        return [
            {"pointer": pointer_to(*([] if name in OF_THE_WHOLE else [name])), "detail": str(text), "code": "invalid"}
            for name, text in error.fields.items()
        ]
    return list(_flattened(error.detail, ()))


def _flattened(detail: Any, steps: tuple[str | int, ...]) -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flattened(inner, steps if name in OF_THE_WHOLE else (*steps, name))
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for index, inner in enumerate(detail):
            yield from _flattened(inner, (*steps, index))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flattened(inner, steps)
    else:
        code = detail.code if isinstance(detail, ErrorDetail) else "invalid"
        yield {"pointer": pointer_to(*steps), "detail": str(detail), "code": str(code)}
