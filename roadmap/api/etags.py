"""Entity tags: strong ones over the very bytes of an answer, and what If-None-Match and If-Match make of them.

A milestone's tag reads ``"7.0f3c….91ab…"``: its version, a digest of the whole answer, and its validator. The digest
tells a reader whether anything shown has changed, figures of the day included; a change (If-Match) is stale only when
the version has moved on, so that midnight or a colleague's report doesn't spoil an edit.
"""

import hashlib
import re

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap.api.problems import NeedsIfMatch
from roadmap.entity_tags import tags_sent_back

VERSIONED = re.compile(r'"([0-9]{1,9})\.[0-9a-f]+(?:\.[0-9a-f]+)?"')
NO_VERSION = 0  # versions start at 1: a tag of another kind never matches
DIGEST_CHARACTERS = 24
VALIDATED = re.compile(r'"((?:[0-9]{1,9}\.)?[0-9a-f]{24})\.[0-9a-f]{16}"')


def etag_of(content: bytes, *, version: int | None = None, validator: str | None = None) -> str:
    """The strong tag of an answer's bytes; of a versioned object it begins with the version.

    It ends with the validator where there is one: readers who send that back needn't be told anew.
    """
    digest = hashlib.sha256(content).hexdigest()[:DIGEST_CHARACTERS]
    return '"' + ".".join(str(part) for part in (version, digest, validator) if part is not None) + '"'


class Unchanged(Exception):
    """The reader has the answer already; ``etag`` is its tag."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


def tag_with(validator: str, request: Request) -> str | None:
    """The tag among those that the reader has which bears the validator."""
    for tag in tags_sent_back(request.headers.get("If-None-Match", "")):
        if tag.endswith(f'.{validator}"'):
            return tag
    return None


def expected_version(request: Request) -> int | None:
    """The version that If-Match asks for; None for ``*``, which asks for any. Raises NeedsIfMatch without the header.

    What proxies made of a tag counts as the tag; tags of other things as a version that never matches. Of several tags
    the newest counts.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise NeedsIfMatch
    tags = tags_sent_back(header)
    if tags == ["*"]:
        return None
    return max((int(found[1]) for tag in tags if (found := VERSIONED.fullmatch(tag))), default=NO_VERSION)


def version_if_given(request: Request) -> int | None:
    """The version that If-Match asks for, None without the header: for acts that append and may go without it."""
    return expected_version(request) if "If-Match" in request.headers else None


def tagged(
    response: HttpResponse, request: Request, *, version: int | None = None, validator: str | None = None
) -> HttpResponse | None:
    """Put the tag on a rendered answer; a bodiless 304 in its place when the reader has these bytes already."""
    etag = etag_of(response.content, version=version, validator=validator)
    response.headers["ETag"] = etag
    known = tags_sent_back(request.headers.get("If-None-Match", ""))
    if request.method not in {"GET", "HEAD"} or not known:
        return None
    if known != ["*"] and _bytes_of(etag) not in {_bytes_of(tag) for tag in known}:
        return None
    unchanged = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary", "Content-Language"):
        if name in response.headers:
            unchanged.headers[name] = response.headers[name]
    del unchanged.headers["Content-Type"]
    return unchanged


def _bytes_of(tag: str) -> str:
    """The part that tells the bytes: the whole tag but its validator."""
    found = VALIDATED.fullmatch(tag)
    return found[1] if found else tag.strip('"')


def tag_when_rendered(
    response: Response, request: Request, *, version: int | None = None, validator: str | None = None
) -> None:
    """Let ``tagged`` look at the answer as soon as its bytes are there."""
    response.add_post_render_callback(lambda rendered: tagged(rendered, request, version=version, validator=validator))
