"""Which reminders a person may leave: those before a due date, and all that go to watchers and contributors.

What is overdue or passed up must be read. Here are also the acts by which a person leaves them and takes them again;
each looks after the mail that waits.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.coded_reasons import coded
from roadmap.errors import NotAllowed
from roadmap.models import Milestone, Person, ReminderOccurrence
from roadmap.models.history import Actor, note_change
from roadmap.outbox.withdraw import withdraw_reminders_among
from roadmap.rights import may_administer
from roadmap.vocabulary import UNANSWERED, Audience, Door

BEFORE_THE_DUE_DATE = "T-"  # as in due=2026-12-31/T-30 and due=2026-12-31/evidence-T-14
NOT_THEIR_OWN = (Audience.WATCHERS, Audience.CONTRIBUTORS)
IS_OPTIONAL = Q(audience__in=NOT_THEIR_OWN) | (
    Q(occurrence__contains=BEFORE_THE_DUE_DATE) & ~Q(occurrence__contains=UNANSWERED)
)


def is_optional(occurrence: str, *, audience: str) -> bool:
    """Whether the reminder of that name (``due=2026-12-31/T-30``) is sent only to those who want it.

    To watchers and contributors, who don't answer for the milestone, all are. The same as ``IS_OPTIONAL`` in a query.
    """
    was_passed_up = UNANSWERED in occurrence
    return audience in NOT_THEIR_OWN or (BEFORE_THE_DUE_DATE in occurrence and not was_passed_up)


def leave_optional_reminders(person: Person, *, by: Actor, now: datetime, reason: str = "") -> Person:
    """No more optional reminders, those that wait to be sent included; left already, nothing is written.

    Raises NotAllowed for other people's, except by the programme office.
    """
    with transaction.atomic():
        current = _own(person, by)
        if current.optional_reminders:
            current.optional_reminders = False
            _write(current, by=by, reason=reason)
            waiting = ReminderOccurrence.objects.filter(recipient=current)
            withdraw_reminders_among(waiting.filter(IS_OPTIONAL))
    return current


def leave_from_mail(number: int, now: datetime) -> bool:
    """The same for the person of that number, by the link in a mail; False when the account is gone or closed."""
    person = Person.objects.filter(pk=number, is_active=True).first()
    if person is not None:
        leave_optional_reminders(person, by=Actor(person, Door.MAIL), now=now, reason=coded("left-by-mail"))
    return person is not None


def take_optional_reminders(person: Person, *, by: Actor, now: datetime, reason: str = "") -> Person:
    """Optional reminders again, from the next threshold on. Raises as ``leave_optional_reminders``."""
    with transaction.atomic():
        current = _own(person, by)
        if not current.optional_reminders:
            current.optional_reminders = True
            _write(current, by=by, reason=reason)
            own = Q(owner=current.pk) | Q(organisation__lead=current.pk)
            Milestone.objects.still_open().filter(own).ask_planner_to_look(at=now)
    return current


def _own(person: Person, by: Actor) -> Person:
    is_own = by.person is not None and by.person.is_active and by.person.pk == person.pk
    if by.person is not None and not is_own and not may_administer(by.person):
        raise NotAllowed(_("You may change your own reminders only."))
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _write(person: Person, *, by: Actor, reason: str) -> None:
    note_change(person, by=by, reason=reason)
    person.save(update_fields=["optional_reminders"])
