"""Taking in a whole answer to a reminder: what belongs to it is recorded in one transaction, and once a form.

The parts are acts of their own: ``answers``, ``progress``, ``milestones``, ``evidence``. Whoever answers about the
milestone has thereby acknowledged it; a snooze says nothing about it.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.answers import acknowledge_reminder, snooze_reminders, take_back_acknowledgement, unsnooze
from roadmap.editing.evidence import attach_evidence
from roadmap.editing.locking import locked_milestone
from roadmap.editing.milestones import complete_milestone
from roadmap.editing.progress import record_progress
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Answer, Milestone, Person, ProgressUpdate
from roadmap.models.history import Actor
from roadmap.progress.facts import milestone_lines
from roadmap.progress.shown import shown_percent
from roadmap.rights import may_edit
from roadmap.validity import check_whole
from roadmap.vocabulary import AnswerKind, EvidenceKind, Language, Rag

CAN_BE_UNDONE = (AnswerKind.TRACK, AnswerKind.NOTED, AnswerKind.SNOOZE)


def answer_on_track(
    milestone: Milestone, *, by: Actor, now: datetime, form_key: str, percent: Decimal | None = None, note: str = ""
) -> Answer:
    """It is on track: a report that says so, with progress as it was where no percentage is given.

    What is overdue can't be on track; there it means "I am on it", which is a report only with a percentage or a note.
    As all answers: the same ``form_key`` again returns what was recorded for it. Raises InvalidChange, NotAllowed.
    """
    with transaction.atomic():
        current, given = _locked(milestone, by, form_key)
        if given:
            return given
        update = None
        is_overdue = current.is_overdue_on(_today(current, now))
        if percent is not None or note or not is_overdue:
            update = _report(
                current, by=by, now=now, percent=percent, note=note, confidence=Rag.AMBER if is_overdue else Rag.GREEN
            )
        acknowledge_reminder(current, by=by, now=now)
        return _kept(current, AnswerKind.TRACK, by=by, now=now, form_key=form_key, update=update)


def answer_noted(milestone: Milestone, *, by: Actor, now: datetime, form_key: str) -> Answer:
    """It was read and will be seen to: an acknowledgement, which reports nothing. Raises as ``answer_on_track``."""
    with transaction.atomic():
        current, given = _locked(milestone, by, form_key)
        if given:
            return given
        acknowledge_reminder(current, by=by, now=now)
        return _kept(current, AnswerKind.NOTED, by=by, now=now, form_key=form_key)


def answer_done(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    form_key: str,
    completed_on: date,
    note: str = "",
    evidence_url: str = "",
) -> Answer:
    """It is done: a report of 100 % with its evidence. Whoever may edit the milestone thereby completes it; for others
    the report says since when it is done, and a lead completes it. Raises as ``answer_on_track``."""
    with transaction.atomic():
        current, given = _locked(milestone, by, form_key)
        if given:
            return given
        if completed_on > _today(current, now):
            raise InvalidChange({"completed_on": _("The day of completion can't lie ahead.")})
        acknowledge_reminder(current, by=by, now=now)
        update = _report(
            current, by=by, now=now, percent=Decimal(100), note=note, confidence=Rag.GREEN, forecast_on=completed_on
        )
        if evidence_url:
            attach_evidence(
                current,
                by=by,
                now=now,
                kind=EvidenceKind.LINK,
                title=evidence_url[:200],
                url=evidence_url,
                progress_update=update,
            )
        completes = by.person is not None and may_edit(by.person, current)
        if completes:
            complete_milestone(current, by=by, now=now, completed_on=completed_on, reason=note)
        return _kept(
            current,
            AnswerKind.DONE,
            by=by,
            now=now,
            form_key=form_key,
            update=update,
            completed_on=completed_on if completes else None,
        )


def answer_forecast(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    form_key: str,
    forecast_on: date,
    why: str,
    percent: Decimal | None = None,
) -> Answer:
    """It will be done on another day: a report with that forecast and the reason. The due date stays as it is.

    Raises as ``answer_on_track``.
    """
    with transaction.atomic():
        current, given = _locked(milestone, by, form_key)
        if given:
            return given
        wrong = {}
        if forecast_on < _today(current, now):
            wrong["forecast_on"] = _("The day on which it will be done can't lie in the past.")
        if not why.strip():
            wrong["why"] = _("Give the reason; it is shown with the report.")
        if wrong:
            raise InvalidChange(wrong)
        update = _report(
            current,
            by=by,
            now=now,
            percent=percent,
            note=why,
            confidence=Rag.AMBER if forecast_on > current.due_on else Rag.GREEN,
            forecast_on=forecast_on,
        )
        acknowledge_reminder(current, by=by, now=now)
        return _kept(current, AnswerKind.FORECAST, by=by, now=now, form_key=form_key, update=update)


def answer_snooze(
    milestone: Milestone, *, by: Actor, now: datetime, form_key: str, until: date, reason: str = ""
) -> Answer:
    """Not before the day ``until``, please. Raises as ``answer_on_track``."""
    with transaction.atomic():
        current, given = _locked(milestone, by, form_key)
        if given:
            return given
        snooze_reminders(current, by=by, now=now, until=until, reason=reason)
        return _kept(current, AnswerKind.SNOOZE, by=by, now=now, form_key=form_key, until=until)


def can_be_taken_back(answer: Answer) -> bool:
    """Reports stay, as all reports do; what only acknowledges or snoozes can be taken back."""
    return answer.update_id is None and answer.kind in CAN_BE_UNDONE


def take_back_answer(answer: Answer, *, by: Actor, now: datetime) -> Answer:
    """Undo one's own acknowledgement or snooze; doing so again changes nothing. Raises InvalidChange for a report or
    where a later answer has taken its place, NotAllowed for another person's."""
    with transaction.atomic():
        locked_milestone(answer.milestone, None)
        current = Answer.objects.select_related("milestone").get(pk=answer.pk)
        if by.person is None or current.person_id != by.person.pk:
            raise NotAllowed(_("Only the person who gave an answer can withdraw it."))
        if current.taken_back_at is not None:
            return current
        later = Answer.objects.filter(milestone=current.milestone, person=by.person, pk__gt=current.pk)
        if not can_be_taken_back(current) or later.filter(taken_back_at=None).exists():
            raise InvalidChange({"__all__": _("This answer can no longer be withdrawn; give a new one instead.")})
        undo = unsnooze if current.kind == AnswerKind.SNOOZE else take_back_acknowledgement
        undo(current.milestone, by=by, now=now)
        current.taken_back_at = now
        current.save(update_fields=["taken_back_at"])
    return current


