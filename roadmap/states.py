"""What it means that a milestone is open, overdue or without a recent report. Pure: days in, answers out.

The same for any number of rows, as the database is asked it: ``progress.conditions``. A test compares the two.
"""

from datetime import date

SILENT_AFTER_DAYS = 30
DUE_SOON_DAYS = 30


def has_come(day: date | None, today: date) -> bool:
    """Whether there is such a day, and it isn't ahead."""
    return day is not None and day <= today


def is_open(*, completed_on: date | None, cancelled_on: date | None, today: date) -> bool:
    """Neither done nor cancelled by the day."""
    return not (has_come(completed_on, today) or has_come(cancelled_on, today))


def is_overdue(*, is_open: bool, due_on: date, today: date) -> bool:
    """Open past its due date."""
    return is_open and due_on < today


def is_due_soon(*, is_open: bool, due_on: date, today: date) -> bool:
    """Open, and due today or within the next 30 days."""
    return is_open and 0 <= (due_on - today).days <= DUE_SOON_DAYS


def silent_since(*, planned_start_on: date, reported_on: date | None, entered_on: date | None) -> date:
    """The day from which a report is missed: that of the last report or, without any, the one on which the milestone
    was entered; never before its planned start, as nothing is to be reported until then."""
    return max(planned_start_on, reported_on or entered_on or planned_start_on)


def is_silent(*, is_open: bool, since: date, today: date) -> bool:
    """Open, and without a report for 30 days or longer."""
    return is_open and (today - since).days >= SILENT_AFTER_DAYS


def is_verification_overdue(*, is_done: bool, is_verified: bool, verify_by: date | None, today: date) -> bool:
    """Reported as done, and not verified by the day that was given for it."""
    return is_done and not is_verified and verify_by is not None and verify_by < today
