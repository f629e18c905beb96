"""What differs in a roadmap between two instants, as the plan was known at each: from the history, never from memory.

Which kinds of difference there are is ``vocabulary.PlanDifference``; days become instants by ``replay.end_of``.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from roadmap.fields import MILESTONE
from roadmap.models import Baseline, Initiative, Milestone, Person, Phase, ProgressUpdate, Roadmap
from roadmap.progress.frame_then import fetch_frame, put
from roadmap.progress.replay import last_known, records_between, rows_at
from roadmap.vocabulary import OPEN_STATUSES, MilestoneStatus, PlanDifference

# The columns that each kind of difference compares; those of a state are told in ``_turn``.
COMPARED: dict[PlanDifference, tuple[str, ...]] = {
    kind: columns
    for kind in PlanDifference
    if (columns := tuple(one.column.attname for one in MILESTONE if one.differs is kind))
}

TOLD = ("id", "history_date", "history_user_id", "door", "history_change_reason")  # of each edit


@dataclass(frozen=True)
class Edit:
    """One edit in between: when, by whom (None: the program), through which door (``vocabulary.Door``), and why."""

    at: datetime
    by: Person | None
    door: str
    reason: str


@dataclass(frozen=True)
class MilestoneDifference:
    """One milestone that differs. ``was`` is None where it wasn't there at first, ``now`` where it isn't at last.

    Both are rows as they stood then, not to be saved, with initiative (and its pillar), phase, workstream, organisation
    and owner at hand, so that no page fetches anything. ``percent_was`` and ``percent_now`` are the percentages last
    reported by then (None: none), set only where a report came in between. ``kinds`` are in the vocabulary's order,
    ``edits`` oldest first.
    """

    was: Milestone | None
    now: Milestone | None
    kinds: tuple[PlanDifference, ...]
    edits: tuple[Edit, ...]
    percent_was: Decimal | None = None
    percent_now: Decimal | None = None

    @property
    def shown(self) -> Milestone:
        """The milestone as it stood last."""
        row = self.now or self.was
        assert row is not None  # noqa: S101  # one of the two is always there
        return row

    @property
    def slip_days(self) -> int:
        """By how many calendar days the due date moved; later is positive, 0 where it wasn't there at both ends."""
        return (self.now.due_on - self.was.due_on).days if self.was and self.now else 0

    @property
    def reason(self) -> str:
        """The last reason that somebody gave; empty where nobody did."""
        return next((edit.reason for edit in reversed(self.edits) if edit.reason), "")


@dataclass(frozen=True)
class GateMove:
    """A phase whose dates differ; ``was`` or ``now`` is None where it wasn't there."""

    was: Phase | None
    now: Phase | None


@dataclass(frozen=True)
class PlanDifferences:
    """What differs after ``start`` up to and with ``end``; milestones by due date, baselines as they were approved."""

    start: datetime
    end: datetime
    milestones: tuple[MilestoneDifference, ...]
    gates: tuple[GateMove, ...]
    baselines: tuple[Baseline, ...]

    def of(self, kind: PlanDifference) -> tuple[MilestoneDifference, ...]:
        """The milestones that differ in this way."""
        return tuple(one for one in self.milestones if kind in one.kinds)

    @property
    def counts(self) -> dict[PlanDifference, int]:
        """How many milestones differ in each way, in the vocabulary's order; ways without any are missing."""
        return {kind: found for kind in PlanDifference if (found := len(self.of(kind)))}


def differences_between(roadmap: Roadmap, *, start: datetime, end: datetime) -> PlanDifferences:
    """What was added, removed, moved, reweighted, reassigned, reworded, reported on, completed, confirmed, cancelled,
    reopened or put elsewhere after ``start`` up to and with ``end`` (instants; of days: ``replay.end_of``).

    It compares the two ends: what went and came back in between doesn't differ, though its edits are in the history.
    At most eighteen queries, however many milestones there are. The website's and the admin's pages both show this.
    """
    mine = Initiative.history.filter(roadmap=roadmap).order_by().values("id")
    edits: defaultdict[int, list[Any]] = defaultdict(list)
    records = records_between(Milestone, start, end).filter(initiative_id__in=mine)
    for record in records.values_list(*TOLD, named=True):
        edits[record.id].append(record)
    percents = _reported(mine, start, end)
    ids = edits.keys() | percents.keys()
    before, after = rows_at(Milestone, start, of=ids), rows_at(Milestone, end, of=ids)
    fetch_frame([*before.values(), *after.values()], until=end)
    people = last_known(Person, of={one.history_user_id for rows in edits.values() for one in rows} - {None}, until=end)
    found = []
    for pk in ids:
        was, now = (_if_in(roadmap, row) for row in (before.get(pk), after.get(pk)))
        kinds = kinds_between(was, now, was_reported_on=pk in percents)
        if kinds:
            told = tuple(
                Edit(one.history_date, people.get(one.history_user_id), one.door, one.history_change_reason)
                for one in edits[pk]
            )
            found.append(MilestoneDifference(was, now, kinds, told, *percents.get(pk, (None, None))))
    found.sort(key=lambda one: (one.shown.due_on, one.shown.pk))
    return PlanDifferences(start, end, tuple(found), _gates(roadmap, start, end), _baselines(roadmap, start, end))


