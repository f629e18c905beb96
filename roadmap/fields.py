"""The register of fields: what each field of an entity is for, said once. Every entry point reads it from here.

What a column says of itself (label, kind, length, whether it may be empty, its choices) is read from the model. A
column that is missing here, or at an entry point that its line promises, fails ``tests/house/test_fields.py``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto
from functools import cached_property, partial
from operator import attrgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.models import Milestone
from roadmap.vocabulary import PlanDifference


class At(Flag):
    """Where a field is written or shown. The history tells of all but what ``models.history`` leaves out."""

    NOWHERE = 0
    FORM = auto()  # written in the administration's form
    LOOK = auto()  # shown in that form, written by acts of its own
    BODY = auto()  # written by the API
    FILE = auto()  # a key of catalogue files
    COPY = auto()  # taken over by a duplicate
    API = auto()  # in the API's entries, in lists and alone
    TABLE = auto()  # a column of the administration's CSV and XLSX files
    FACTS = auto()  # among the facts on its page
    TEXT = auto()  # on its page, at a place of its own


WRITTEN = At.FORM | At.BODY | At.FILE  # by whoever may edit the plan
PLAN = WRITTEN | At.COPY | At.API | At.TABLE | At.FACTS


class Part(models.TextChoices):
    """The parts of the administration's form, in their order."""

    WHAT = "what", ""
    WHO = "who", _("Who")
    PLANNED = "planned", _("When and how much")
    STATUS = "status", _("Status")
    TEXTS = "texts", _("Description")
    ORIGIN = "origin", _("Where it comes from")


@dataclass(frozen=True)
class Field:
    """One field of ``model``. ``path`` leads to what is no column of its own. ``line`` is its part of the form, and the
    line there. ``differs`` is the kind of difference by which two days of a plan tell of it; None: by its state, or not
    at all. ``about`` is what the API's description says of it; ``unit``, the field that says what its number counts.
    """

    model: type[models.Model]
    name: str
    at: At
    line: tuple[Part, int] | None = None
    differs: PlanDifference | None = PlanDifference.REWORDED
    path: str = ""
    about: str = ""
    unit: str = ""

    @cached_property
    def column(self) -> Any:
        """The model's field, of this model or at the end of the path."""
        model: Any = self.model
        for name in (self.path or self.name).split("."):
            column = model._meta.get_field(name)
            model = column.related_model
        return column

    @property
    def is_plain(self) -> bool:
        """Whether it is a column of its own that refers to nothing."""
        return not self.path and not self.column.is_relation

    def value(self, row: Any) -> Any:
        """What the row holds; a related row for a reference."""
        return attrgetter(self.path or self.name)(row)


_field = partial(Field, Milestone)
# In the order in which they are read: in entries, in tables, in the lines of the form, on the page.
MILESTONE: tuple[Field, ...] = (
    _field("id", At.API, differs=None),
    _field("code", WRITTEN | At.API | At.TABLE, (Part.WHAT, 2), about="Unique, for people and for imports."),
    _field("roadmap", At.API, differs=None, path="initiative.roadmap", about="The roadmap's code."),
    _field("title_zh", WRITTEN | At.API | At.TABLE | At.TEXT, (Part.WHAT, 1)),
    _field("title_en", WRITTEN | At.API | At.TABLE | At.TEXT, (Part.WHAT, 1)),
    _field("description_zh", WRITTEN | At.COPY | At.API | At.TEXT, (Part.TEXTS, 1)),
    _field("description_en", WRITTEN | At.COPY | At.API | At.TEXT, (Part.TEXTS, 1)),
    _field("acceptance_criteria_zh", WRITTEN | At.COPY | At.API | At.TEXT, (Part.TEXTS, 2)),
    _field("acceptance_criteria_en", WRITTEN | At.COPY | At.API | At.TEXT, (Part.TEXTS, 2)),
    _field("initiative", PLAN ^ At.FACTS | At.TEXT, (Part.WHAT, 2), PlanDifference.REPLACED),
    _field("pillar", At.API | At.TABLE | At.TEXT, differs=None, path="initiative.pillar"),
    _field("phase", PLAN, (Part.WHAT, 3), PlanDifference.REPLACED),
    _field("workstream", PLAN, (Part.WHAT, 3), PlanDifference.REPLACED),
    _field("owner", PLAN, (Part.WHO, 1), PlanDifference.REASSIGNED),
    _field("organisation", PLAN, (Part.WHO, 1), PlanDifference.REASSIGNED),
    _field("planned_start_on", PLAN ^ At.COPY, (Part.PLANNED, 1), PlanDifference.MOVED),
    _field("due_on", PLAN ^ At.COPY ^ At.FACTS | At.TEXT, (Part.PLANNED, 1), PlanDifference.MOVED),
    _field("weight", PLAN, (Part.PLANNED, 2), PlanDifference.REWEIGHTED),
    _field("budget", PLAN, (Part.PLANNED, 3), PlanDifference.BUDGETED, unit="currency"),
    _field("currency", PLAN ^ At.FACTS | At.TEXT, (Part.PLANNED, 3), PlanDifference.BUDGETED, about="Of the budget."),
    _field("tags", PLAN ^ At.FILE ^ At.FACTS, (Part.PLANNED, 2), about="Words that people find it by."),
    # By acts of their own
    _field("status", At.LOOK | At.API | At.TABLE | At.TEXT, (Part.STATUS, 1), None),
    _field("completed_on", At.LOOK | At.FILE | At.API | At.TABLE | At.TEXT, (Part.STATUS, 1), None),
    _field("cancelled_on", At.LOOK | At.API, (Part.STATUS, 1), None),
    _field("verified_on", At.FILE | At.API | At.TEXT, differs=None),
    _field("verified_by", At.FILE | At.TEXT, differs=None),
    _field("verified_at", At.NOWHERE, differs=None),
    # Where it comes from; a catalogue file gives every entry of every kind its mark
    _field("provenance", At.FORM | At.API | At.TABLE | At.TEXT, (Part.ORIGIN, 1)),
    _field("source", At.FORM | At.API | At.TEXT, (Part.ORIGIN, 1)),
    # By the program
    _field("entered_on", At.NOWHERE, differs=None),
    _field("verify_by", At.API, differs=None),
    _field("version", At.API, differs=None),
    _field("created_at", At.API, differs=None),
    _field("updated_at", At.API, differs=None),
    _field("remind_at", At.NOWHERE, differs=None),
)


def at(place: At, fields: Iterable[Field] = MILESTONE) -> list[Field]:
    """Those of the fields that are written or shown there."""
    return [one for one in fields if place in one.at]
