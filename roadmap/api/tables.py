"""Lists as tables: CSV and XLSX, a page at a time. Nested objects become columns as ``phase.code``.

The columns are those of the entries' shape, also of an empty list; what ``expand`` brings comes after them. The files
are written by ``roadmap/tables.py``. The next page's address is in the ``Link`` header.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from django.utils.text import capfirst
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from roadmap.tables import XLSX_TYPE, Table, as_csv, as_xlsx

Read = Callable[[str], Any]
READ: tuple[tuple[type, Read], ...] = (
    (serializers.DateTimeField, datetime.fromisoformat),
    (serializers.DateField, date.fromisoformat),
    (serializers.DecimalField, Decimal),
)


class CSVRenderer(BaseRenderer):
    """The page's rows as CSV."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> bytes:
        """The page's rows below their heads."""
        return as_csv(_table(data, context))


class XLSXRenderer(BaseRenderer):
    """A workbook of one sheet."""

    media_type = XLSX_TYPE
    format = "xlsx"
    charset = None
    render_style = "binary"

    def render(self, data: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> bytes:
        """The page's rows below their heads."""
        return as_xlsx(_table(data, context))


TABLES = (CSVRenderer, XLSXRenderer)


def table_of(page: Mapping[str, Any], *, name: str, shape: type | None = None, only: list[str] | None = None) -> Table:
    """A page of a list: a column for each value of the shape (of those called ``only``), and that any row has."""
    described = columns_of(shape) if shape is not None else {}
    rows = [dict(_flat(one)) for one in page["results"]]
    kept = [column for column in described if not only or column.partition(".")[0] in only]
    names = list(dict.fromkeys([*kept, *(column for row in rows for column in row)]))
    parents = {column[:place] for column in names for place, sign in enumerate(column) if sign == "."}
    head = [column for column in names if column not in parents]  # of an object that some rows have and others lack
    return Table(name, head, [[_value(row.get(one), described.get(one)) for one in head] for row in rows])


@cache
def columns_of(shape: type) -> dict[str, Read | None]:
    """The columns of entries of the shape, each with what reads its texts, where these stand for something else."""
    return dict(_described(shape()))


def _described(shape: Any, prefix: str = "") -> Iterator[tuple[str, Read | None]]:
    for name, field in shape.fields.items():
        inner = field
        if isinstance(field, serializers.SerializerMethodField):  # what it says of itself for the description
            method = getattr(shape, field.method_name or f"get_{name}")
            inner = getattr(method, "_spectacular_annotation", {}).get("field", field)
            inner = inner() if isinstance(inner, type) else inner
        if isinstance(inner, serializers.BaseSerializer) and not isinstance(inner, serializers.ListSerializer):
            yield from _described(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", next((read for kind, read in READ if isinstance(inner, kind)), None)


def _flat(entry: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in entry.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, Mapping | list):
            yield f"{prefix}{name}", orjson.dumps(value, default=str).decode()
        else:
            yield f"{prefix}{name}", value


def _value(value: Any, read: Read | None) -> Any:
    return read(value) if read is not None and isinstance(value, str) and value else value


def _table(data: Any, context: Mapping[str, Any] | None) -> Table:
    view = (context or {})["view"]
    title = capfirst(str(view.queryset.model._meta.verbose_name_plural))
    return table_of(data, name=title, shape=view.shape, only=view.choice.fields if view.choice else None)
