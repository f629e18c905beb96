"""The change history of a milestone: who changed what, from what to what, when, why, through which door."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from roadmap.coded_reasons import in_words as reason_in_words
from roadmap.models import Milestone
from roadmap.models.history import told_fields
from roadmap.models.in_words import in_words
from roadmap.vocabulary import Door
from roadmap.web.presenters.values import NOTHING, public_title

Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Difference:
    """One field's value before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangeView:
    """One change; the first one of all, the making of the milestone, has no differences."""

    at: datetime
    who: str
    door: str
    reason: str
    is_first: bool
    differences: list[Difference]


def changes_view(history: Sequence[Any], *, names: Names) -> list[ChangeView]:
    """The changes, newest first, from history rows given oldest first. Changes of other fields only are left out."""
    views = []
    for index, row in enumerate(history):
        before = history[index - 1] if index else None
        differences = []
        for field in told_fields(Milestone):
            old, new = getattr(before, field.attname, None), getattr(row, field.attname)
            if before is not None and old != new:
                words = (in_words(field, value, names, empty=NOTHING) for value in (old, new))
                differences.append(Difference(str(field.verbose_name), *words))
        if before is None or differences or row.history_change_reason:
            views.append(
                ChangeView(
                    at=row.history_date,
                    who=row.history_user.public_name if row.history_user else _("the program"),
                    door=str(Door(row.door).label),
                    reason=reason_in_words(row.history_change_reason),
                    is_first=before is None,
                    differences=differences,
                )
            )
    return views[::-1]


def names_in(history: Sequence[Any]) -> Names:
    """What people call that to which the rows refer, by field and key, where it changed; a query for each model."""
    held = {
        field: {getattr(row, field.attname) for row in history}
        for field in told_fields(Milestone)
        if field.related_model
    }
    changed = {field: keys - {None} for field, keys in held.items() if len(keys) > 1}
    wanted: defaultdict[Any, set[int]] = defaultdict(set)
    for field, keys in changed.items():
        wanted[field.related_model] |= keys
    rows = {model: model._default_manager.in_bulk(keys) for model, keys in wanted.items()}
    return {
        (field.name, key): public_title(rows[field.related_model].get(key))
        for field, keys in changed.items()
        for key in keys
    }
