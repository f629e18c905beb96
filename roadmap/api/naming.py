"""Finds the entries that a body names, all at once: a fixed number of queries for any number of names."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from roadmap.api.fields import Name
from roadmap.models import ExternalReference, Indicator, Milestone


def milestones_named(names: Sequence[Name]) -> list[Milestone | None]:
    """The milestone of each name, or None. One query, two where other systems' names are among them."""
    found: dict[Name, Milestone] = {}
    plain = Milestone.objects.filter(_by_id_or_code(names))
    for milestone in plain:
        found[Name(id=milestone.pk)] = found[Name(code=milestone.code)] = milestone
    external = {(name.system, name.reference) for name in names if name.system is not None}
    if external:
        rows = ExternalReference.objects.select_related("milestone").filter(
            system__in={system for system, _reference in external},
            reference__in={reference for _system, reference in external},
        )
        for row in rows:
            found[Name(system=row.system, reference=row.reference)] = row.milestone
    return [found.get(name) for name in names]


def indicators_named(names: Sequence[Name]) -> list[Indicator | None]:
    """The indicator of each name, None where there is none or where several roadmaps have the code. One query."""
    found: dict[Name, Indicator | None] = {}
    for indicator in Indicator.objects.filter(_by_id_or_code(names)):
        by_code = Name(code=indicator.code)
        found[Name(id=indicator.pk)] = indicator
        found[by_code] = None if by_code in found else indicator
    return [found.get(name) for name in names]


def all_found(entries: Sequence[Any], *, name: str) -> list[Any]:
    """The entries. Raises ValidationError pointing at each item whose ``name`` leads nowhere."""
    unknown = {
        "items": [
            {} if entry is not None else {name: [ErrorDetail(_("There is no such entry."), code="unknown")]}
            for entry in entries
        ]
    }
    if any(unknown["items"]):
        raise ValidationError(unknown)
    return list(entries)


def _by_id_or_code(names: Sequence[Name]) -> Q:
    return Q(pk__in={name.id for name in names if name.id is not None}) | Q(
        code__in={name.code for name in names if name.code is not None}
    )
