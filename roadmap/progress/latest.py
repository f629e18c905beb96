"""The latest changes of a roadmap, newest first: what became of which milestone on which day, by which edits.

The kinds of difference are those of ``differences``, and so is the source: the history. A page shows a few of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from roadmap import clock
from roadmap.models import Baseline, Initiative, Milestone, Person, Phase, ProgressUpdate, Roadmap
from roadmap.progress.differences import Edit, GateMove, MilestoneDifference, dates_of, kinds_between
from roadmap.progress.frame_then import fetch_frame
from roadmap.progress.kept import Rows, question_of, rows_while_unchanged
from roadmap.progress.replay import REMOVED, end_of, last_known, row_of, rows_at
from roadmap.vocabulary import Door, PlanDifference

MADE = "+"
LOOKED_AT = 40  # records of the history; what an import changed by the thousand is told in one line
AT_ONCE = 3  # milestones made or removed on one day, from which they are told in one line
DAY = timedelta(days=1)
REFERRING = {PlanDifference.REASSIGNED, PlanDifference.REPLACED}


@dataclass(frozen=True)
class MilestoneChanged:
    """What became of one milestone on a day; ``report`` is the day's last.

    What the rows refer to is at hand where it differs, and only there.
    """

    day: date
    difference: MilestoneDifference
    report: ProgressUpdate | None


@dataclass(frozen=True)
class ManyAtOnce:
    """``total`` milestones were made or removed on one day. Phases that were put in, and baselines that a command set,
    on a day on which that many were made belong to the same load, and aren't told besides."""

    day: date
    kind: PlanDifference
    total: int


@dataclass(frozen=True)
class GateMoved:
    """The dates of a phase were changed, or it was put in or taken out."""

    day: date
    move: GateMove
    edit: Edit


@dataclass(frozen=True)
class BaselineSet:
    """A baseline was entered."""

    day: date
    baseline: Baseline
    edit: Edit


LatestChange = MilestoneChanged | ManyAtOnce | GateMoved | BaselineSet


@dataclass
class _Event:
    """One that may be shown, before anything that it refers to is fetched."""

    day: date
    at: datetime
    kind: str
    records: list[Any] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)  # newest first
    was: Any = None
    now: Any = None
    kinds: tuple[PlanDifference, ...] = ()


def latest_changes(roadmap: Roadmap, *, as_of: date, most: int, milestones: int = 0) -> list[LatestChange]:
    """At most ``most`` changes made or reported up to and with the day, the newest first.

    Edits lie on the day on which they were made, reports on the day that they speak of. Milestones made or removed by
    the dozen are one change. A bounded number of queries and rows, however many ``milestones`` there are about; where
    there are many, which reports are the newest is kept while the plan is unchanged.
    """
    until = end_of(as_of, zone=roadmap.time_zone)
    reports = _newest_reports(roadmap, as_of=as_of, most=2 * most, milestones=milestones)
    events = [
        *_of_milestones(roadmap, until=until, reports=reports),
        *_of_phases(roadmap, until=until),
        *_of_baselines(roadmap, until=until, most=most),
    ]
    chosen = sorted(_in_one_line(events), key=lambda one: (one.day, one.at), reverse=True)[:most]
    moved = [row for one in chosen if REFERRING & set(one.kinds) for row in (one.was, one.now) if row]
    if moved:
        fetch_frame(moved, until=until)
    users = {record.history_user_id for one in chosen for record in one.records} - {None}
    people = last_known(Person, of=users, until=until) if users else {}
    return [_told(one, roadmap, people) for one in chosen]


def _told(one: _Event, roadmap: Roadmap, people: dict[Any, Person]) -> LatestChange:
    edits = tuple(
        Edit(each.history_date, people.get(each.history_user_id), each.door, each.history_change_reason)
        for each in one.records
    )
    match one.kind:
        case "many":
            total = _history_of(roadmap).filter(
                history_type=MADE if one.kinds[0] == PlanDifference.ADDED else REMOVED,
                history_date__gt=end_of(one.day - DAY, zone=roadmap.time_zone),
                history_date__lte=end_of(one.day, zone=roadmap.time_zone),
            )
            return ManyAtOnce(one.day, one.kinds[0], total.count())
        case "phase":
            return GateMoved(one.day, GateMove(one.was, one.now), edits[-1])
        case "baseline":
            return BaselineSet(one.day, one.now, edits[-1])
    reports = one.reports
    percents = (reports[-1].percent_before, reports[0].percent_complete) if reports else (None, None)
    difference = MilestoneDifference(one.was, one.now, one.kinds, edits, *percents)
    return MilestoneChanged(one.day, difference, reports[0] if reports else None)


