"""How large a request's body may be: decided before a byte of it is read, by who asks and by what the page takes.

The framework bounds fields, but not files: it writes whatever comes to disk before any view is asked. The API bounds
its own bodies (``roadmap.api.parsers``).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
# Of a body that nobody read, so much is taken and dropped: the server would close the connection behind its answer
# without a word, and the next request on it would be lost. A client that sends more than this is told 413 anyway.
DROPPED = MEGABYTE


def nothing_left(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware before all others: no small body that nobody read is left on the connection behind the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if length_of(request) <= DROPPED:
            with suppress(UnreadablePostError):
                while request.read(DROPPED):
                    pass
        return response

    return middleware


class BoundedBodies:
    """A middleware in front of the check of forms' tokens, which reads the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Whatever follows."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """413 for a body beyond the bound; None where it may be read."""
        length = length_of(request)
        if request.path_info.startswith("/api/") or length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        takes_files = getattr(getattr(view, "model_admin", None), "takes_files", None)
        if takes_files is not None and length <= most_with_files() and takes_files(request, kwargs.get("object_id")):
            return None
        return HttpResponse(_("This is larger than what is taken here."), status=413, content_type="text/plain")


def length_of(request: HttpRequest) -> int:
    """The bytes of the body, as announced; no more of it is ever read, and without an announcement nothing."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0


def most_with_files() -> int:
    """The bytes of a form with as many files as a request may have, each as large as evidence may be."""
    files: int = settings.DATA_UPLOAD_MAX_NUMBER_FILES * settings.EVIDENCE_MAX_MEGABYTES * MEGABYTE
    return files + int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