def _locked(milestone: Milestone, by: Actor, form_key: str) -> tuple[Milestone, Answer | None]:
    """The milestone, locked, and what was recorded for this form already: two clicks wait for each other here."""
    if by.person is None:
        raise NotAllowed(_("Only a person can answer a reminder."))
    current = locked_milestone(milestone, None)
    given = Answer.objects.filter(form_key=form_key).first()
    if given is not None and (given.person_id, given.milestone_id) != (by.person.pk, current.pk):
        raise NotAllowed(_("This form belongs to somebody else; reload the page."))
    return current, given


def _report(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    percent: Decimal | None,
    note: str,
    confidence: str,
    forecast_on: date | None = None,
) -> ProgressUpdate:
    """A report in the person's own language; without a percentage, progress stays where it is."""
    if percent is None:
        earned = milestone_lines([milestone], as_of=_today(milestone, now))[0].figures.earned_percent
        percent = shown_percent(earned, decimals=2)  # else progress of 99.999 would be reported as done
    speaks_english = by.person is not None and by.person.language == Language.ENGLISH
    return record_progress(
        milestone,
        by=by,
        now=now,
        percent_complete=percent,
        confidence=confidence,
        forecast_on=forecast_on,
        narrative_zh="" if speaks_english else note,
        narrative_en=note if speaks_english else "",
    )


def _kept(
    milestone: Milestone,
    kind: AnswerKind,
    *,
    by: Actor,
    now: datetime,
    form_key: str,
    update: ProgressUpdate | None = None,
    until: date | None = None,
    completed_on: date | None = None,
) -> Answer:
    assert isinstance(by.person, Person)  # noqa: S101  # whoever is nobody was refused before
    answer = Answer(
        form_key=form_key,
        kind=kind,
        milestone=milestone,
        person=by.person,
        due_on=milestone.due_on,
        at=now,
        door=by.door,
        update=update,
        until=until,
        completed_on=completed_on,
    )
    check_whole(answer)
    answer.save()
    return answer


def _today(milestone: Milestone, now: datetime) -> date:
    return clock.day_in(milestone.initiative.roadmap.time_zone, at=now)
