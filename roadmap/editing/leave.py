"""Acts on leave: enter it, change it, take it back. Reminders that wait to be sent are reconsidered each time."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_arrange_leave
from roadmap.errors import InvalidChange
from roadmap.models import Leave, Milestone, Person, ReminderOccurrence
from roadmap.models.history import Actor, note_change
from roadmap.outbox.withdraw import withdraw_reminders_among
from roadmap.validity import check_fields, check_whole
from roadmap.vocabulary import PersonKind


def enter_leave(person: Person, *, by: Actor, now: datetime, reason: str = "", **fields: Any) -> Leave:
    """A new leave of ``person`` with ``Leave``'s other fields. Raises InvalidChange naming what is wrong; NotAllowed
    for all but the person, who leads their organisation, and the programme office."""
    check_fields(Leave, fields, kept_by_acts={"person"})
    with transaction.atomic():
        _lock(person)
        return _write(Leave(person=person, **fields), by=by, now=now, reason=reason)


def change_leave(leave: Leave, *, by: Actor, now: datetime, reason: str = "", **fields: Any) -> Leave:
    """Change days, deputy or what becomes of digests. Raises as ``enter_leave``."""
    check_fields(Leave, fields, kept_by_acts={"person"})
    with transaction.atomic():
        _lock(leave.person)
        current = Leave.objects.select_related("person").get(pk=leave.pk)
        for name, value in fields.items():
            setattr(current, name, value)
        return _write(current, by=by, now=now, reason=reason)


def end_leave(leave: Leave, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Take a leave back, whether it lies ahead or is under way; its history stays. Raises NotAllowed."""
    require_arrange_leave(by, leave.person)
    with transaction.atomic():
        _lock(leave.person)
        note_change(leave, by=by, reason=reason)
        person = leave.person
        leave.delete()
        _reconsider(person, now)


def _lock(person: Person) -> None:
    """One change of a person's leave at a time, so that two can't overlap."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _write(leave: Leave, *, by: Actor, now: datetime, reason: str) -> Leave:
    require_arrange_leave(by, leave.person)
    wrong: dict[str, Any] = {}
    deputy = leave.deputy if leave.deputy_id else None
    if deputy is not None and not (deputy.is_active and deputy.email and deputy.kind == PersonKind.HUMAN):
        wrong["deputy"] = _("No mail reaches this person, so they can't stand in.")
    if deputy is not None and deputy.pk == leave.person_id:
        wrong["deputy"] = _("Somebody else has to stand in.")
    check_whole(leave, found_wrong=wrong)
    others = Leave.objects.filter(person=leave.person, from_on__lte=leave.until_on, until_on__gte=leave.from_on)
    if others.exclude(pk=leave.pk).exists():
        raise InvalidChange({"from_on": _("Another leave of this person covers some of these days.")})
    note_change(leave, by=by, reason=reason)
    leave.save()
    _reconsider(leave.person, now)
    return leave


def _reconsider(person: Person, now: datetime) -> None:
    """Forget what waits to be sent to the person, or to others in their place: the planner earns it anew."""
    reached = ReminderOccurrence.objects.filter(Q(recipient=person) | Q(instead_of=person), message__isnull=False)
    unsent = reached.filter(message__sent_at__isnull=True)
    about = list(unsent.values_list("milestone", flat=True).distinct())
    Milestone.objects.filter(pk__in=about).ask_planner_to_look(at=now)
    withdraw_reminders_among(unsent)
