"""What was known of a roadmap at a past instant: its milestones as they then stood, with the reports taken in by then.

Not to be confused with figures *as of* a day, which also use what was told later about that day (``facts``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import OuterRef, Subquery

from roadmap.models import Baseline, BaselineEntry, Deliverable, Milestone, ProgressUpdate, Roadmap
from roadmap.models.history import tracked_columns
from roadmap.progress.facts import MilestoneLine, deliverable_percents, facts_of
from roadmap.progress.measure import measure_milestone
from roadmap.progress.series import share_done

Row = TypeVar("Row", bound=models.Model)
DELETED = "-"


def lines_known_at(
    roadmap: Roadmap,
    *,
    instant: datetime,
    today: date,
    present: Sequence[MilestoneLine],
    of: Collection[int] | None = None,
) -> dict[int, MilestoneLine]:
    """Each milestone that was there at ``instant``, by primary key, measured on ``today`` (its day then) from what was
    known then: dates, weight and state from the history, reports by when they were taken in, the baseline in force.

    ``present`` are the roadmap's lines of now; what didn't change since is taken from them. At most eleven queries.
    ``of`` names the milestones that are asked for: all of which anything was told since, and ``present`` are theirs.
    Only plain columns and ids of the milestones are those of then; whatever they refer to is as it is now.
    """
    now = {line.milestone.pk: line.milestone for line in present}
    milestones = _as_they_were(Milestone, Milestone.history.filter(initiative__roadmap=roadmap), instant, now)
    updates = _latest_reports(roadmap, instant, today, present)
    shares = _shares(roadmap, instant, today, of)
    baseline = _baseline(roadmap, instant, today, of)
    return {
        pk: MilestoneLine(
            milestone=milestone,
            figures=measure_milestone(
                facts_of(milestone, updates.get(pk), shares.get(pk), baseline.get(pk)), today=today
            ),
            latest_update=updates.get(pk),
        )
        for pk, milestone in milestones.items()
    }


def _as_they_were(model: type[Row], history: Any, instant: datetime, now: Mapping[int, Row]) -> dict[int, Row]:
    """The rows as they stood at the instant: those of ``now``, put back where the history tells of later changes."""
    touched = set(history.filter(history_date__gt=instant).order_by().values_list("id", flat=True))
    if not touched:
        return dict(now)
    then = {pk: row for pk, row in now.items() if pk not in touched}
    at_hand = _related_at_hand(now.values())
    for record in _last_records(model, touched, instant):
        if record.history_type != DELETED:
            row = model(**{name: getattr(record, name) for name in tracked_columns(model)})
            for name in {name for name, _pk in at_hand}:
                related = at_hand.get((name, getattr(row, f"{name}_id")))
                if related is not None:
                    setattr(row, name, related)
            then[record.id] = row
    return then


def _last_records(model: type[models.Model], ids: Iterable[int], instant: datetime) -> Any:
    """The last history record of each row up to the instant."""
    past = model.history.filter(history_date__lte=instant)  # type: ignore[attr-defined]
    latest = past.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
    return past.filter(id__in=list(ids), history_id=Subquery(latest)).order_by()


def _related_at_hand(rows: Iterable[models.Model]) -> dict[tuple[str, object], models.Model]:
    """What the rows refer to and was fetched with them, by column and key, so that past rows need no fetching."""
    return {
        (name, related.pk): related
        for row in rows
        for name, related in row._state.fields_cache.items()
        if isinstance(related, models.Model)
    }


def _latest_reports(
    roadmap: Roadmap, instant: datetime, today: date, present: Sequence[MilestoneLine]
) -> dict[int, ProgressUpdate]:
    later = ProgressUpdate.every.turned_after(instant).filter(milestone__initiative__roadmap=roadmap)
    fresh = set(later.order_by().values_list("milestone", flat=True))
    found = {
        line.milestone.pk: line.latest_update
        for line in present
        if line.latest_update is not None and line.milestone.pk not in fresh
    }
    if fresh:
        older = ProgressUpdate.every.known_at(instant).filter(milestone__in=fresh, reported_on__lte=today)
        found.update((update.milestone_id, update) for update in older.order_by("reported_on", "id"))
    return found


def _shares(roadmap: Roadmap, instant: datetime, today: date, of: Collection[int] | None) -> dict[int, Decimal]:
    """The weighted percentage of each milestone's deliverables that were done."""
    asked = Milestone.objects.filter(initiative__roadmap=roadmap)
    shares = deliverable_percents(asked if of is None else asked.filter(pk__in=of), as_of=today)
    ids = Milestone.objects.filter(initiative__roadmap=roadmap).order_by().values("pk")
    history = Deliverable.history.filter(milestone__in=ids)
    touched = set(history.filter(history_date__gt=instant).order_by().values_list("milestone_id", flat=True))
    if touched:
        now = {item.pk: item for item in Deliverable.objects.filter(milestone__in=touched).order_by()}
        then = _as_they_were(Deliverable, Deliverable.history.filter(milestone__in=touched), instant, now)
        for pk in touched:
            share = share_done((item for item in then.values() if item.milestone_id == pk), today)
            shares.pop(pk, None)
            if share is not None:
                shares[pk] = share
    return shares


def _baseline(roadmap: Roadmap, instant: datetime, today: date, of: Collection[int] | None) -> dict[int, BaselineEntry]:
    """The entries of the baseline that was in force, as far as it had been entered."""
    later = Baseline.history.filter(roadmap=roadmap, history_type="+", history_date__gt=instant)
    approved = Baseline.objects.filter(roadmap=roadmap, approved_on__lte=today).exclude(pk__in=later.values("id"))
    in_force = approved.order_by("-approved_on", "-id").first()
    if in_force is None:
        return {}
    entries = BaselineEntry.objects.filter(baseline=in_force).order_by()
    return {entry.milestone_id: entry for entry in (entries if of is None else entries.filter(milestone__in=of))}
