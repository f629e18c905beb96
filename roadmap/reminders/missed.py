"""Compares what milestones have earned with what was planned, whatever their ``remind_at`` says.

The schedule is a column, which can be wrong: after a restored backup, a hand in the database, or a fault of ours.
Here it is reckoned anew, a slice at a time, and where it would be too late the planner is asked to look.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, Q

from roadmap.models import Milestone
from roadmap.reminders.known import Known, known_about
from roadmap.reminders.look import look_at

log = logging.getLogger(__name__)

SLICE = 500
TURN_SECONDS = 600


def heal_missed_reminders(*, now: datetime, limit: int = SLICE) -> int:
    """Compare the slice whose turn it is at ``now``, of up to ``limit`` milestones; returns how many were put right.

    Slices follow each other every ``TURN_SECONDS``, so that nothing has to be remembered between the runs. The number
    of queries depends neither on how many there are nor on how many are wrong.
    """
    last = Milestone.objects.aggregate(last=Max("pk"))["last"] or 0
    first = int(now.timestamp() // TURN_SECONDS) % (last // limit + 1) * limit
    asleep = Milestone.objects.told_of().filter(Q(remind_at=None) | Q(remind_at__gt=now))  # the planner sees the others
    rows = list(
        asleep.filter(pk__gte=first, pk__lt=first + limit).select_related(
            "initiative__roadmap", "organisation", "owner"
        )
    )
    wrong = missed_among(rows, known_about(rows), now=now) if rows else []
    if wrong:
        Milestone.objects.filter(pk__in=[one.pk for one in wrong]).ask_planner_to_look(at=now)
        log.error(
            "%d milestones would have been reminded of too late or never; the planner looks again: %s",
            len(wrong),
            ", ".join(one.code for one in wrong[:10]),
        )
    return len(wrong)


def missed_among(milestones: Sequence[Milestone], known: Known, *, now: datetime) -> list[Milestone]:
    """Those that have earned something unplanned by ``now``, or whose next look would come after it is needed."""
    found = []
    for milestone in milestones:
        earned, needed_at = look_at(milestone, known, now=now)
        is_late = needed_at is not None and (milestone.remind_at is None or needed_at < milestone.remind_at)
        if is_late or any(news.told or news.folded for news in earned):
            found.append(milestone)
    return found
