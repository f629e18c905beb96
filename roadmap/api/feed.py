"""Entries of the feed of changes, written from the histories' records: two queries for each kind of entry on a page."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max, Model, OuterRef, Subquery

from roadmap import models
from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.models import Change
from roadmap.models.person import public_name

BY_KIND: dict[str, type[Model]] = {name.lower(): getattr(models, name) for name in models.__all__}
NOT_SHOWN = {"file"}  # a path within the server
WORDS = {"+": "created", "~": "changed", "-": "deleted"}


def entries_of(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """What ``ChangeEntry`` describes, in the given order."""
    return [{name: value for name, value in one.items() if name != "was"} for one in with_values_before(changes)]


def with_values_before(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The same with ``was``: the values before each change, empty where there were none."""
    rows = list(changes)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.record_id)
    told = {(kind, pk): entry for kind, records in by_kind.items() for pk, entry in _records(BY_KIND[kind], records)}
    gone: dict[str, Any] = {
        "change": None,
        "at": None,
        "by": None,
        "door": None,
        "reason": "",
        "changed": [],
        "values": {},
        "was": {},
    }
    return [
        {
            "cursor": cursor_of(row),
            "revision": row.revision,
            "kind": row.kind,
            "object": row.object_id,
            **told.get((row.kind, row.record_id), gone),
        }
        for row in rows
    ]


def cursor_of(change: Change) -> str:
    """Where a reader stands who has seen this change."""
    return f"{change.revision}.{change.pk}"


def _records(model: Any, pks: list[int]) -> Iterable[tuple[int, dict[str, Any]]]:
    history = model.history.model
    fields = [field for field in history.tracked_fields if field.name not in NOT_SHOWN]
    before = history.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by()
    records = list(
        history.objects.filter(history_id__in=pks)
        .select_related("history_user")
        .annotate(previous=Subquery(before.values("id").annotate(last=Max("history_id")).values("last")))
        .order_by()
    )
    earlier = history.objects.in_bulk([one.previous for one in records if one.previous is not None])
    for one in records:
        values, was = _values(one, fields), earlier.get(one.previous)
        known = _values(was, fields) if was is not None else {}
        yield (
            one.history_id,
            {
                "change": WORDS[one.history_type],
                "at": one.history_date,
                "by": _person(one.history_user),
                "door": one.door,
                "reason": reason_in_words(one.history_change_reason),
                "changed": [name for name in values if name not in known or values[name] != known[name]],
                "values": values,
                "was": known,
            },
        )


def _values(row: Any, fields: Iterable[Any]) -> dict[str, Any]:
    """The row's columns: other entries by id, decimals as exact text."""
    found = {field.attname: getattr(row, field.attname) for field in fields}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in found.items()}


def _person(person: Any) -> dict[str, Any] | None:
    return None if person is None else {"id": person.pk, "name": public_name(person.pk, person.full_name)}
