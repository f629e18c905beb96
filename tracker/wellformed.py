"""Refuses what no database could be asked for, once for all pages; the API says so itself, as a problem.

PostgreSQL has no text with a NUL in it, and bounds numbers, days and lengths; SQLite takes most of it in silence.
"""

import codecs
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NUL = "\x00"
logger = logging.getLogger("tracker.wellformed")


class AddressInUtf8(WSGIRequest):
    """A request whose address isn't read in the encoding that a header tells of its body: the framework would, before
    anything could refuse one in which no text is written."""

    @property
    def encoding(self) -> str | None:
        """That of the body, as told."""
        return self._encoding

    @encoding.setter
    def encoding(self, told: str) -> None:
        self._encoding = told


class WellFormed:
    """A middleware before the first that asks a database by a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Raises BadRequest for a body, or an address, said to be in another encoding than UTF-8; for a NUL in a cookie
        or header, and, but for the API, in the address."""
        if not _is_utf_8(request.encoding):
            raise BadRequest("not UTF-8")
        _refuse_nul(request.COOKIES.values())  # they may have it as an escape
        _refuse_nul(value for name, value in request.META.items() if name.startswith("HTTP_"))
        if not request.path_info.startswith("/api/"):
            _refuse_nul([request.path_info, request.META.get("QUERY_STRING", "").replace("%00", NUL)])
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A 409 where another stored at the same moment what this contradicts, as by a form that was sent twice. Raises
        BadRequest where a view asked for what the database, or the calendar, doesn't have."""
        if isinstance(error, IntegrityError):
            logger.warning("%s %s: %s", request.method, request.path, error, exc_info=error)
            return render(request, "409.html", status=409)
        if isinstance(error, DataError | OverflowError):
            logger.warning("%s %s: %s", request.method, request.path, error, exc_info=error)
            raise BadRequest("beyond what can be looked for") from error
        return None


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


def _is_utf_8(encoding: str | None) -> bool:
    """Whether it is, under any of its names, or none is told."""
    return encoding is None or codecs.lookup(encoding).name == "utf-8"


def _refuse_nul(texts: Iterable[Any]) -> None:
    if any(isinstance(text, str) and NUL in text for text in texts):
        raise BadRequest("NUL in the request")
