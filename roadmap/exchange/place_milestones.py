"""Put milestones in place with all that hangs on them, in the order in which it came about.

Created as first planned, linked, frozen in baselines, then moved, reported on and completed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from roadmap.editing.baselines import set_baseline
from roadmap.editing.deliverables import add_deliverable, change_deliverable
from roadmap.editing.dependencies import link_milestones
from roadmap.editing.entries import change_entry
from roadmap.editing.evidence import attach_evidence
from roadmap.editing.many_reports import record_progress_of_many
from roadmap.editing.milestones import change_milestone, complete_milestone, create_milestone, reschedule_milestone
from roadmap.editing.progress import Report
from roadmap.editing.verification import verify_completion
from roadmap.errors import BadCatalogue, InvalidChange, InvalidItems
from roadmap.exchange.entries import Entry
from roadmap.exchange.place import Acts, Placing
from roadmap.exchange.report import Deed
from roadmap.exchange.standing import Standing
from roadmap.fields import At, at
from roadmap.models import Milestone, Person, Roadmap
from roadmap.models.history import Actor
from roadmap.models.milestone import currency_for
from roadmap.vocabulary import OPEN_STATUSES, MilestoneStatus

Placed = list[tuple[Entry, Milestone]]
TOLD_BY_ACTS = {one.name for one in at(At.FILE) if At.FORM not in one.at}


def place_milestones(placing: Placing, entries: Sequence[Entry]) -> Placed:
    """Milestones with their deliverables; those returned are the loader's own, to go on with."""
    placed: Placed = []
    for entry in entries:
        standing, stored = placing.standings["milestones"].of(entry.identity)
        _refuse_other_roadmaps(placing, entry, stored)
        fields = {name: value for name, value in entry.values.items() if name not in TOLD_BY_ACTS}
        fields["currency"] = currency_for(fields["budget"], fields["currency"])  # as stored, so that nothing differs
        if standing is Standing.OURS and entry.parts["moves"]:
            fields["due_on"] = entry.parts["moves"][-1].values["due_on"]
        acts = Acts(
            create=partial(create_milestone, by=placing.by, now=placing.now),
            change=partial(change_milestone, by=placing.by, now=placing.now),
        )
        row = placing.place(entry, acts=acts, fields=fields)
        if isinstance(row, Milestone) and standing is not Standing.PEOPLES:
            _place_deliverables(placing, entry, row)
            placed.append((entry, row))
    return placed


def _refuse_other_roadmaps(placing: Placing, entry: Entry, stored: Model | None) -> None:
    """A milestone's code is unique among all roadmaps: one of another roadmap isn't taken over."""
    roadmap = placing.roadmap
    if isinstance(stored, Milestone) and roadmap is not None and stored.initiative.roadmap_id != roadmap.pk:
        told = {"code": entry.label}
        message = _("“%(code)s” is the code of a milestone of another roadmap already.") % told
        raise BadCatalogue(message, file=entry.place.file, line=entry.place_of("code").line)


def _place_deliverables(placing: Placing, entry: Entry, milestone: Milestone) -> None:
    acts = Acts(
        create=lambda milestone, **given: add_deliverable(milestone, by=placing.by, now=placing.now, **given),
        change=partial(change_deliverable, by=placing.by, now=placing.now),
    )
    for item in entry.parts["deliverables"]:
        done_on = item.values["done_on"]
        has_come = done_on is not None and done_on <= placing.today
        fields = {**item.values, "done_on": done_on if has_come else None}
        placing.place(item, acts=acts, fields=fields, milestone=milestone)


def place_links(placing: Placing, milestones: Placed) -> None:
    """What each milestone waits for."""

    def link(predecessor: Milestone, successor: Milestone, source: object = None, **given: Any) -> Any:
        return link_milestones(predecessor, successor, by=placing.by, **given)

    acts = Acts(create=link, change=partial(change_entry, by=placing.by))
    for entry, milestone in milestones:
        for item in entry.parts["after"]:
            placing.place(item, acts=acts, successor=milestone)


