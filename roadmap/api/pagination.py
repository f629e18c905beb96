"""Cursor pagination by key: a page starts after the last row of the one before, whatever was added in between.

The cursor holds the ordering's values of one row and its id, so that any number of equal dates is no obstacle.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from roadmap.api.problems import BadParameter

DEFAULT_SIZE, MOST = 50, 200
PARAMETERS = {"cursor", "page_size"}


class KeyPagination(BasePagination):
    """``?page_size=`` (up to 200) and ``?cursor=`` as found in ``next`` and ``previous``; one query a page."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page asked for: objects, or dicts that hold what the queryset is ordered by.

        The queryset must be ordered by columns that are never null.
        """
        self.open(queryset, request)
        rows = queryset.order_by(*self.read_in)
        if self.position is not None:
            rows = rows.filter(_beyond(self.read_in, self.position))
        return self.taken(list(rows[: self.size + 1]))

    def open(self, queryset: QuerySet[Any], request: Request) -> None:
        """Work out what is asked for: the rows in the ordering ``read_in`` after ``position``, ``size`` and one more.

        The queryset tells the model and the ordering only. Raises BadParameter.
        """
        self.address = request.build_absolute_uri()
        self.size = size_asked_for(request)
        self.ordering = _complete(queryset)
        self._backwards, self.position = self._position(request.query_params.get("cursor"), queryset.model)
        self.read_in = [_reversed(name) for name in self.ordering] if self._backwards else self.ordering

    def taken(self, found: list[Any], *, value: Callable[[Any, str], Any] | None = None) -> list[Any]:
        """The page, from what was read as ``open`` told; ``value`` gives a row's value in a column of the ordering."""
        self._value = value or _value
        page, has_more = found[: self.size], len(found) > self.size
        if self._backwards:
            page.reverse()
        self.first: Any = page[0] if page else None
        self.last: Any = page[-1] if page else None
        self.has_next = self._backwards or has_more
        self.has_previous = has_more if self._backwards else self.position is not None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        return Response(
            {
                "next": self._link(self.last, "f") if self.has_next else None,
                "previous": self._link(self.first, "b") if self.has_previous else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the OpenAPI description."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "Address of the next page; null on the last one."},
                "previous": {**link, "description": "Address of the page before; null on the first one."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """For the OpenAPI description."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts, as found in `next` and `previous`; not to be made by hand.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Entries a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_SIZE},
            },
        ]

    def _link(self, row: Any, direction: str) -> str | None:
        if row is None:
            return None
        values = [_text(self._value(row, name.removeprefix("-"))) for name in self.ordering]
        text = json.dumps([direction, ",".join(self.ordering), values], separators=(",", ":"))
        return replace_query_param(self.address, "cursor", urlsafe_b64encode(text.encode()).decode().rstrip("="))

    def _position(self, cursor: str | None, model: type[Model]) -> tuple[bool, list[Any] | None]:
        """Whether the page lies before the position, and the position. Raises BadParameter for a made-up cursor."""
        if cursor is None:
            return False, None
        try:
            direction, ordering, texts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if direction not in {"f", "b"} or ordering != ",".join(self.ordering):
                raise ValueError
            return direction == "b", [_read(model, name, text) for name, text in zip(self.ordering, texts, strict=True)]
        except (ValueError, TypeError, RecursionError, ValidationError, OverflowError):
            raise BadParameter({"cursor": _("This cursor doesn't belong to this list and ordering.")}) from None


def size_asked_for(request: Request) -> int:
    """The rows a page. Raises BadParameter."""
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise BadParameter({"page_size": _("Write a whole number from 1 to %(most)d.") % {"most": MOST}})
    return int(text)


def _complete(queryset: QuerySet[Any]) -> list[str]:
    """The queryset's columns, ended by the id, so that no two rows are equal."""
    columns: list[str] = list(queryset.query.order_by or queryset.model._meta.ordering or ())  # type: ignore[arg-type]
    for index, name in enumerate(columns):
        if name in {"id", "-id"}:
            return columns[: index + 1]
    return [*columns, "-id" if columns and columns[-1].startswith("-") else "id"]


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(ordering: list[str], position: list[Any]) -> Q:
    """Rows after the position: the first column beyond, or equal and the rest beyond."""
    beyond = Q(pk__in=[])
    equal = Q()
    for name, value in zip(ordering, position, strict=True):
        column = name.removeprefix("-")
        beyond |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    return beyond


def _value(row: Any, column: str) -> Any:
    if isinstance(row, dict):
        return row[column]
    for step in column.split("__"):
        row = getattr(row, step)
    return row


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _read(model: type[Model], name: str, text: object) -> Any:
    """The column's own reading of the text, within what a column holds."""
    if not isinstance(text, str) or "\x00" in text or len(text) > 500:
        raise ValueError
    *steps, column = name.removeprefix("-").split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    value = model._meta.get_field(column).to_python(text)  # type: ignore[union-attr]
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError
    return value
