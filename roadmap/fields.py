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

from roadmap.models import (
    Deliverable,
    Indicator,
    Initiative,
    Milestone,
    Organisation,
    Phase,
    Pillar,
    Roadmap,
    Workstream,
)
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
    TABLE = auto()  # a column of the CSV and XLSX files that go out and, changed, come in again
    FACTS = auto()  # among the facts on its page
    TEXT = auto()  # on its page, at a place of its own


WRITTEN = At.FORM | At.BODY | At.FILE  # by whoever may edit the plan
PLAN = WRITTEN | At.COPY | At.API | At.TABLE | At.FACTS  # ``PLAN ^ At.COPY`` is all of it but the copy


class Part(models.TextChoices):
    """The parts of the administration's form, in their order."""

    WHAT = "what", ""
    WHO = "who", _("Who")
    PLANNED = "planned", _("When and how much")
    STATUS = "status", _("Status")
    TIME = "time", _("Time")
    PLACE = "place", _("Place")
    MEASURE = "measure", _("Measure")
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
_kept = partial(Field, Milestone, differs=None)
# In the order in which they are read: in entries, in tables, in the lines of the form, on the page.
MILESTONE: tuple[Field, ...] = (
    _kept("id", At.API | At.TABLE),
    _field("code", WRITTEN | At.API | At.TABLE, (Part.WHAT, 2), about="Unique, for people and for imports."),
    _kept("roadmap", At.API, path="initiative.roadmap", about="The roadmap's code."),
    _field("title_zh", WRITTEN | At.API | At.TABLE | At.TEXT, (Part.WHAT, 1)),
    _field("title_en", WRITTEN | At.API | At.TABLE | At.TEXT, (Part.WHAT, 1)),
    _field("description_zh", WRITTEN | At.COPY | At.API | At.TABLE | At.TEXT, (Part.TEXTS, 1)),
    _field("description_en", WRITTEN | At.COPY | At.API | At.TABLE | At.TEXT, (Part.TEXTS, 1)),
    _field("acceptance_criteria_zh", WRITTEN | At.COPY | At.API | At.TABLE | At.TEXT, (Part.TEXTS, 2)),
    _field("acceptance_criteria_en", WRITTEN | At.COPY | At.API | At.TABLE | At.TEXT, (Part.TEXTS, 2)),
    _field("initiative", PLAN ^ At.FACTS | At.TEXT, (Part.WHAT, 2), PlanDifference.REPLACED),
    _kept("pillar", At.API | At.TABLE | At.TEXT, path="initiative.pillar"),
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
    _kept("status", At.LOOK | At.API | At.TABLE | At.TEXT, (Part.STATUS, 1)),
    _kept("completed_on", At.LOOK | At.FILE | At.API | At.TABLE | At.TEXT, (Part.STATUS, 1)),
    _kept("cancelled_on", At.LOOK | At.API, (Part.STATUS, 1)),
    _kept("verified_on", At.FILE | At.API | At.TEXT),
    _kept("verified_by", At.FILE | At.TEXT),
    _kept("verified_at", At.NOWHERE),
    # Where it comes from; a catalogue file gives every entry of every kind its mark
    _field("provenance", At.FORM | At.API | At.TABLE | At.TEXT, (Part.ORIGIN, 1)),
    _field("source", At.FORM | At.API | At.TEXT, (Part.ORIGIN, 1)),
    # By the program
    _kept("entered_on", At.NOWHERE),
    _kept("verify_by", At.API),
    _kept("version", At.API | At.TABLE),
    _kept("created_at", At.API),
    _kept("updated_at", At.API),
    _kept("remind_at", At.NOWHERE),
)


_item = partial(Field, Deliverable, differs=None)
ITEM = WRITTEN | At.COPY | At.API
DELIVERABLE: tuple[Field, ...] = (
    _item("id", At.API),
    _item("milestone", At.NOWHERE),
    _item("title_zh", ITEM),
    _item("title_en", ITEM),
    _item("weight", ITEM),
    _item("done_on", ITEM ^ At.COPY),
    _item("position", ITEM ^ At.FILE),
    _item("provenance", At.API),
    _item("source", At.NOWHERE),
)

