"""Reads a body: JSON strictly (bounded in size and depth, each name once, text that can be stored); or a form."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from roadmap.api.problems import TooLarge

MOST_BYTES = 1024 * 1024


class StrictJSONParser(BaseParser):
    """UTF-8 JSON. Raises ParseError for anything else, for NaN, for a name given twice; TooLarge beyond a mebibyte."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The parsed value."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge
        try:
            parsed = json.loads(
                body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_each_name_once
            )
            # half a surrogate pair can be written as an escape, but neither be stored nor answered
            json.dumps(parsed, ensure_ascii=False).encode("utf-8")
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deep.")) from error
        except ValueError as error:
            raise ParseError(_("The body isn't valid JSON: %(fault)s") % {"fault": _printable(error)}) from error
        return parsed


WITH_FILES: list[type[BaseParser]] = [StrictJSONParser, MultiPartParser]


def refuse_large(request: Request) -> None:
    """Raise TooLarge for a body beyond what is read here: a mebibyte, and a file of evidence where files are taken."""
    files = any(isinstance(parser, MultiPartParser) for parser in request.parsers or ())
    most = settings.EVIDENCE_MAX_MEGABYTES * 1024 * 1024 if files and has_files(request) else 0
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    if length.isdecimal() and int(length) > most + MOST_BYTES:
        raise TooLarge


def has_files(request: Request) -> bool:
    """Whether the body came as form data with files."""
    return str(request.content_type).lower().startswith("multipart/")


def _refuse_constant(word: str) -> object:
    raise ValueError(_("%(word)s is no JSON number") % {"word": word})


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(_("a name comes twice in one object"))
    return found


def _printable(error: ValueError) -> str:
    return "lone surrogate" if isinstance(error, UnicodeEncodeError) else str(error)
