"""The act of reporting: progress updates are appended, never changed."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.locking import locked_milestone
from roadmap.errors import InvalidChange
from roadmap.models import Milestone, ProgressUpdate
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_report
from roadmap.validity import check_whole
from roadmap.vocabulary import MilestoneStatus, Provenance, Rag


def record_progress(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    percent_complete: Decimal | int,
    reported_on: date | None = None,
    confidence: str = Rag.GREEN,
    forecast_on: date | None = None,
    narrative_zh: str = "",
    narrative_en: str = "",
    provenance: str = Provenance.ENTERED,
) -> ProgressUpdate:
    """Append a report of ``percent_complete`` (0 to 100) as of ``reported_on`` (default: the roadmap's today).

    A planned milestone of which progress is reported becomes *in progress*. Raises InvalidChange for a day ahead, a
    percentage out of range, or a cancelled milestone; NotAllowed outside the actor's rights.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_report(by, current)
        today = clock.day_in(current.initiative.roadmap.time_zone, at=now)
        _check_report(current, percent_complete=percent_complete, reported_on=reported_on, today=today)
        update = ProgressUpdate(
            milestone=current,
            percent_complete=percent_complete,
            reported_on=reported_on or today,
            confidence=confidence,
            forecast_on=forecast_on,
            narrative_zh=narrative_zh,
            narrative_en=narrative_en,
            reported_by=by.person,
            door=by.door,
            provenance=provenance,
        )
        check_whole(update)
        update.save()
        if current.status == MilestoneStatus.PLANNED and update.percent_complete > 0:
            current.status = MilestoneStatus.ACTIVE
            current.version += 1
            note_change(current, by=by)  # the report, of the same instant, says why
            current.save()
    return update


def _check_report(milestone: Milestone, *, percent_complete: object, reported_on: date | None, today: date) -> None:
    wrong = {}
    if not _is_percentage(percent_complete):
        wrong["percent_complete"] = _("Write a percentage from 0 to 100.")
    if reported_on is not None and reported_on > today:
        wrong["reported_on"] = _("A report can't speak of a day ahead.")
    if milestone.status == MilestoneStatus.CANCELLED:
        wrong["milestone"] = _("This milestone is cancelled; reopen it before you report.")
    if wrong:
        raise InvalidChange(wrong)


def _is_percentage(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return False
    return Decimal(value).is_finite() and 0 <= value <= 100
