"""What of a history record is sealed, as bytes that are the same on every database, and the digests over them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import models

from roadmap.models.history import historised_models

NOTHING_BEFORE = "0" * 64


def kinds() -> dict[str, type[models.Model]]:
    """The model of the history of each kind, by the kind's name."""
    return {model._meta.model_name or "": model.history.model for model in historised_models()}  # type: ignore[attr-defined]


def columns_of(history: type[models.Model]) -> list[str]:
    """The columns of a history as it is now, in alphabetical order."""
    return sorted(field.attname for field in history._meta.concrete_fields)


@dataclass(frozen=True)
class Record:
    """A history record as it is: of which entry, of which instant, and the digest of its content.

    That is None where a later version of the program took one of the columns away, so that it can't be worked out.
    """

    object_id: Any
    at: datetime
    digest: str | None


def read_records(kind: str, *, columns: Sequence[str], pks: Iterable[int]) -> dict[int, Record]:
    """These records of a history by their ids, with the digests of these columns; one query."""
    history = kinds()[kind]
    readable = set(columns) <= set(columns_of(history))
    wanted = columns if readable else []
    rows = history._default_manager.filter(history_id__in=list(pks)).order_by()
    return {
        pk: Record(of, at, content_digest(history, kind=kind, columns=columns, values=values) if readable else None)
        for pk, of, at, *values in rows.values_list("history_id", "id", "history_date", *wanted)
    }


def content_digest(history: type[models.Model], *, kind: str, columns: Sequence[str], values: Iterable[Any]) -> str:
    """The SHA-256 of a record: JSON of its kind and its values by column, ordered, without spaces, in UTF-8.

    Decimals have all their places, instants are in UTC with microseconds.
    """
    told = {name: _canonical(history._meta.get_field(name), value) for name, value in zip(columns, values, strict=True)}
    text = json.dumps([kind, told], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def link_digest(*, before: str, number: int, content: str, sealed_at: datetime) -> str:
    """The SHA-256 that binds a link to all before it."""
    return sha256("\n".join([before, str(number), content, _instant(sealed_at)]).encode()).hexdigest()


def _canonical(field: Any, value: Any) -> Any:
    match value:
        case Decimal():
            places = getattr(field, "decimal_places", None)
            return f"{value:.{places}f}" if places is not None else str(value)
        case datetime():
            return _instant(value)
        case date() | time():
            return value.isoformat()
        case None | bool() | int() | str() | list() | dict():
            return value
    return str(value)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
