"""Refuses what no database could be asked for, once for all pages; the API says so itself, as a problem.

PostgreSQL has no text with a NUL in it, and bounds numbers, days and lengths; SQLite takes most of it in silence.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse

NUL = "\x00"
logger = logging.getLogger("tracker.wellformed")


class WellFormed:
    """A middleware before the first that asks a database by a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Raises BadRequest for a NUL in a cookie or header, and, but for the API, in the address."""
        _refuse_nul(request.COOKIES.values())  # they may have it as an escape
        _refuse_nul(value for name, value in request.META.items() if name.startswith("HTTP_"))
        if not request.path_info.startswith("/api/"):
            _refuse_nul([request.path_info, request.META.get("QUERY_STRING", "").replace("%00", NUL)])
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Raises BadRequest where a view asked for what the database, or the calendar, doesn't have."""
        if isinstance(error, DataError | OverflowError):
            logger.warning("%s %s: %s", request.method, request.path, error, exc_info=error)
            raise BadRequest("beyond what can be looked for") from error


class WellFormedForms:
    """A middleware behind the check of forms' tokens, which has read the form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Whatever follows."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Raises BadRequest for a NUL in a form."""
        if request.method == "POST" and not request.path_info.startswith("/api/"):
            _refuse_nul(request.POST)
            _refuse_nul(value for _name, values in request.POST.lists() for value in values)


def _refuse_nul(texts: Iterable[Any]) -> None:
    if any(isinstance(text, str) and NUL in text for text in texts):
        raise BadRequest("NUL in the request")
