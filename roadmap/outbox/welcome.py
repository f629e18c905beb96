"""From when on a mail is welcome to its reader. Asked when it is planned, and once more whenever it is claimed.

So what was tried again, or waited for an outage or a hold to end, keeps as quiet as what goes at once.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from roadmap.clock import day_in
from roadmap.models import OutboxMessage, WorkdayOverride
from roadmap.outbox import claim
from roadmap.outbox.habits import quiet_hours_of, rests_on_days_off
from roadmap.outbox.quiet import end_of_quiet, first_working_time
from roadmap.outbox.render import BatchMemory
from roadmap.workdays import WorkCalendar

CalendarOf = Callable[[str], WorkCalendar]  # by the calendar's code


def welcome_from(row: OutboxMessage, *, at: datetime, calendar_of: CalendarOf) -> datetime:
    """``at`` itself where the mail is welcome then, else the first later instant at which it is, by the working days
    of its reader. No query but those of ``calendar_of``."""
    if row.awaited_until is not None and at <= row.awaited_until:
        return at
    hours = quiet_hours_of(row.recipient)
    if row.of_use_until is not None and rests_on_days_off(row.recipient):
        rested = first_working_time(at, hours, is_working=calendar_of(row.recipient.calendar).is_working)
        if day_in(hours.zone, at=rested) <= row.of_use_until:
            return rested
    return end_of_quiet(at, hours)


def calendars() -> CalendarOf:
    """The calendars; the overrides of each are fetched at the first question about it, if there is one."""
    return cache(WorkdayOverride.objects.calendar)


def welcome_among(rows: Sequence[OutboxMessage], memory: BatchMemory) -> list[OutboxMessage]:
    """Those of the claimed ``rows`` that are welcome now; the claims on the others end until they are.

    No query where all are welcome, else one for each instant to which some are put off; a calendar's, once a run.
    """
    calendar_of = memory.once("calendars", calendars)
    welcome: list[OutboxMessage] = []
    later: defaultdict[datetime, list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        at = welcome_from(row, at=memory.now, calendar_of=calendar_of)
        (welcome if at <= memory.now else later[at]).append(row)
    for at, waiting in later.items():
        claim.put_off(waiting, until=at)
    return welcome
