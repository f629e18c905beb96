"""Statements written as SQL that are asked again and again: each connection to PostgreSQL keeps their plan ready.

For the few that a framework's query would take longer to put together than the database takes to answer them. They are
counted and logged as all queries are; their rows hold the fields' Python values, in whichever database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import Col
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)


class Prepared:
    """A SELECT with ``%s`` for parameters; ``fields`` are those of its columns, None for whole numbers and texts."""

    def __init__(self, sql: str, fields: Sequence[Field[Any, Any] | None]) -> None:
        self.sql = sql
        self._fields = fields

    def rows(self, *parameters: Any) -> Sequence[tuple[Any, ...]]:
        """All rows. One query."""
        with _cursor() as cursor:
            cursor.execute(self.sql, [_adapted(value) for value in parameters])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [self._converted(row) for row in rows] if self._converters else rows

    def first_rows(self, *parameters: Any) -> Sequence[tuple[Any, ...]]:
        """All rows, when nothing was asked before in this request: so it is seen whether a kept connection still lives,
        without a query of its own."""
        was_open = connection.connection is not None and not connection.in_atomic_block
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            return self.rows(*parameters)
        except (InterfaceError, OperationalError):
            if not was_open:
                raise
            connection.close()
            return self.rows(*parameters)

    @cached_property
    def _converters(self) -> list[tuple[int, Any, Any]]:
        """What the database's own values need to become Python's, by position: nothing in PostgreSQL."""
        return [
            (index, column, converter)
            for index, field in enumerate(self._fields)
            if field is not None
            for column in [Col("", field)]
            for converter in connection.ops.get_db_converters(column)
        ]

    def _converted(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for index, column, convert in self._converters:
            values[index] = convert(values[index], column, connection)
        return tuple(values)


class PreparedLookup(Generic[Row]):
    """Finds an object by the value of one unique column, with what its queryset brings along; whose SQL is made once.

    ``queryset_for`` gives the queryset for a value that it puts into the column's filter, and nowhere else.
    """

    def __init__(self, queryset_for: Callable[[str], QuerySet[Row]]) -> None:
        self._queryset_for = queryset_for

    def first(self, value: str) -> Row | None:
        """The object that has the value, as the first question of a request (see ``Prepared``). One query."""
        for row in self._prepared.first_rows(value):
            return self._made(row)
        return None

    @cached_property
    def _compiled(self) -> tuple[Prepared, Any]:
        compiler = self._queryset_for("").order_by().query.get_compiler(connection.alias)
        sql, parameters = compiler.as_sql()
        if tuple(parameters) != ("",):
            raise ValueError(f"More than one value goes into {sql}")
        return Prepared(sql, [getattr(column, "target", None) for column, _sql, _alias in compiler.select]), compiler

    @property
    def _prepared(self) -> Prepared:
        return self._compiled[0]

    @cached_property
    def _own(self) -> tuple[type[Model], list[str], slice, list[Any], dict[str, int]]:
        compiler = self._compiled[1]
        info, select = compiler.klass_info, compiler.select
        places = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column.target.attname for column, _sql, _alias in select[places]]
        related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # stubs of Django 6
        return info["model"], names, places, related, compiler.annotation_col_map

    def _made(self, row: tuple[Any, ...]) -> Row:
        model, names, places, related, annotations = self._own
        found: Any = model.from_db(connection.alias, names, row[places])
        for populator in related:
            populator.populate(row, found)
        for name, place in annotations.items():
            setattr(found, name, row[place])
        return cast("Row", found)


def _adapted(value: Any) -> Any:
    """An instant as the database stores it; the rest it knows by itself."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


class _Keeping(psycopg.Cursor[Any]):
    """Lets the connection keep plans, unlike Django's own, and reads values as the database has them."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> _Keeping:
        return super().execute(query, params, binary=True)


@contextmanager
def _cursor() -> Iterator[Any]:
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection._prepare_cursor(_Keeping(connection.connection)) as cursor:  # type: ignore[attr-defined]
        yield cursor
