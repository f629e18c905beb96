"""The change history of a milestone: who changed what, from what to what, when, why, through which door."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import Milestone, Person
from roadmap.models.history import told_fields
from roadmap.vocabulary import Door
from roadmap.web.presenters.values import NOTHING

Names = Mapping[tuple[type[Model], int], str]


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
                words = (_in_words(field, value, names) for value in (old, new))
                differences.append(Difference(str(field.verbose_name), *words))
        if before is None or differences or row.history_change_reason:
            views.append(
                ChangeView(
                    at=row.history_date,
                    who=row.history_user.public_name if row.history_user else _("the program"),
                    door=str(Door(row.door).label),
                    reason=row.history_change_reason,
                    is_first=before is None,
                    differences=differences,
                )
            )
    return views[::-1]


def names_in(history: Sequence[Any]) -> Names:
    """What people call that to which the rows refer, by model and key, where it changed; a query for each model."""
    wanted: defaultdict[Any, set[int]] = defaultdict(set)
    for field in told_fields(Milestone):
        keys = {getattr(row, field.attname) for row in history} if field.related_model else set()
        if len(keys) > 1:
            wanted[field.related_model] |= keys - {None}
    return {
        (model, one.pk): one.public_name if isinstance(one, Person) else str(one)
        for model, keys in wanted.items()
        for one in model._default_manager.filter(pk__in=keys)
    }


def _in_words(field: Any, value: Any, names: Names) -> str:
    if field.related_model and value is not None:
        return names.get((field.related_model, value), NOTHING)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    match value:
        case None | "" | []:
            return NOTHING
        case date():
            return date_format(value, "DATE_FORMAT")
        case Decimal():
            return f"{value.normalize():f}"
        case list():
            return ", ".join(value)
    return str(value)