def place_baselines(placing: Placing, entries: Sequence[Entry], roadmap: Roadmap) -> None:
    """Baselines freeze the milestones as first planned; one that is there stays as it is."""

    def freeze(roadmap: Roadmap, approved_by: Person | None, **given: Any) -> Any:
        return set_baseline(roadmap, by=Actor(approved_by, placing.by.door), now=placing.now, **given)

    acts = Acts(create=freeze, change=lambda row, **_given: row)
    for entry in entries:
        if entry.values["approved_on"] > placing.today:
            placing.report.note(Deed.AHEAD, "baselines", entry.label)
            continue
        fields = {("approved_by" if name == "by" else name): value for name, value in entry.values.items()}
        placing.place(entry, acts=acts, fields=fields, roadmap=roadmap)


def place_moves(placing: Placing, milestones: Placed) -> None:
    """Move what was created in this load to where its plan went since, each move with its reason."""
    for entry, milestone in milestones:
        standing, _unused = placing.standings["milestones"].of(entry.identity)
        if standing is Standing.ABSENT:
            for move in entry.parts["moves"]:
                with placing.telling_where(move):
                    reschedule_milestone(milestone, by=placing.by, now=placing.now, **move.values)


def place_updates(placing: Placing, milestones: Placed) -> None:
    """Progress as told, each report once, by the person who gave it; then evidence, of reports and of milestones."""
    told: dict[Actor, list[tuple[Entry, Milestone, Report]]] = defaultdict(list)
    for entry, milestone in milestones:
        for update in entry.parts["updates"]:
            said = placing.resolved({name: value for name, value in update.values.items() if name != "source"})
            actor, day = _acting(placing, said.pop("by")), said["reported_on"]
            _unused, row = placing.standings["updates"].of((milestone.pk, day))
            if row is not None or day > placing.today:
                deed = Deed.UNCHANGED if row is not None else Deed.AHEAD
                placing.report.note(deed, "updates", f"{milestone.code} {day}")
            else:
                told[actor].append((update, milestone, Report(**said)))
    for actor, reports in told.items():
        _place_reports_of(placing, actor, reports)
    for entry, milestone in milestones:
        for evidence in entry.parts["evidence"]:
            _place_evidence(placing, evidence, milestone)


def _place_reports_of(placing: Placing, actor: Actor, reports: list[tuple[Entry, Milestone, Report]]) -> None:
    try:
        given = [(milestone, report) for _entry, milestone, report in reports]
        recorded = record_progress_of_many(given, by=actor, now=placing.now)
    except InvalidItems as error:
        first = min(error.items)
        with placing.telling_where(reports[first][0]):
            raise InvalidChange(error.items[first]) from error
    for (entry, milestone, report), one in zip(reports, recorded, strict=True):
        placing.report.note(Deed.CREATED, "updates", f"{milestone.code} {report.reported_on}")
        for evidence in entry.parts["evidence"]:
            _place_evidence(placing, evidence, milestone, by=actor, progress_update=one.update)


def _place_evidence(
    placing: Placing, evidence: Entry, milestone: Milestone, by: Actor | None = None, **of: Any
) -> None:
    def attach(milestone: Milestone, source: object, reason: str, **given: Any) -> Any:
        return attach_evidence(milestone, by=by or placing.by, now=placing.now, **given, **of)

    acts = Acts(create=attach, change=partial(change_entry, by=placing.by))
    placing.place(evidence, acts=acts, milestone=milestone)


def place_completions(placing: Placing, milestones: Placed) -> None:
    """Close what is told to be done, as of the day told."""
    for entry, milestone in milestones:
        completed_on: date | None = entry.values["completed_on"]
        if completed_on is None or completed_on > placing.today:
            continue
        current = Milestone.objects.get(pk=milestone.pk)
        if current.status in OPEN_STATUSES:
            with placing.telling_where(entry):
                complete_milestone(current, by=placing.by, now=placing.now, completed_on=completed_on)


def place_confirmations(placing: Placing, milestones: Placed) -> None:
    """Confirm what is told to be confirmed, by the person and as of the day told."""
    for entry, milestone in milestones:
        day: date | None = entry.values["verified_on"]
        if day is None or day > placing.today:
            continue
        current = Milestone.objects.get(pk=milestone.pk)
        if current.status == MilestoneStatus.DONE and current.verified_at is None:
            verifier = placing.resolved({"by": entry.values["verified_by"]})["by"]
            with placing.telling_where(entry):
                verify_completion(current, by=_acting(placing, verifier), now=placing.now, verified_on=day)


def _acting(placing: Placing, person: Any) -> Actor:
    """The person that an entry names, through the loader's door; the loader itself where it names nobody."""
    return Actor(person, placing.by.door) if isinstance(person, Person) else placing.by
