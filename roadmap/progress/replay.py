"""Rows as they stood at a past instant, put together again from the history alone; a pure read, one query a model.

What was known of a milestone's figures then is worked out in ``known``; what two instants differ in, ``differences``.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from roadmap import clock

Row = TypeVar("Row", bound=models.Model)
REMOVED = "-"
MOMENT = timedelta(microseconds=1)


def end_of(day: date, *, zone: str) -> datetime:
    """The last instant of the day in ``zone``: what was known by then is what was known on that day."""
    return clock.instant_at(day + timedelta(days=1), time.min, zone=zone) - MOMENT


def rows_at(model: type[Row], instant: datetime, *, of: Iterable[Any] | None = None) -> dict[Any, Row]:
    """The rows of ``model`` that were there at ``instant``, by primary key, with all columns of which history is kept.

    ``of`` narrows them down to those primary keys. What they refer to isn't fetched. One query.
    """
    found = _latest_records(model, instant, of)
    return {record.id: _row(model, record) for record in found if record.history_type != REMOVED}


def last_known(model: type[Row], *, of: Iterable[Any], until: datetime) -> dict[Any, Row]:
    """The rows of these primary keys as at ``until``, or as they were when they were removed before. One query."""
    return {record.id: _row(model, record) for record in _latest_records(model, until, of)}


def records_between(model: type[models.Model], start: datetime, end: datetime) -> QuerySet[Any]:
    """The history's records after ``start`` up to and with ``end``, in their order."""
    records: QuerySet[Any] = model.history.filter(history_date__gt=start, history_date__lte=end)  # type: ignore[attr-defined]
    return records.order_by("history_date", "history_id")


def tracked_columns(model: type[models.Model]) -> list[str]:
    """The columns of which the history keeps track."""
    known = {field.attname for field in model.history.model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [field.attname for field in model._meta.concrete_fields if field.attname in known]


def _latest_records(model: type[models.Model], instant: datetime, of: Iterable[Any] | None) -> Iterator[Any]:
    past = model.history.filter(history_date__lte=instant)  # type: ignore[attr-defined]
    latest = past.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
    if of is not None:
        past = past.filter(id__in=of if isinstance(of, QuerySet) else list(of))
    yield from past.filter(history_id=Subquery(latest)).order_by()


def _row(model: type[Row], record: Any) -> Row:
    row = model(**{name: getattr(record, name) for name in tracked_columns(model)})
    row._state.adding = False
    return row
