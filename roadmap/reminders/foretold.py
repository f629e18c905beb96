"""What a change does to mail, in words: which unsent reminders it withdraws, and which it earns."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap import clock
from roadmap.models import Milestone, ReminderOccurrence
from roadmap.reminders.ahead import would_be_told
from roadmap.vocabulary import MessageState

TOLD_OF_EACH = 3


def mail_withdrawn(milestones: Sequence[int]) -> dict[int, list[str]]:
    """By milestone (ids), the reminders that wait and would be withdrawn. One query."""
    unsent = ReminderOccurrence.objects.filter(milestone__in=milestones, message__state=MessageState.PENDING)
    found: dict[int, list[ReminderOccurrence]] = {}
    for one in unsent.select_related("rule", "recipient").order_by("pk"):
        found.setdefault(one.milestone_id, []).append(one)
    told = {}
    for pk, waiting in found.items():
        told[pk] = [
            _("withdrawn: the unsent reminder “%(rule)s” to %(person)s")
            % {"rule": one.rule.name, "person": one.recipient}
            for one in waiting[:TOLD_OF_EACH]
        ]
        if more := len(waiting[TOLD_OF_EACH:]):
            words = ngettext("withdrawn: %(count)d more reminder", "withdrawn: %(count)d more reminders", more)
            told[pk].append(words % {"count": more})
    return told


def mail_earned(would_be: Sequence[Milestone], *, now: datetime) -> dict[int, list[str]]:
    """By milestone, what it earns as it would be: what is told at once, and what comes next."""
    told = {}
    earned_by = would_be_told(would_be, now=now)
    for one in would_be:
        if one.pk not in earned_by:
            continue
        earned = earned_by[one.pk]
        words = [_("sent at once: the reminder “%(rule)s”") % {"rule": each.rule.name} for each in earned.at_once]
        if earned.next is not None:
            day = clock.day_in(one.initiative.roadmap.time_zone, at=earned.next.threshold.at)
            text = _("next: the reminder “%(rule)s” on %(day)s")
            words.append(text % {"rule": earned.next.rule.name, "day": date_format(day, "Y-m-d")})
        elif not earned.at_once:
            words.append(_("no reminders from then on"))
        told[one.pk] = words
    return told