FRAME = At.FORM | At.FILE | At.API  # by the programme office
GIVEN = At.FORM | At.API  # a file says it otherwise: by what it stands in, by its place there, by its mark


def _marked(model: type[models.Model], *own: tuple[str, At, tuple[Part, int] | None]) -> tuple[Field, ...]:
    """The entity's own fields, with what every entry of the frame has besides."""
    field = partial(Field, model, differs=None)
    return (
        field("id", At.API),
        *(field(*one) for one in own),
        field("provenance", GIVEN, (Part.ORIGIN, 1)),
        field("source", GIVEN, (Part.ORIGIN, 1)),
    )


def _titled(model: type[models.Model], *own: tuple[str, At, tuple[Part, int] | None]) -> tuple[Field, ...]:
    return _marked(
        model,
        ("code", FRAME, (Part.WHAT, 2)),
        ("title_zh", FRAME, (Part.WHAT, 1)),
        ("title_en", FRAME, (Part.WHAT, 1)),
        ("description_zh", FRAME, (Part.TEXTS, 1)),
        ("description_en", FRAME, (Part.TEXTS, 1)),
        *own,
    )


ROADMAP = _titled(
    Roadmap,
    ("starts_on", FRAME, (Part.TIME, 1)),
    ("days_provenance", GIVEN, (Part.TIME, 1)),
    ("time_zone", FRAME, (Part.TIME, 2)),
    ("calendar", FRAME, (Part.TIME, 2)),
    ("verify_within_days", FRAME, (Part.TIME, 3)),
    ("is_default", At.API, None),
)
PHASE = _titled(
    Phase,
    ("roadmap", GIVEN, (Part.TIME, 1)),
    ("starts_on", FRAME, (Part.TIME, 2)),
    ("gate_on", FRAME, (Part.TIME, 2)),
    ("days_provenance", GIVEN, (Part.TIME, 3)),
)
PILLAR = _titled(Pillar, ("roadmap", GIVEN, (Part.PLACE, 1)), ("position", GIVEN, (Part.PLACE, 1)))
WORKSTREAM = _titled(Workstream, ("roadmap", GIVEN, (Part.PLACE, 1)), ("position", GIVEN, (Part.PLACE, 1)))
INITIATIVE = _titled(
    Initiative,
    ("roadmap", GIVEN, (Part.PLACE, 1)),
    ("pillar", FRAME, (Part.PLACE, 2)),
    ("position", GIVEN, (Part.PLACE, 2)),
)
INDICATOR = _titled(
    Indicator,
    ("roadmap", GIVEN, (Part.PLACE, 1)),
    ("pillar", FRAME, (Part.PLACE, 2)),
    ("position", GIVEN, (Part.PLACE, 2)),
    ("unit_zh", FRAME, (Part.MEASURE, 1)),
    ("unit_en", FRAME, (Part.MEASURE, 1)),
    ("target_value", FRAME, (Part.MEASURE, 2)),
    ("target_on", FRAME, (Part.MEASURE, 2)),
    ("baseline_value", FRAME, (Part.MEASURE, 3)),
    ("baseline_on", FRAME, (Part.MEASURE, 3)),
)
ORGANISATION = _marked(
    Organisation,
    ("code", FRAME, (Part.WHAT, 2)),
    ("name_zh", FRAME, (Part.WHAT, 1)),
    ("name_en", FRAME, (Part.WHAT, 1)),
    ("parent", FRAME, (Part.WHAT, 3)),
    ("path", At.API, None),
    ("lead", FRAME, (Part.WHAT, 3)),
)
REGISTERS = (
    MILESTONE,
    DELIVERABLE,
    ROADMAP,
    PHASE,
    PILLAR,
    WORKSTREAM,
    INITIATIVE,
    INDICATOR,
    ORGANISATION,
)


def at(place: At, fields: Iterable[Field] = MILESTONE) -> list[Field]:
    """Those of the fields that are written or shown there."""
    return [one for one in fields if place in one.at]
