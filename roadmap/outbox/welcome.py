"""From when on a mail is welcome to its reader. Asked when it is planned, and once more whenever it is claimed.

So what was tried again, or waited for an outage or a hold to end, keeps as quiet as what goes at once.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache

from roadmap.clock import day_in
from roadmap.models import OutboxMessage, WorkdayOverride
from roadmap.outbox import claim
from roadmap.outbox.habits import quiet_hours_of, rests_on_days_off
from roadmap.outbox.quiet import end_of_quiet, first_working_time
from roadmap.outbox.render import BatchMemory
from roadmap.workdays import WorkCalendar

WorkedOn = Callable[[date], bool]


def welcome_from(row: OutboxMessage, *, at: datetime, is_working: WorkedOn) -> datetime:
    """``at`` itself where the mail is welcome then, else the first later instant at which it is. No query."""
    if row.awaited_until is not None and at <= row.awaited_until:
        return at
    hours = quiet_hours_of(row.recipient)
    if row.of_use_until is not None and rests_on_days_off(row.recipient):
        rested = first_working_time(at, hours, is_working=is_working)
        if day_in(hours.zone, at=rested) <= row.of_use_until:
            return rested
    return end_of_quiet(at, hours)


def working_days() -> WorkedOn:
    """Whether a day is worked; the overrides are fetched at the first question, if there is one."""

    @cache
    def calendar() -> WorkCalendar:
        return WorkdayOverride.objects.calendar()

    return lambda day: calendar().is_working(day)


def welcome_among(rows: Sequence[OutboxMessage], memory: BatchMemory) -> list[OutboxMessage]:
    """Those of the claimed ``rows`` that are welcome now; the claims on the others end until they are.

    No query where all are welcome, else one for each instant to which some are put off; the calendar's, once a run.
    """
    is_working = memory.once("working days", working_days)
    welcome: list[OutboxMessage] = []
    later: defaultdict[datetime, list[OutboxMessage]] = defaultdict(list)
    for row in rows:
        at = welcome_from(row, at=memory.now, is_working=is_working)
        (welcome if at <= memory.now else later[at]).append(row)
    for at, waiting in later.items():
        claim.put_off(waiting, until=at)
    return welcome
