"""What is read travels compressed where that is safe.

Compression lets whoever sees the length of encrypted answers guess a secret in them, if one can have them asked for
again and again with words of one's own (BREACH). Secrets (tokens, addresses, webhooks' keys) are only in answers of
POST, which never are compressed; and the length of the others is made uncertain by Django (some random bytes in the
head).
"""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.decorators import decorator_from_middleware


class CompressedReading(GZipMiddleware):
    """Whole answers of GET; files that stream by go as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        """The answer, compressed where that makes it smaller. Its tag becomes a weak one then, which is taken back."""
        if request.method != "GET" or response.streaming:
            return response
        patch_vary_headers(response, ["Accept-Encoding"])  # of a 304 and of small ones, too
        return super().process_response(request, response)


compressed = decorator_from_middleware(CompressedReading)