def _of_milestones(roadmap: Roadmap, *, until: datetime, reports: Iterable[Any]) -> list[_Event]:
    """By milestone and day, those on which something that readers see became different; three queries."""
    zone = roadmap.time_zone
    newest = list(
        _history_of(roadmap)
        .filter(history_date__lte=until)
        .order_by("-history_date", "-history_id")
        .values_list("id", "history_date")[:LOOKED_AT]
    )
    events: dict[tuple[int, date], _Event] = {}
    if newest:
        ids = {pk for pk, _at in newest}
        before = end_of(clock.day_in(zone, at=newest[-1][1]) - DAY, zone=zone)
        rows: dict[int, Any] = dict(rows_at(Milestone, before, of=ids))
        records = Milestone.history.filter(id__in=ids, history_date__gt=before, history_date__lte=until)
        for record in records.order_by("history_date", "history_id"):
            key = (record.id, clock.day_in(zone, at=record.history_date))
            if key not in events:
                events[key] = _Event(key[1], record.history_date, "milestone", was=rows.get(record.id))
            one = events[key]
            rows[record.id] = one.now = None if record.history_type == REMOVED else row_of(Milestone, record)
            one.at = record.history_date
            one.records.append(record)
    for report in reports:
        key = (report.milestone_id, report.reported_on)
        if key not in events:
            events[key] = _Event(key[1], report.recorded_at, "milestone", was=report.milestone, now=report.milestone)
        events[key].reports.append(report)
    for one in events.values():
        one.kinds = kinds_between(one.was, one.now, was_reported_on=bool(one.reports))
    return [one for one in events.values() if one.kinds]


def _newest_reports(roadmap: Roadmap, *, as_of: date, most: int, milestones: int) -> QuerySet[ProgressUpdate]:
    """Each with ``percent_before``, which was reported before it; which they are is kept (``kept``)."""
    newest = ProgressUpdate.objects.filter(milestone__initiative__roadmap=roadmap, reported_on__lte=as_of)
    in_order = newest.order_by("-reported_on", "-id")

    def make() -> Rows:
        return [[pk] for pk in in_order.values_list("pk", flat=True)[:most]]

    question = question_of(f"newest reports {most}", roadmap_id=roadmap.pk, day=as_of)
    rows = rows_while_unchanged(question, make, milestones=lambda _rows: milestones)
    ids = [pk for (pk,) in rows if pk is not None]
    earlier = ProgressUpdate.objects.filter(milestone=OuterRef("milestone")).filter(
        Q(reported_on__lt=OuterRef("reported_on")) | Q(reported_on=OuterRef("reported_on"), id__lt=OuterRef("id"))
    )
    before = Subquery(earlier.order_by("-reported_on", "-id").values("percent_complete")[:1])
    return in_order.filter(pk__in=ids).annotate(percent_before=before).select_related("milestone", "reported_by")


def _in_one_line(events: Iterable[_Event]) -> list[_Event]:
    """The events, with milestones that were made or removed on one day folded where there are many."""
    found: list[_Event] = []
    alike: defaultdict[tuple[date, PlanDifference], list[_Event]] = defaultdict(list)
    for one in events:
        if one.kind == "milestone" and one.kinds[0] in (PlanDifference.ADDED, PlanDifference.REMOVED):
            alike[one.day, one.kinds[0]].append(one)
        else:
            found.append(one)
    for (day, kind), ones in alike.items():
        if len(ones) < AT_ONCE:
            found += ones
        else:
            found.append(_Event(day, max(one.at for one in ones), "many", kinds=(kind,)))
    loaded = {one.day for one in found if one.kind == "many" and one.kinds[0] == PlanDifference.ADDED}
    return [one for one in found if not (one.day in loaded and _is_of_a_load(one))]


def _is_of_a_load(event: _Event) -> bool:
    """A phase put in, or a baseline set by a command."""
    if event.kind == "baseline":
        return bool(event.records[0].door == Door.COMMAND)
    return event.kind == "phase" and event.was is None


def _of_phases(roadmap: Roadmap, *, until: datetime) -> list[_Event]:
    """Each change of a phase's dates; one query."""
    records = Phase.history.filter(roadmap=roadmap, history_date__lte=until).order_by("history_date", "history_id")
    by_phase: defaultdict[int, list[Any]] = defaultdict(list)
    for record in records:
        by_phase[record.id].append(record)
    events = []
    for rows in by_phase.values():
        for earlier, later in pairwise([None, *rows]):
            was, now = (row_of(Phase, one) if one and one.history_type != REMOVED else None for one in (earlier, later))
            if later and dates_of(was) != dates_of(now):
                events.append(_event("phase", later, roadmap, was=was, now=now))
    return events


def _of_baselines(roadmap: Roadmap, *, until: datetime, most: int) -> list[_Event]:
    """Of those that are still there."""
    gone = Baseline.history.filter(history_type=REMOVED, history_date__lte=until).order_by().values("id")
    made = Baseline.history.filter(roadmap=roadmap, history_type=MADE, history_date__lte=until).exclude(id__in=gone)
    records: Sequence[Any] = made.order_by("-history_date", "-history_id")[:most]
    return [_event("baseline", one, roadmap, now=row_of(Baseline, one)) for one in records]


def _event(kind: str, record: Any, roadmap: Roadmap, *, was: Any = None, now: Any = None) -> _Event:
    day = clock.day_in(roadmap.time_zone, at=record.history_date)
    return _Event(day, record.history_date, kind, records=[record], was=was, now=now)


def _history_of(roadmap: Roadmap) -> QuerySet[Any]:
    """The records of the milestones that were in this roadmap then."""
    mine = Initiative.history.filter(roadmap=roadmap).order_by().values("id")
    history: QuerySet[Any] = Milestone.history.filter(initiative_id__in=mine)
    return history
