"""The acts of reporting: progress updates are appended, never changed, and withdrawn where they were wrong.

Many at once: ``many_reports.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.locking import locked_milestone, look_anew_at, refuse_behind_the_verifier
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, Person, ProgressUpdate
from roadmap.models.bilingual import own_column
from roadmap.models.history import Actor, note_change
from roadmap.outbox.announce import announce, milestone_happenings, progress_happenings, withdrawal_happening
from roadmap.progress.facts import latest_updates
from roadmap.rights import may_edit, may_report, require_report
from roadmap.validity import check_whole
from roadmap.vocabulary import HookEvent, MilestoneStatus, Provenance, Rag


@dataclass(frozen=True)
class Report:
    """What a reporter says: percent (0 to 100), as of which day (default: the roadmap's today), and so on.

    ``external_ref`` is the reporter's own name for the report; empty where there is none.
    """

    percent_complete: Decimal | int
    reported_on: date | None = None
    confidence: str = Rag.GREEN
    forecast_on: date | None = None
    narrative_zh: str = ""
    narrative_en: str = ""
    external_ref: str = ""
    provenance: str = Provenance.ENTERED

    def is_told_by(self, update: ProgressUpdate) -> bool:
        """Whether the stored update says the same; a day that isn't given was the day of the first telling."""
        return (
            self.percent_complete == update.percent_complete
            and self.reported_on in {None, update.reported_on}
            and self.confidence == update.confidence
            and self.forecast_on == update.forecast_on
            and self.narrative_zh == update.narrative_zh
            and self.narrative_en == update.narrative_en
        )


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
    external_ref: str = "",
    provenance: str = Provenance.ENTERED,
) -> ProgressUpdate:
    """Append a report; the update. Sent again by the same reporter under its ``external_ref``, it isn't doubled.

    A planned milestone of which progress is reported becomes *in progress*; its unsent reminders are
    looked at anew. Raises InvalidChange for a day ahead, a percentage out of range, progress that falls without a word
    on why, a forecast for a day before the report's, a cancelled milestone, or a reference under which something else
    was reported; NotAllowed outside the actor's rights.
    """
    report = Report(
        percent_complete=percent_complete,
        reported_on=reported_on,
        confidence=confidence,
        forecast_on=forecast_on,
        narrative_zh=narrative_zh,
        narrative_en=narrative_en,
        external_ref=external_ref,
        provenance=provenance,
    )
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_report(by, current)
        known = ProgressUpdate.every.filter(milestone=current, reported_by=by.person, external_ref=external_ref).first()
        if external_ref and known is not None:
            if not report.is_told_by(known):
                raise InvalidChange(SOMETHING_ELSE)
            return known
        today = clock.day_in(current.initiative.roadmap.time_zone, at=now)
        if wrong := faults_of_report(current, report, today=today, before=newest_reports([current]).get(current.pk)):
            raise InvalidChange(wrong)
        update = update_of(current, report, by=by, today=today)
        check_whole(update)
        note_change(update, by=by)
        update.save()
        happenings = progress_happenings([update])
        if sets_to_work(update):
            current.status = MilestoneStatus.ACTIVE
            current.version += 1
            note_change(current, by=by)  # the report, of the same instant, says why
            current.save()
            happenings += milestone_happenings(HookEvent.MILESTONE_CHANGED, [current])
        announce(happenings, now=now)
        look_anew_at(current, now=now)
    return update


def may_withdraw(person: Person, update: ProgressUpdate) -> bool:
    """May say that the report was wrong: who may edit its milestone, and its author for as long as they may report."""
    is_own = update.reported_by_id == person.pk and may_report(person, update.milestone)
    return is_own or may_edit(person, update.milestone)


