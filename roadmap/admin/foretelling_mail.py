"""What an act does to mail: which unsent reminders it withdraws, and which it earns."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.admin.foretold import Row
from roadmap.admin.marks import day_text
from roadmap.models import ReminderOccurrence
from roadmap.reminders.ahead import would_be_told
from roadmap.vocabulary import MessageState

TOLD_OF_EACH = 3


def show_mail_that_waits(rows: list[Row]) -> None:
    """Write on each row which reminders wait and would be withdrawn. One query."""
    unsent = ReminderOccurrence.objects.filter(
        milestone__in=[row.milestone.pk for row in rows if row.would_be], message__state=MessageState.PENDING
    )
    found: dict[int, list[ReminderOccurrence]] = {}
    for one in unsent.select_related("rule", "recipient").order_by("pk"):
        found.setdefault(one.milestone_id, []).append(one)
    for row in rows:
        waiting = found.get(row.milestone.pk, [])
        for one in waiting[:TOLD_OF_EACH]:
            row.mail.append(
                _("withdrawn: the unsent reminder “%(rule)s” to %(person)s")
                % {"rule": one.rule.name, "person": one.recipient}
            )
        if more := len(waiting[TOLD_OF_EACH:]):
            row.mail.append(
                ngettext("withdrawn: %(count)d more reminder", "withdrawn: %(count)d more reminders", more)
                % {"count": more}
            )


def foretell_mail(rows: list[Row], *, now: datetime) -> None:
    """Write on each row what it earns as it would be: what is told at once, and what comes next."""
    told = would_be_told([row.would_be for row in rows if row.would_be is not None], now=now)
    for row in rows:
        if row.would_be is None or row.would_be.pk not in told:
            continue
        earned = told[row.would_be.pk]
        row.mail += [_("sent at once: the reminder “%(rule)s”") % {"rule": one.rule.name} for one in earned.at_once]
        if earned.next is not None:
            day = clock.day_in(row.milestone.initiative.roadmap.time_zone, at=earned.next.threshold.at)
            text = _("next: the reminder “%(rule)s” on %(day)s")
            row.mail.append(text % {"rule": earned.next.rule.name, "day": day_text(day)})
        elif not earned.at_once:
            row.mail.append(_("no reminders from then on"))
