"""From exceptions to problems: the REST framework's exception handler."""

import logging
import math
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.log import log_response
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from roadmap import errors
from roadmap.api.problem_types import PROBLEM_TYPES
from roadmap.api.problems import (
    BadHeader,
    BadParameter,
    NeedsIfMatch,
    Problem,
    Stale,
    TooLarge,
    errors_of,
    problem_response,
)
from roadmap.editing.repeats import KeyInFlight, KeyReused

RETRY_SECONDS = "5"
logger = logging.getLogger("roadmap.api")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer for whatever a view raised. None (so that Django shows it) only for our own faults under DEBUG."""
    request: Request = context["request"]
    problem = problem_of(error)
    if problem is not None and problem.name == "not-found":
        problem = replace(problem, detail=_what_is_missing(context))
    if problem is None and settings.DEBUG:
        return None
    set_rollback()
    if isinstance(error, DataError | OverflowError | IntegrityError | OperationalError | InterfaceError):
        logger.error("%s %s: %s", request.method, request.path, error, exc_info=error)
    if problem is not None:
        return problem_response(problem, request)
    response = problem_response(Problem("internal-error", PROBLEM_TYPES["internal-error"].advice), request)
    got_request_exception.send(sender=handle, request=request._request)
    log_response(
        "Internal Server Error: %s",
        request.path,
        response=response,
        request=request._request,
        logger=logging.getLogger("django.request"),
        exception=error,
    )
    return response


def _what_is_missing(context: dict[str, Any]) -> str:
    """What can't be found: the entry that the address names, or the address itself; and where to look."""
    view, path = context["view"], context["request"].path
    asked = str(getattr(view, "kwargs", {}).get(getattr(view, "lookup_url_kwarg", None) or "pk", ""))
    listed, found, _rest = path.rpartition(f"/{asked}/")
    if asked and found and hasattr(view, "list"):
        words = _("There is no entry “%(asked)s” here, or it lies out of your reach. GET %(list)s lists what there is.")
        return words % {"asked": asked[:40], "list": f"{listed}/"}
    return str(PROBLEM_TYPES["not-found"].advice)


def problem_of(error: Exception) -> Problem | None:
    """What to tell the client of ``error``; None when it isn't the client's business but our fault."""
    match error:
        case errors.InvalidChange() | errors.InvalidItems() | errors.BadTable() | exceptions.ValidationError():
            found = errors_of(error)
            return Problem("invalid", found[0]["detail"] if found else PROBLEM_TYPES["invalid"].advice, errors=found)
        case errors.MissingScope():
            challenge = f'Bearer realm="api", error="insufficient_scope", scope="{error.scope}"'
            return Problem(
                "missing-scope", error.message, headers={"WWW-Authenticate": challenge}, extra={"scope": error.scope}
            )
        case errors.NotAllowed():
            return Problem("not-allowed", error.message)
        case KeyInFlight():
            return Problem("key-in-flight", error.message, headers={"Retry-After": "1"})
        case KeyReused():
            return Problem("key-reused", error.message)
        case errors.RoadmapError():
            return Problem("invalid", error.message)
        case BadParameter():
            return Problem("bad-parameter", str(error.detail), errors=error.errors)
        case Stale():
            return Problem(
                "stale-edit", str(error.detail), headers={"ETag": error.etag}, extra={"current": error.current}
            )
        case BadHeader():
            return Problem("malformed", str(error.detail))
        case NeedsIfMatch():
            return Problem("needs-if-match", PROBLEM_TYPES["needs-if-match"].advice)
        case TooLarge() | RequestDataTooBig():
            return Problem("too-large", PROBLEM_TYPES["too-large"].advice)
        case exceptions.APIException():
            return _of_framework(error)
        case Http404():
            return Problem("not-found", PROBLEM_TYPES["not-found"].advice)
        case PermissionDenied():
            return Problem("not-allowed", PROBLEM_TYPES["not-allowed"].advice)
        case SuspiciousOperation():
            return Problem("malformed", PROBLEM_TYPES["malformed"].advice)
        case DataError() | OverflowError():
            return Problem("malformed", PROBLEM_TYPES["malformed"].advice)
        case IntegrityError():
            return Problem("conflict", PROBLEM_TYPES["conflict"].advice)
        case OperationalError() | InterfaceError():
            return Problem("unavailable", PROBLEM_TYPES["unavailable"].advice, headers={"Retry-After": RETRY_SECONDS})
    return None


def _of_framework(error: exceptions.APIException) -> Problem | None:
    detail = str(error.detail)
    match error:
        case exceptions.ParseError():
            return Problem("malformed", detail)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            challenge = getattr(error, "auth_header", "Bearer")
            if isinstance(error, exceptions.AuthenticationFailed):
                challenge += ', error="invalid_token"'
            return Problem("unauthenticated", detail, headers={"WWW-Authenticate": challenge})
        case exceptions.PermissionDenied():
            return Problem("not-allowed", detail)
        case exceptions.NotFound():
            return Problem("not-found", PROBLEM_TYPES["not-found"].advice)
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed", detail)
        case exceptions.NotAcceptable():
            return Problem("not-acceptable", PROBLEM_TYPES["not-acceptable"].advice)
        case exceptions.UnsupportedMediaType():
            return Problem("unsupported-media-type", detail)
        case exceptions.Throttled():
            seconds = max(1, math.ceil(getattr(error, "wait", None) or 1))
            return Problem(
                "too-many-requests",
                _("Too many requests; try again in %(seconds)d s.") % {"seconds": seconds},
                headers={"Retry-After": str(seconds)},
            )
    return None
