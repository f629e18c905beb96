"""The change history of a milestone: who changed what, from what to what, when, why, through which door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from roadmap.models import Milestone, Organisation, Person
from roadmap.vocabulary import Door, MilestoneStatus
from roadmap.web.presenters.values import NOTHING

COMPARED = (
    "title_zh",
    "title_en",
    "planned_start_on",
    "due_on",
    "completed_on",
    "cancelled_on",
    "status",
    "weight",
    "owner_id",
    "organisation_id",
)


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


def changes_view(
    history: Sequence[Any], *, people: Mapping[int, Person], units: Mapping[int, Organisation]
) -> list[ChangeView]:
    """The changes, newest first, from history rows given oldest first. Changes of other fields only are left out."""
    views = []
    for index, row in enumerate(history):
        before = history[index - 1] if index else None
        differences = []
        for name in COMPARED:
            old, new = getattr(before, name, None), getattr(row, name)
            if before is not None and old != new:
                field = Milestone._meta.get_field(name.removesuffix("_id"))
                differences.append(
                    Difference(
                        field=str(getattr(field, "verbose_name", name)),
                        before=_in_words(name, old, people, units),
                        after=_in_words(name, new, people, units),
                    )
                )
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


def _in_words(name: str, value: object, people: Mapping[int, Person], units: Mapping[int, Organisation]) -> str:
    match value:
        case None | "":
            return NOTHING
        case date():
            return date_format(value, "DATE_FORMAT")
        case Decimal():
            return f"{value.normalize():f}"
        case int() if name == "owner_id":
            return people[value].public_name if value in people else NOTHING
        case int() if name == "organisation_id":
            return str(units.get(value, NOTHING))
        case str() if name == "status":
            return str(MilestoneStatus(value).label)
    return str(value)
