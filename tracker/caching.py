"""Keeps what is somebody's own out of caches that many share, whatever the view said; and a 304 to its reader's tag."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header, patch_cache_control
from django.utils.http import parse_etags


def never_public_with_cookies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware around all that set cookies: an answer that sets one, or depends on one that came, is private.

    One that would depend on a cookie, had any come, is everybody's: by ``Vary`` caches give it to nobody who sends one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_public = "public" in response.headers.get("Cache-Control", "").lower()
        if response.cookies or (is_public and request.COOKIES and has_vary_header(response, "Cookie")):
            patch_cache_control(response, private=True)
        return response

    return middleware


def tagged_as_at_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware: a 304 bears the tag that the answer had, which compressing it made weak; its reader sent it so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        etag = response.headers.get("ETag", "")
        sent = parse_etags(request.headers.get("If-None-Match", ""))
        if response.status_code == 304 and etag.startswith('"') and any(tag.startswith("W/") for tag in sent):
            response.headers["ETag"] = f"W/{etag}"
        return response

    return middleware
