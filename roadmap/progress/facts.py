"""Gets the facts that the rules need from the database, for any set of milestones, in four queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, F, Model, OuterRef, QuerySet, Subquery, Sum, Value, When

from roadmap import clock
from roadmap.models import (
    Baseline,
    BaselineEntry,
    Deliverable,
    Milestone,
    Organisation,
    Person,
    ProgressUpdate,
    Roadmap,
)
from roadmap.progress.measure import MilestoneFacts, MilestoneFigures, measure_milestone, share_percent
from roadmap.vocabulary import Rag


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone with its figures and its latest report up to the day (None while there is none)."""

    milestone: Milestone
    figures: MilestoneFigures
    latest_update: ProgressUpdate | None


def milestone_lines(milestones: QuerySet[Milestone] | list[Milestone], *, as_of: date) -> list[MilestoneLine]:
    """The given milestones, in their order, each measured as of the day. Four queries, one less for a list.

    ``latest_update`` comes without its reporter; select what a page shows of the milestone in the queryset.
    """
    rows = list(milestones)
    if not rows:
        return []
    updates = latest_updates(milestones, as_of=as_of)
    shares = deliverable_percents(milestones, as_of=as_of)
    baseline = baseline_entries(milestones, as_of=as_of)
    return [
        MilestoneLine(
            milestone=milestone,
            figures=measure_milestone(
                facts_of(milestone, updates.get(milestone.pk), shares.get(milestone.pk), baseline.get(milestone.pk)),
                today=as_of,
            ),
            latest_update=updates.get(milestone.pk),
        )
        for milestone in rows
    ]


def roadmap_lines(roadmap: Roadmap, *, as_of: date) -> list[MilestoneLine]:
    """Every milestone of the roadmap by due date, measured as of the day. Nine queries, however many there are.

    Initiative (and its pillar), phase, workstream, organisation and owner are at hand.
    """
    lines = milestone_lines(Milestone.objects.filter(initiative__roadmap=roadmap), as_of=as_of)
    _hand_out(lines, "phase", roadmap.phases.all())
    _hand_out(lines, "workstream", roadmap.workstreams.all())
    _hand_out(lines, "initiative", roadmap.initiatives.select_related("pillar"))
    _hand_out(lines, "organisation", Organisation.objects.all())
    _hand_out(lines, "owner", Person.objects.filter(milestones__initiative__roadmap=roadmap).distinct())
    return lines


def lines_on_their_day(
    milestones: list[Milestone], *, as_of: date | None, now: datetime
) -> list[tuple[MilestoneLine, date]]:
    """The milestones in their order, each with its figures and the day these are of; three queries a day.

    That day is ``as_of``, or else today in the time zone of the milestone's roadmap, which must be at hand.
    """
    groups: dict[date, list[Milestone]] = defaultdict(list)
    for milestone in milestones:
        groups[as_of or clock.day_in(milestone.initiative.roadmap.time_zone, at=now)].append(milestone)
    found = {
        line.milestone.pk: (line, day)
        for day, members in groups.items()
        for line in milestone_lines(members, as_of=day)
    }
    return [found[milestone.pk] for milestone in milestones]


def _hand_out(lines: Iterable[MilestoneLine], name: str, owners: Iterable[Model]) -> None:
    """Set each milestone's ``name`` from rows already fetched: a join would make each of them anew for every line."""
    by_id = {owner.pk: owner for owner in owners}
    for line in lines:
        key = getattr(line.milestone, f"{name}_id")
        if key in by_id:  # else it came after ``owners`` was read, and is fetched when asked for
            setattr(line.milestone, name, by_id[key])


def facts_of(
    milestone: Milestone, update: ProgressUpdate | None, share: Decimal | None, entry: BaselineEntry | None
) -> MilestoneFacts:
    return MilestoneFacts(
        id=milestone.pk,
        weight=milestone.weight,
        planned_start_on=milestone.planned_start_on,
        due_on=milestone.due_on,
        baseline_start_on=entry.planned_start_on if entry else None,
        baseline_due_on=entry.due_on if entry else None,
        completed_on=milestone.completed_on,
        cancelled_on=milestone.cancelled_on,
        verified_on=milestone.verified_on,
        reported_percent=update.percent_complete if update else None,
        reported_on=update.reported_on if update else None,
        confidence=Rag(update.confidence) if update else None,
        forecast_on=update.forecast_on if update else None,
        deliverable_percent=share,
        entered_on=milestone.entered_on,
        verify_by=milestone.verify_by,
    )


def _ids(milestones: QuerySet[Milestone] | list[Milestone]) -> Any:
    """What ``pk__in`` takes: a subquery for a whole queryset, the ids for a page of it."""
    if isinstance(milestones, list) or milestones.query.is_sliced:
        return [milestone.pk for milestone in milestones]
    return milestones.order_by().values("pk")


def latest_updates(milestones: QuerySet[Milestone] | list[Milestone], *, as_of: date) -> dict[int, ProgressUpdate]:
    """Each milestone's report that counts on the day, by its id; those without are missing. One query."""
    if connection.features.can_distinct_on_fields:  # read through by the index, and not looked up one by one
        told = ProgressUpdate.objects.filter(milestone__in=_ids(milestones), reported_on__lte=as_of)
        newest = told.order_by("milestone_id", "-reported_on", "-id").distinct("milestone_id")
        return {update.milestone_id: update for update in newest}
    latest = (
        ProgressUpdate.objects.filter(milestone=OuterRef("pk"), reported_on__lte=as_of)
        .order_by("-reported_on", "-id")
        .values("pk")[:1]
    )
    ids = Milestone.objects.filter(pk__in=_ids(milestones)).order_by().annotate(latest=Subquery(latest))
    found = ProgressUpdate.objects.filter(pk__in=ids.values("latest")).order_by()
    return {update.milestone_id: update for update in found}


def deliverable_percents(milestones: QuerySet[Milestone] | list[Milestone], *, as_of: date) -> dict[int, Decimal]:
    """The weighted percentage of each milestone's deliverables that were done on the day; those without are missing."""
    sums = (
        Deliverable.objects.filter(milestone__in=_ids(milestones))
        .order_by()
        .values("milestone")
        .annotate(
            total=Sum("weight"),
            done=Sum(Case(When(done_on__lte=as_of, then=F("weight")), default=Value(Decimal(0)))),
        )
    )
    shares = {row["milestone"]: share_percent(done=row["done"], total=row["total"]) for row in sums}
    return {pk: share for pk, share in shares.items() if share is not None}


def baseline_entries(milestones: QuerySet[Milestone] | list[Milestone], *, as_of: date) -> dict[int, BaselineEntry]:
    """Each milestone's entry in the baseline that was in force on the day."""
    in_force = (
        Baseline.objects.filter(roadmap=OuterRef("milestone__initiative__roadmap"), approved_on__lte=as_of)
        .order_by("-approved_on", "-id")
        .values("pk")[:1]
    )
    found = BaselineEntry.objects.filter(milestone__in=_ids(milestones), baseline=Subquery(in_force)).order_by()
    return {entry.milestone_id: entry for entry in found}
