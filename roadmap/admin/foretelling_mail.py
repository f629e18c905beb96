"""What an act does to mail, written on the rows of its page."""

from datetime import datetime

from roadmap.admin.foretold import Row
from roadmap.reminders.foretold import mail_earned, mail_withdrawn


def show_mail_that_waits(rows: list[Row]) -> None:
    """Write on each row which reminders wait and would be withdrawn. One query."""
    found = mail_withdrawn([row.milestone.pk for row in rows if row.would_be])
    for row in rows:
        row.mail += found.get(row.milestone.pk, [])


def foretell_mail(rows: list[Row], *, now: datetime) -> None:
    """Write on each row what it earns as it would be."""
    told = mail_earned([row.would_be for row in rows if row.would_be is not None], now=now)
    for row in rows:
        row.mail += told.get(row.would_be.pk, []) if row.would_be is not None else []
