"""The history page of an entry: who changed what, when, why, and through which door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models

from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.models.in_words import Difference, differences, names_of

ROWS_A_PAGE = 30


@dataclass(frozen=True)
class Change:
    """One row of the history in words. ``kind`` is ``+`` (made), ``~`` (changed) or ``-`` (removed)."""

    at: datetime
    person: str
    door: str
    reason: str
    kind: str
    differences: list[Difference]


def changes_of(model: type[models.Model], pk: object, *, page: str | None) -> tuple[Page[Any], list[Change]]:
    """One page of the changes of an entry, newest first; a fixed number of queries."""
    rows = (
        model.history.filter(**{model._meta.pk.attname: pk})  # type: ignore[attr-defined]
        .select_related("history_user")
        .order_by("-history_date", "-history_id")
    )
    shown = Paginator(rows, ROWS_A_PAGE).get_page(page)
    first = (shown.number - 1) * ROWS_A_PAGE
    window = list(rows[first : first + ROWS_A_PAGE + 1])  # with the one before the oldest shown, to compare with
    names = names_of(model, window)
    changes = []
    for position, row in enumerate(window[:ROWS_A_PAGE]):
        before = window[position + 1] if position + 1 < len(window) else None
        told = [] if row.history_type == "-" else differences(model, before, row, names)
        changes.append(
            Change(
                at=row.history_date,
                person=str(row.history_user) if row.history_user else "",
                door=row.get_door_display(),
                reason=reason_in_words(row.history_change_reason),
                kind=row.history_type,
                differences=list(told),
            )
        )
    return shown, changes