def kinds_between(was: Milestone | None, now: Milestone | None, *, was_reported_on: bool) -> tuple[PlanDifference, ...]:
    """In which ways the two differ."""
    if was is None or now is None:
        if now is None:
            return () if was is None else (PlanDifference.REMOVED,)
        # what came and was given up in between was never of the plan at either end: it is told once, as given up
        is_gone = now.status == MilestoneStatus.CANCELLED
        return (PlanDifference.CANCELLED,) if is_gone else (PlanDifference.ADDED,)
    kinds = {
        kind for kind, columns in COMPARED.items() if any(getattr(was, name) != getattr(now, name) for name in columns)
    }
    kinds |= _turn(was, now)
    if was_reported_on:
        kinds.add(PlanDifference.REPORTED)
    return tuple(kind for kind in PlanDifference if kind in kinds)


def _turn(was: Milestone, now: Milestone) -> set[PlanDifference]:
    """What became of its state."""
    turns = set()
    if now.verified_at is not None and was.verified_at != now.verified_at:
        turns.add(PlanDifference.CONFIRMED)
    if was.status == now.status == MilestoneStatus.DONE:
        is_confirmed_no_more = was.verified_at is not None and now.verified_at is None
        if was.completed_on != now.completed_on or is_confirmed_no_more:  # taken back into work in between, done anew
            turns.add(PlanDifference.COMPLETED)
    if was.status != now.status:
        if now.status == MilestoneStatus.DONE:
            turns.add(PlanDifference.COMPLETED)
        elif now.status == MilestoneStatus.CANCELLED:
            turns.add(PlanDifference.CANCELLED)
        elif was.status not in OPEN_STATUSES:
            turns.add(PlanDifference.REOPENED)
    return turns


def is_newly_overdue(was: Milestone | None, now: Milestone, *, first: date, last: date) -> bool:
    """Whether what is overdue on the last day became so after the first. ``was`` is how it was known on the first day.

    What was entered in between, due before the first day already, was overdue all along; only we didn't know.
    """
    return now.is_overdue_on(last) and not (now.due_on < first if was is None else was.is_overdue_on(first))


def _if_in(roadmap: Roadmap, row: Milestone | None) -> Milestone | None:
    return row if row is not None and row.initiative.roadmap_id == roadmap.pk else None


def _reported(
    initiatives: QuerySet[Any], start: datetime, end: datetime
) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """The percentages last reported as known at the two instants, of the milestones of which a report came or was
    withdrawn in between; three queries."""
    reports = ProgressUpdate.every.filter(milestone__initiative_id__in=initiatives)
    before, after = reports.known_at(start), reports.known_at(end)
    turned = (
        after.filter(recorded_at__gt=start) | before.filter(withdrawn_at__lte=end)  # came to stay, or had been and went
    )
    fresh = set(turned.order_by().values_list("milestone_id", flat=True))
    if not fresh:
        return {}
    was, now = (
        dict(
            rows.filter(milestone__in=fresh).order_by("reported_on", "id").values_list("milestone", "percent_complete")
        )
        for rows in (before, after)
    )
    return {pk: (was.get(pk), now.get(pk)) for pk in fresh}


def _gates(roadmap: Roadmap, start: datetime, end: datetime) -> tuple[GateMove, ...]:
    touched = set(records_between(Phase, start, end).filter(roadmap=roadmap).values_list("id", flat=True))
    if not touched:
        return ()
    before, after = rows_at(Phase, start, of=touched), rows_at(Phase, end, of=touched)
    moves = [GateMove(before.get(pk), after.get(pk)) for pk in sorted(touched)]
    return tuple(one for one in moves if dates_of(one.was) != dates_of(one.now))


def dates_of(phase: Phase | None) -> tuple[Any, ...] | None:
    return (phase.starts_on, phase.gate_on) if phase else None


def _baselines(roadmap: Roadmap, start: datetime, end: datetime) -> tuple[Baseline, ...]:
    """Those entered in between and not taken away again, with who approved them."""
    made = records_between(Baseline, start, end).filter(roadmap=roadmap, history_type="+").values("id")
    baselines = rows_at(Baseline, end, of=set(made.values_list("id", flat=True)))
    people = last_known(Person, of={one.approved_by_id for one in baselines.values()} - {None}, until=end)
    for baseline in baselines.values():
        put(baseline, "approved_by", people)
    return tuple(sorted(baselines.values(), key=lambda one: (one.approved_on, one.pk)))
