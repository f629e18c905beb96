"""When a person wants no mail: their own word, else the installation's (``QUIET_HOURS``, ``QUIET_DAYS_OFF``)."""

from datetime import time

from django.conf import settings

from roadmap.models import Person
from roadmap.outbox.quiet import QuietHours


def quiet_hours_of(person: Person) -> QuietHours:
    """The person's quiet hours, in their zone."""
    begins, until = settings.QUIET_HOURS or (time.min, time.min)
    if person.quiet_from is not None and person.quiet_until is not None:
        begins, until = person.quiet_from, person.quiet_until
    return QuietHours(begins=begins, until=until, zone=person.time_zone)


def rests_on_days_off(person: Person) -> bool:
    """Whether reminders that can wait are kept for the next working day."""
    return bool(settings.QUIET_DAYS_OFF if person.quiet_on_days_off is None else person.quiet_on_days_off)
