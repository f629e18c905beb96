"""Acts by which people answer reminders: acknowledge, snooze, and take either back. Each speaks for the actor alone.

An acknowledgement says "I see to it" and keeps the reminder from being escalated; reminders go on. A snooze silences
reminders to this one person for some days; it escalates like silence. A report is ``record_progress``.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.locking import locked_milestone
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Acknowledgement, Milestone, Person, Snooze
from roadmap.models.history import Actor, note_change
from roadmap.outbox.withdraw import withdraw_reminders_to
from roadmap.rights import require_answer, require_snooze
from roadmap.validity import check_whole
from roadmap.vocabulary import OPEN_STATUSES

SAME_CLICK = timedelta(minutes=1)
LONGEST_SNOOZE = timedelta(days=30)
LONGEST_SNOOZE_WHEN_DUE = timedelta(days=7)


def latest_snooze(*, due_on: date, today: date) -> date:
    """The last day until which reminders may be snoozed.

    Before the due date: that date, and 30 days at most, so that nobody sleeps through it. From it on: 7 days.
    """
    if due_on > today:
        return min(due_on, today + LONGEST_SNOOZE)
    return today + LONGEST_SNOOZE_WHEN_DUE


def acknowledge_reminder(milestone: Milestone, *, by: Actor, now: datetime) -> Acknowledgement:
    """Note that the actor sees to the milestone by its present due date. Within a minute, a second click is the same
    one; later ones renew ``at``. Raises InvalidChange for a closed milestone, NotAllowed for whom isn't responsible.
    """
    with transaction.atomic():
        current, person = _open_milestone(milestone, by)
        require_answer(by, current)
        given = Acknowledgement.objects.filter(milestone=current, person=person, due_on=current.due_on).first()
        if given is not None and now - given.at < SAME_CLICK:
            return given
        acknowledgement = given or Acknowledgement(milestone=current, person=person, due_on=current.due_on)
        acknowledgement.at, acknowledgement.door = now, by.door
        check_whole(acknowledgement)
        note_change(acknowledgement, by=by)
        acknowledgement.save()
        _look_anew(current, now)
    return acknowledgement


def take_back_acknowledgement(milestone: Milestone, *, by: Actor, now: datetime) -> bool:
    """Forget what the actor acknowledged for the present due date (its history stays); False when there is nothing."""
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        given = Acknowledgement.objects.filter(milestone=current, person=by.person, due_on=current.due_on).first()
        if given is None:
            return False
        note_change(given, by=by)
        given.delete()
        _look_anew(current, now)
    return True


def snooze_reminders(milestone: Milestone, *, by: Actor, now: datetime, until: date, reason: str = "") -> Snooze:
    """No reminders of the milestone to the actor before the day ``until``; what waits to be sent is withdrawn, and
    told on that day if it is still true. A later snooze takes the place of an earlier one.

    Raises InvalidChange for a closed milestone or a day outside tomorrow … ``latest_snooze``; NotAllowed.
    """
    with transaction.atomic():
        current, person = _open_milestone(milestone, by)
        require_snooze(by, current)
        today = clock.day_in(current.initiative.roadmap.time_zone, at=now)
        latest = latest_snooze(due_on=current.due_on, today=today)
        if not today < until <= latest:
            raise InvalidChange(
                {
                    "until": _("Give a day from %(first)s to %(last)s.")
                    % {"first": date_format(today + timedelta(days=1)), "last": date_format(latest)}
                }
            )
        found = Snooze.objects.filter(milestone=current, person=person).first()
        snooze = found or Snooze(milestone=current, person=person)
        snooze.due_on, snooze.until, snooze.reason, snooze.created_at = current.due_on, until, reason, now
        check_whole(snooze)
        note_change(snooze, by=by, reason=reason)
        snooze.save()
        withdraw_reminders_to(person, about=current)
        _look_anew(current, now)
    return snooze


def unsnooze(milestone: Milestone, *, by: Actor, now: datetime) -> bool:
    """End the actor's snooze (its history stays); False when there is none."""
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        snooze = Snooze.objects.filter(milestone=current, person=by.person).first()
        if snooze is None:
            return False
        note_change(snooze, by=by)
        snooze.delete()
        _look_anew(current, now)
    return True


def _open_milestone(milestone: Milestone, by: Actor) -> tuple[Milestone, Person]:
    """The milestone, locked, and who answers. The system itself answers nothing."""
    if by.person is None:
        raise NotAllowed(_("Only a person can answer a reminder."))
    current = locked_milestone(milestone, None)
    if current.status not in OPEN_STATUSES:
        raise InvalidChange({"milestone": _("This milestone is closed; no answer is needed.")})
    return current, by.person


def _look_anew(milestone: Milestone, now: datetime) -> None:
    Milestone.objects.filter(pk=milestone.pk).ask_planner_to_look(at=now)
