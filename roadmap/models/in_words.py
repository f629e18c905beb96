"""Stored values as people read them, and what differs between two states of a row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models.history import told_fields

EMPTY = "–"


@dataclass(frozen=True)
class Difference:
    """One field that differs: its column's name, its label, and both values in words."""

    name: str
    label: str
    before: str
    after: str


def names_of(
    model: type[models.Model], rows: Iterable[Any], *, name: Callable[[Any], str] = str
) -> dict[tuple[str, Any], str]:
    """The titles of everything that the rows point to, by column and key; one query a related model."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    links = [field for field in told_fields(model) if isinstance(field, models.ForeignKey)]
    present = [row for row in rows if row is not None]
    for field in links:
        wanted[field.related_model] |= {getattr(row, field.attname, None) for row in present} - {None}
    titles = {
        related: {entry.pk: name(entry) for entry in related._default_manager.filter(pk__in=keys)} if keys else {}
        for related, keys in wanted.items()
    }
    return {(field.name, key): title for field in links for key, title in titles[field.related_model].items()}


def in_words(
    field: "models.Field[Any, Any]", value: Any, names: Mapping[tuple[str, Any], str], *, empty: str = EMPTY
) -> str:
    """A stored value (a key for a link) as people read it."""
    if value in (None, "", []):
        return empty
    if isinstance(field, models.ForeignKey):
        return names.get((field.name, value), f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def differences(
    model: type[models.Model],
    before: models.Model | None,
    after: models.Model,
    names: dict[tuple[str, Any], str],
) -> Sequence[Difference]:
    """What differs from ``before`` (None: nothing was there) to ``after``; both may be rows of the history."""
    found = []
    for field in told_fields(model):
        if not hasattr(after, field.attname):
            continue
        old = getattr(before, field.attname, None) if before is not None else None
        new = getattr(after, field.attname)
        if old != new and not (before is None and new in (None, "")):
            found.append(
                Difference(
                    name=field.name,
                    label=str(field.verbose_name),
                    before=in_words(field, old, names),
                    after=in_words(field, new, names),
                )
            )
    return found
