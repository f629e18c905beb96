"""When what a calendar's entry says was last edited, and by which revision: of all the rows that its text is made of.

Each edit has a higher revision than all before it, so the highest of an entry's parts rises whenever one of them is
edited or exchanged for another, and never falls.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import CharField, Count, Max, Model, Q, QuerySet, Value

from roadmap.models import (
    Change,
    Initiative,
    Milestone,
    Organisation,
    Phase,
    Pillar,
    PublishedYear,
    Roadmap,
    WorkdayOverride,
)

PARTS: tuple[type[Model], ...] = (Milestone, Initiative, Pillar, Phase, Organisation, Roadmap)
UNRECORDED = datetime(2026, 1, 1, tzinfo=UTC)  # of what came without a record


@dataclass(frozen=True)
class Edit:
    """The last edit of something: ``number`` rises with each one."""

    number: int
    at: datetime


@dataclass(frozen=True)
class Edits:
    """The last edits of rows, by kind and id, and of the word on which days are worked."""

    rows: Mapping[tuple[str, int], Edit]
    working_days: Edit

    def of_gate(self, phase: Phase) -> Edit:
        """That of whichever part of a gate's entry was edited last."""
        return self._last(("phase", phase.pk))

    def of_milestone(self, milestone: Milestone) -> Edit:
        """The same for a milestone's entry, which also says whether the days off of its year are known."""
        initiative, days = milestone.initiative, self.working_days
        edit = self._last(
            ("milestone", milestone.pk),
            ("initiative", initiative.pk),
            ("pillar", initiative.pillar_id),
            ("roadmap", initiative.roadmap_id),
            ("phase", milestone.phase_id),
            ("organisation", milestone.organisation_id or 0),
        )
        return Edit(edit.number + days.number, max(edit.at, days.at))

    def _last(self, *parts: tuple[str, int]) -> Edit:
        edits = [self.rows[part] for part in parts if part in self.rows]
        return Edit(
            max((edit.number for edit in edits), default=0), max((edit.at for edit in edits), default=UNRECORDED)
        )


def edits_behind(milestones: Sequence[Milestone], gates: Sequence[Phase]) -> Edits:
    """The edits of all that the entries of these milestones and gates are made of, whose initiatives must be at hand.

    Two queries.
    """
    ids: dict[str, set[int]] = {
        "milestone": {one.pk for one in milestones},
        "initiative": {one.initiative_id for one in milestones},
        "pillar": {one.initiative.pillar_id for one in milestones},
        "phase": {*(one.phase_id for one in milestones), *(phase.pk for phase in gates)},
        "organisation": {one.organisation_id for one in milestones if one.organisation_id},
        "roadmap": {one.initiative.roadmap_id for one in milestones},
    }
    numbers = _numbers(ids)
    rows: dict[tuple[str, int], Edit] = {}
    days = Edit(0, UNRECORDED)
    for kind, pk, at, count in _records(ids):
        if kind in ids:
            rows[kind, pk] = Edit(numbers.get((kind, pk), 0), at)
        elif count:
            days = Edit(days.number + count, max(days.at, at))
    return Edits(rows, days)


def _numbers(ids: Mapping[str, Collection[int]]) -> dict[tuple[str, int], int]:
    asked = Q()
    for kind, pks in ids.items():
        asked |= Q(kind=kind, object_id__in=pks)
    found = Change.objects.filter(asked).order_by().values_list("kind", "object_id").annotate(last=Max("revision"))
    return {(kind, pk): last for kind, pk, last in found}


def _records(ids: Mapping[str, Collection[int]]) -> QuerySet[Any, Any]:
    """Kind, id, last instant and number of the history's records; of the working days over all rows at once."""
    of_parts = [_last(model, Q(id__in=ids[model._meta.model_name or ""])) for model in PARTS]
    of_days = [_last(model, Q()) for model in (WorkdayOverride, PublishedYear)]
    first, *others = [*of_parts, *of_days]
    return first.union(*others, all=True)


def _last(model: Any, asked: Q) -> QuerySet[Any, Any]:
    records = model.history.model.objects.filter(asked).order_by()
    kind = Value(model._meta.model_name, output_field=CharField())
    found: QuerySet[Any, Any] = (
        records.annotate(kind=kind)
        .values_list("kind", "id")
        .annotate(at=Max("history_date"), count=Count("history_id"))
    )
    return found
