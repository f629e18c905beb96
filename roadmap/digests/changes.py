"""What happened on a roadmap within a window of time: milestones added, done, moved, cancelled; progress reported."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, Subquery

from roadmap.clock import day_in
from roadmap.models import Milestone, ProgressUpdate, Roadmap
from roadmap.vocabulary import MilestoneStatus

# A report or completion put down now for a day longer past than this is history being filled in, not news
NEWS_FOR = timedelta(days=31)


@dataclass(frozen=True)
class Move:
    """A due date that moved, from what it was when the window opened, with the last mover's reason."""

    was: date
    reason: str


@dataclass(frozen=True)
class Changes:
    """What happened, by the milestones' primary keys; a report is the newest one taken in."""

    added: frozenset[int]
    done: frozenset[int]
    cancelled: frozenset[int]
    moved: dict[int, Move]
    reported: dict[int, ProgressUpdate]


def changes_between(roadmap: Roadmap, *, start: datetime, end: datetime) -> Changes:
    """What happened after ``start`` up to and with ``end``, on every milestone of the roadmap; three queries."""
    news_from = day_in(roadmap.time_zone, at=start) - NEWS_FOR
    written: defaultdict[int, list[Any]] = defaultdict(list)
    for row in _history(roadmap).filter(history_date__gt=start, history_date__lte=end):
        written[row.id].append(row)
    before = _states_at(start, list(written))
    added, done, cancelled = set(), set(), set()
    moved: dict[int, Move] = {}
    for milestone_id, rows in written.items():
        states = [before[milestone_id], *rows] if milestone_id in before else rows
        first, last = states[0], states[-1]
        is_given_up = last.status == MilestoneStatus.CANCELLED
        # what came and was given up within the window is told once, as given up (as ``progress.differences`` has it)
        if first.history_type == "+" and milestone_id not in before and not is_given_up:
            added.add(milestone_id)
        if last.status == MilestoneStatus.DONE != first.status and last.completed_on >= news_from:
            done.add(milestone_id)
        if last.status == MilestoneStatus.CANCELLED != first.status and last.cancelled_on >= news_from:
            cancelled.add(milestone_id)
        if last.due_on != first.due_on:
            moves = [new for old, new in pairwise(states) if new.due_on != old.due_on]
            moved[milestone_id] = Move(was=first.due_on, reason=moves[-1].history_change_reason)
    reported = _reports(roadmap, start, end, news_from)
    return Changes(frozenset(added), frozenset(done), frozenset(cancelled), moved, reported)


def _history(roadmap: Roadmap) -> Any:
    return Milestone.history.filter(initiative__roadmap=roadmap).order_by("history_date", "history_id")


def _states_at(instant: datetime, milestone_ids: list[int]) -> dict[int, Any]:
    """Each milestone as it was then; those made later are missing."""
    rows = Milestone.history.filter(history_date__lte=instant)
    latest = rows.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
    return {row.id: row for row in rows.filter(id__in=milestone_ids, history_id=Subquery(latest)).order_by()}


def _reports(roadmap: Roadmap, start: datetime, end: datetime, news_from: date) -> dict[int, ProgressUpdate]:
    taken_in = ProgressUpdate.objects.filter(
        milestone__initiative__roadmap=roadmap,
        recorded_at__gt=start,
        recorded_at__lte=end,
        reported_on__gte=news_from,
    )
    ordered = taken_in.order_by("reported_on", "id").select_related("reported_by")
    return {update.milestone_id: update for update in ordered}
