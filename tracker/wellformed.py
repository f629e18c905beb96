"""Refuses what no page could ask a database for, once for all pages; the API says so itself, as a problem."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: an address with a NUL character in it, which PostgreSQL can't look for, is a bad request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        has_nul = "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        if has_nul and not request.path_info.startswith("/api/"):
            raise BadRequest("NUL in the address")
        return get_response(request)

    return middleware
