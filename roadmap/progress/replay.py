"""Rows as they stood at a past instant, put together again from the history alone; a pure read, one query a model.

What was known of a milestone's figures then is worked out in ``known``; what two instants differ in, ``differences``.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from roadmap import clock
from roadmap.models.history import tracked_columns

Row = TypeVar("Row", bound=models.Model)
REMOVED = "-"
MOMENT = timedelta(microseconds=1)


def end_of(day: date, *, zone: str) -> datetime:
    """The last instant of the day in ``zone``: what was known by then is what was known on that day."""
    return clock.instant_at(day + timedelta(days=1), time.min, zone=zone) - MOMENT


def records_at(model: type[models.Model], instant: datetime, *, of: Iterable[Any] | None = None) -> QuerySet[Any]:
    """The history's records that tell how the rows of ``model`` stood at ``instant``, of those that were there then.

    ``of`` narrows them down to those primary keys.
    """
    return _latest_records(model, instant, of).exclude(history_type=REMOVED)


def rows_at(model: type[Row], instant: datetime, *, of: Iterable[Any] | None = None) -> dict[Any, Row]:
    """The rows of ``model`` that were there at ``instant``, by primary key, with all columns of which history is kept.

    ``of`` narrows them down to those primary keys. What they refer to isn't fetched. One query.
    """
    return _rows(model, records_at(model, instant, of=of))


def last_known(model: type[Row], *, of: Iterable[Any], until: datetime) -> dict[Any, Row]:
    """The rows of these primary keys as at ``until``, or as they were when they were removed before. One query."""
    return _rows(model, _latest_records(model, until, of))


def row_of(model: type[Row], record: Any) -> Row:
    """The row that a record of the history tells of; not to be saved."""
    return _made(model, {name: getattr(record, name) for name in tracked_columns(model)})


def _rows(model: type[Row], records: QuerySet[Any]) -> dict[Any, Row]:
    """The rows that the records tell of, by primary key; no objects are made of the records themselves."""
    return {values["id"]: _made(model, values) for values in records.values(*tracked_columns(model))}


def _made(model: type[Row], values: dict[str, Any]) -> Row:
    row = model(**values)
    row._state.adding = False
    return row


def records_between(model: type[models.Model], start: datetime, end: datetime) -> QuerySet[Any]:
    """The history's records after ``start`` up to and with ``end``, in their order."""
    records: QuerySet[Any] = model.history.filter(history_date__gt=start, history_date__lte=end)  # type: ignore[attr-defined]
    return records.order_by("history_date", "history_id")


def _latest_records(model: type[models.Model], instant: datetime, of: Iterable[Any] | None) -> QuerySet[Any]:
    past = model.history.filter(history_date__lte=instant)  # type: ignore[attr-defined]
    latest = past.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
    if of is not None:
        past = past.filter(id__in=of if isinstance(of, QuerySet) else list(of))
    records: QuerySet[Any] = past.filter(history_id=Subquery(latest)).order_by()
    return records
