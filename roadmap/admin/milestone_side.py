"""What stands beside a milestone's form: its latest changes, the reminders to come, the mails that went out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadmap.admin.history import Change, changes_of
from roadmap.models import Milestone, Person, ReminderOccurrence
from roadmap.reminders.ahead import Ahead, reminders_ahead
from roadmap.rights import may_administer, may_see_reminders

CHANGES, AHEAD, MAILS = 5, 5, 5


@dataclass(frozen=True)
class Side:
    """What the reader may see of it. ``mails`` are reminders with their mail and recipient, newest first."""

    changes: list[Change]
    may_see_mail: bool
    may_open_mail: bool
    ahead: list[Ahead]
    mails: list[Any]


def side_of(milestone: Milestone, *, reader: Person, now: datetime) -> Side:
    """A fixed number of queries; those on mail only for whoever may see reminders of the milestone."""
    _page, changes = changes_of(Milestone, milestone.pk, page=None)
    if not may_see_reminders(reader, milestone):
        return Side(changes[:CHANGES], False, False, [], [])
    told = ReminderOccurrence.objects.filter(milestone=milestone, message__isnull=False)
    mails = told.select_related("rule", "recipient", "message").defer("message__rendered").order_by("-pk")
    return Side(
        changes=changes[:CHANGES],
        may_see_mail=True,
        may_open_mail=may_administer(reader),
        ahead=reminders_ahead(milestone, now=now)[:AHEAD],
        mails=list(mails[:MAILS]),
    )
