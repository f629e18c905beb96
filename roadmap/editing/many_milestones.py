"""One act on many milestones at once: all or nothing, in a number of queries that doesn't grow.

Each meets the rules of the act in ``milestones.py`` for one: the same steps, with locking, rights, history and mail for
all of them together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap.editing.locking import LOCKED_WITH, look_anew_at, require_version
from roadmap.editing.milestones import faults_of_dates
from roadmap.errors import InvalidChange, InvalidItems, RoadmapError
from roadmap.models import Milestone
from roadmap.models.history import Actor, note_changes, require_short_reason
from roadmap.outbox.announce import announce, milestone_happenings
from roadmap.rights import require_edit
from roadmap.validity import check_whole, faults_of_values
from roadmap.vocabulary import HookEvent

Step = Callable[[Milestone], None]  # changes the locked milestone, or raises what stands against it


@dataclass(frozen=True)
class Change:
    """What is to be done to one milestone; ``version`` is the one that the editor saw, if that is to be asked."""

    milestone: Milestone
    step: Step
    version: int | None = None


class ManyRefused(InvalidItems):
    """Some can't be changed, so none was; ``errors`` has what each act raised, by position."""

    def __init__(self, errors: Mapping[int, RoadmapError]) -> None:
        super().__init__({position: _fields_of(error) for position, error in sorted(errors.items())})
        self.errors = dict(errors)


def _fields_of(error: RoadmapError) -> Mapping[str, str | Promise]:
    return error.fields if isinstance(error, InvalidChange) else {"__all__": error.message}


def change_many(
    changes: Sequence[Change], *, by: Actor, now: datetime, reason: str = "", also: HookEvent | None = None
) -> list[Milestone]:
    """Do all of it; the milestones as stored, in the order given. ``also`` is told of each beside that it has changed.

    Raises ManyRefused naming every milestone that can't be changed; then nothing is written.
    """
    require_short_reason(reason)
    with transaction.atomic():
        stored = _locked({change.milestone.pk for change in changes})
        before = {pk: _values(row) for pk, row in stored.items()}
        errors: dict[int, RoadmapError] = {}
        for position, change in enumerate(changes):
            try:
                _change(stored.get(change.milestone.pk), change, by=by)
            except RoadmapError as error:
                errors[position] = error
        if errors:
            raise ManyRefused(errors)
        rows = list(stored.values())
        _write(rows, before, by=by, now=now, reason=reason)
        happenings = milestone_happenings(HookEvent.MILESTONE_CHANGED, rows)
        announce([*happenings, *(milestone_happenings(also, rows) if also else ())], now=now)
    return [stored[change.milestone.pk] for change in changes]


def _locked(pks: set[int]) -> dict[int, Milestone]:
    """As stored, locked in the order of their ids, so that two such acts wait and don't block."""
    rows = Milestone.objects.select_for_update(of=("self",), no_key=True).select_related(*LOCKED_WITH)
    return {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}


def _change(current: Milestone | None, change: Change, *, by: Actor) -> None:
    if current is None:
        raise InvalidChange({"milestone": _("There is no such milestone.")})
    require_version(current, change.version)
    require_edit(by, current)
    owner_before = current.owner_id
    change.step(current)
    require_edit(by, current)  # nobody moves a milestone out of their own reach but the programme office
    wrong = {**faults_of_values(current), **faults_of_dates(current)}
    if current.owner is not None and current.owner_id != owner_before and not current.owner.is_active:
        wrong["owner"] = _("This account is closed; choose somebody else.")
    if wrong:
        raise InvalidChange(wrong)


def _write(
    rows: Sequence[Milestone], before: Mapping[int, Mapping[str, Any]], *, by: Actor, now: datetime, reason: str
) -> None:
    """Save what is new of them as their next versions, with history; withdraw what isn't true any more."""
    changed = {name for row in rows for name, value in _values(row).items() if value != before[row.pk][name]}
    columns = [field.name for field in Milestone._meta.concrete_fields if field.attname in changed]
    try:
        with transaction.atomic():
            if columns:
                Milestone.objects.bulk_update(rows, columns)
    except IntegrityError:  # a rule of the database's: the check of one says which
        for row in rows:
            check_whole(row)
        raise
    Milestone.objects.filter(pk__in=[row.pk for row in rows]).update(version=F("version") + 1, updated_at=now)
    for row in rows:
        row.version, row.updated_at = row.version + 1, now
    note_changes(rows, by=by, reason=reason)
    look_anew_at(*rows, now=now)


def _values(row: Milestone) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in Milestone._meta.concrete_fields}
