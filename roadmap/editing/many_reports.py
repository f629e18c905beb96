"""The act of reporting on many milestones at once: all or nothing, in a number of queries that doesn't grow.

Each report meets the rules of ``progress.record_progress``; they take effect in the order given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.locking import look_anew_at
from roadmap.editing.progress import (
    SOMETHING_ELSE,
    Report,
    faults_of_report,
    newest_reports,
    sets_to_work,
    update_of,
)
from roadmap.errors import InvalidItems
from roadmap.models import Milestone, ProgressUpdate
from roadmap.models.history import Actor, note_changes, note_made
from roadmap.outbox.announce import announce, milestone_happenings, progress_happenings
from roadmap.rights import allows_report
from roadmap.validity import faults_of_values
from roadmap.vocabulary import HookEvent, MilestoneStatus

NOT_YOURS: Mapping[str, str | Promise] = {"milestone": _("There is no such milestone, or you may not report on it.")}
Key = tuple[int, str]


@dataclass(frozen=True)
class Recorded:
    """One report taken in: its update, and whether it was there before under the same reference."""

    update: ProgressUpdate
    was_known: bool


def record_progress_of_many(reports: Sequence[tuple[Milestone, Report]], *, by: Actor, now: datetime) -> list[Recorded]:
    """Append each report to its milestone; what became of each, in the order given.

    Raises InvalidItems naming every report that can't be accepted; then nothing is written.
    """
    with transaction.atomic():
        stored = _locked({milestone.pk for milestone, _report in reports})
        known = _known(reports, by=by)
        newest = newest_reports(list(stored.values()))
        faults: dict[int, Mapping[str, str | Promise]] = {}
        taken: list[Recorded] = []
        for position, (milestone, report) in enumerate(reports):
            current = stored.get(milestone.pk)
            if current is None or not allows_report(by, current):
                faults[position] = NOT_YOURS
                continue
            before = known.get((current.pk, report.external_ref)) if report.external_ref else None
            if before is not None:
                if not report.is_told_by(before):
                    faults[position] = SOMETHING_ELSE
                taken.append(Recorded(before, was_known=True))
                continue
            today = clock.day_in(current.initiative.roadmap.time_zone, at=now)
            wrong = faults_of_report(current, report, today=today, before=newest.get(current.pk))
            update = update_of(current, report, by=by, today=today)
            wrong = {**faults_of_values(update), **wrong}
            if wrong:
                faults[position] = wrong
            known[current.pk, report.external_ref] = update
            if current.pk not in newest or update.reported_on >= newest[current.pk].reported_on:
                newest[current.pk] = update
            taken.append(Recorded(update, was_known=False))
        if faults:
            raise InvalidItems(faults)
        _write([one.update for one in taken if not one.was_known], by=by, now=now)
    return taken


def _locked(pks: set[int]) -> dict[int, Milestone]:
    """The milestones as stored, locked in the order of their ids, so that two such acts wait and don't block."""
    rows = (
        Milestone.objects.select_for_update(of=("self",), no_key=True)
        .select_related("initiative__roadmap", "organisation")
        .filter(pk__in=pks)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def _known(reports: Sequence[tuple[Milestone, Report]], *, by: Actor) -> dict[Key, ProgressUpdate]:
    """The actor's updates that bear one of the references, by milestone and reference."""
    references = {report.external_ref for _milestone, report in reports if report.external_ref}
    milestones = {milestone.pk for milestone, report in reports if report.external_ref}
    if not references:
        return {}
    rows = ProgressUpdate.every.filter(
        reported_by=by.person, milestone__in=milestones, external_ref__in=references
    ).select_related("milestone")
    return {(row.milestone_id, row.external_ref): row for row in rows}


def _write(updates: list[ProgressUpdate], *, by: Actor, now: datetime) -> None:
    """Save the updates, and set to work the planned milestones that they tell progress of, with their history."""
    note_made(ProgressUpdate.objects.bulk_create(updates), by=by)
    happenings = progress_happenings(updates)
    look_anew_at(*{update.milestone for update in updates}, now=now)
    begun = {update.milestone_id: update.milestone for update in updates if sets_to_work(update)}
    if not begun:
        announce(happenings, now=now)
        return
    for milestone in begun.values():
        milestone.status = MilestoneStatus.ACTIVE
        milestone.version += 1
        milestone.updated_at = now
    Milestone.objects.filter(pk__in=begun).update(
        status=MilestoneStatus.ACTIVE, version=F("version") + 1, updated_at=now
    )
    note_changes(begun.values(), by=by)
    announce([*happenings, *milestone_happenings(HookEvent.MILESTONE_CHANGED, begun.values())], now=now)
