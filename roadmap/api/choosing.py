"""What entries hold: fewer values by ``?fields=``, other entries whole instead of their names by ``?expand=``.

Both work on entries that are ready to go out, whoever made them, so that lists keep their fast way.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from roadmap.api.expansion import expandable, expanded
from roadmap.api.problems import BadParameter

FIELDS, EXPAND = "fields", "expand"


class Choice:
    """What a request asks for of entries of a shape. Raises BadParameter for a name that isn't offered, or twice."""

    def __init__(self, request: Request, shape: type) -> None:
        offered = expandable(shape)
        self.expand = _names(request, EXPAND, offered)
        self.fields = _names(request, FIELDS, dict.fromkeys([*names_of(shape), *self.expand]))

    def of(self, entries: list[Any]) -> list[Any]:
        """The entries with what was asked for: one query for each name to expand, three for measured milestones."""
        kept = [name for name in self.expand if not self.fields or name in self.fields]
        whole = expanded(entries, kept) if kept else entries
        return [{name: one[name] for name in self.fields} for one in whole] if self.fields else whole


def parameters_for(shape: type) -> set[str]:
    """The names of the parameters that lists and single entries of the shape take."""
    return {FIELDS, EXPAND} if expandable(shape) else {FIELDS}


@cache
def names_of(shape: type) -> tuple[str, ...]:
    """The names of the shape's values."""
    return tuple(shape().fields)


def _names(request: Request, parameter: str, offered: Collection[str]) -> list[str]:
    if parameter not in request.query_params:
        return []
    names = [name.strip() for name in request.query_params[parameter].split(",")]
    if not set(offered).issuperset(names) or len(set(names)) < len(names):
        words = ", ".join(offered)
        raise BadParameter(
            {parameter: _("Name some of these, each once: %(words)s.") % {"words": words}}, code="unknown"
        )
    return names