def withdraw_progress(update: ProgressUpdate, *, by: Actor, now: datetime, reason: str) -> ProgressUpdate:
    """Say that a report was wrong. It stays to be read, with who withdrew it, when and why, and counts no more; what
    was known before that stays so. The milestone's status, plan and evidence stay as they are.

    Raises NotAllowed unless ``may_withdraw`` is true; InvalidChange without a reason, for a report that is withdrawn
    already, or while the milestone is verified and the report came before that.
    """
    with transaction.atomic():
        milestone = locked_milestone(update.milestone, None)
        current = ProgressUpdate.every.get(pk=update.pk)
        current.milestone = milestone
        if by.person is None or not may_withdraw(by.person, current):
            raise NotAllowed(_("A report is withdrawn by its author or by whoever may edit its milestone."))
        if not reason.strip():
            raise InvalidChange({"reason": _("Give the reason why the report is withdrawn.")})
        if current.withdrawn_at is not None:
            raise InvalidChange({"__all__": _("This report is withdrawn already.")})
        refuse_behind_the_verifier(milestone, there_since=current.recorded_at)
        current.withdrawn_at, current.withdrawn_by, current.withdrawn_reason = now, by.person, reason.strip()
        check_whole(current)
        note_change(current, by=by, reason=current.withdrawn_reason)
        current.save()
        announce([withdrawal_happening(current)], now=now)
        look_anew_at(milestone, now=now)
    return current


SOMETHING_ELSE: dict[str, str | Promise] = {
    "external_ref": _("You have already reported something else under this reference.")
}


def newest_reports(milestones: Sequence[Milestone]) -> dict[int, ProgressUpdate]:
    """The report of each milestone that counts now, by its id; those never reported on are missing. One query."""
    return latest_updates(list(milestones), as_of=date.max)


def falls(report: Report, *, before: ProgressUpdate | None, today: date) -> bool:
    """Whether the report would count from now on, and tells of less than the one that counts so far."""
    counts = before is not None and (report.reported_on or today) >= before.reported_on
    return counts and before is not None and report.percent_complete < before.percent_complete


def faults_of_report(
    milestone: Milestone, report: Report, *, today: date, before: ProgressUpdate | None
) -> dict[str, str | Promise]:
    """What is wrong with reporting this of the milestone, by field; empty where nothing is. ``before`` is the report
    that counts so far."""
    wrong: dict[str, str | Promise] = {}
    if not _is_percentage(report.percent_complete):
        wrong["percent_complete"] = _("Write a percentage from 0 to 100.")
    elif falls(report, before=before, today=today) and not (report.narrative_zh + report.narrative_en).strip():
        wrong[own_column("narrative")] = _("Progress is lower than in the report before: give the reason.")
    if report.reported_on is not None and report.reported_on > today:
        wrong["reported_on"] = _("A report can't be about a day in the future.")
    is_ahead = report.forecast_on is None or report.forecast_on >= (report.reported_on or today)
    if not is_ahead and report.percent_complete != 100:  # with all of it done, the day tells since when it is
        wrong["forecast_on"] = _("What isn't done yet can't be forecast for a day before that of the report.")
    if milestone.status == MilestoneStatus.CANCELLED:
        wrong["milestone"] = _("This milestone is cancelled; reopen it before you report.")
    return wrong


def update_of(milestone: Milestone, report: Report, *, by: Actor, today: date) -> ProgressUpdate:
    """The report as a row, not yet saved."""
    return ProgressUpdate(
        milestone=milestone,
        percent_complete=report.percent_complete,
        reported_on=report.reported_on or today,
        confidence=report.confidence,
        forecast_on=report.forecast_on,
        narrative_zh=report.narrative_zh,
        narrative_en=report.narrative_en,
        external_ref=report.external_ref,
        provenance=report.provenance,
        reported_by=by.person,
        door=by.door,
    )


def sets_to_work(update: ProgressUpdate) -> bool:
    """Whether its milestone, planned until now, is under way with this report."""
    return update.milestone.status == MilestoneStatus.PLANNED and update.percent_complete > 0


def _is_percentage(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return False
    return Decimal(value).is_finite() and 0 <= value <= 100
