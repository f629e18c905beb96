"""Answers as JSON, written by orjson: the same text as the framework's renderer, in a fraction of the time."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_other_values = JSONEncoder().default


class FastJSONRenderer(JSONRenderer):
    """Compact JSON in UTF-8."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes; of an answer without data none."""
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=_other_values, option=orjson.OPT_UTC_Z)
        except TypeError:  # rare: looking at the kind of every name takes half as long again
            return orjson.dumps(data, default=_other_values, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
