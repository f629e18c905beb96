"""Compares what milestones have earned with what was planned, whatever their ``remind_at`` says.

The schedule is a column, which can be wrong: after a restored backup, a hand in the database, or a fault of ours.
Here it is reckoned anew, a slice at a time, and where it would be too late the planner is asked to look.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from roadmap.clock import CLOCKS_MAY_DIFFER
from roadmap.models import Milestone
from roadmap.outbox.rounds import SLICE, Compared, compare_slice
from roadmap.reminders.known import Known, known_about
from roadmap.reminders.look import look_at

log = logging.getLogger(__name__)

NAME = "reminders"


def heal_missed_reminders(*, now: datetime, limit: int = SLICE) -> Compared:
    """Compare the next up to ``limit`` milestones of the round under way, and put right what is wrong.

    The number of queries depends neither on how many there are nor on how many are wrong.
    """
    soon = now + CLOCKS_MAY_DIFFER  # by then the planner sees the others; what an edit has set is by another clock
    asleep = Milestone.objects.told_of().filter(Q(remind_at=None) | Q(remind_at__gt=soon))
    rows = asleep.select_related("initiative__roadmap", "phase", "organisation", "owner")
    return compare_slice(NAME, rows, put_right=lambda some: _put_right(some, rows, now), now=now, limit=limit)


def missed_among(milestones: Sequence[Milestone], known: Known, *, now: datetime) -> list[Milestone]:
    """Those that have earned something unplanned by ``now``, or whose next look would come after it is needed."""
    found = []
    for milestone in milestones:
        earned, needed_at = look_at(milestone, known, now=now)
        is_late = needed_at is not None and (milestone.remind_at is None or needed_at < milestone.remind_at)
        if is_late or any(news.told or news.folded for news in earned):
            found.append(milestone)
    return found


def _put_right(some: Sequence[Milestone], rows: QuerySet[Milestone], now: datetime) -> int:
    wrong = missed_among(some, known_about(some, now=now), now=now)
    if wrong:
        with transaction.atomic():
            wrong = _still_wrong(rows.filter(pk__in=[one.pk for one in wrong]), now)
            Milestone.objects.filter(pk__in=[one.pk for one in wrong]).let_planner_catch_up()
    if wrong:
        log.error(
            "%d milestones would have been reminded of too late or never; the planner looks again: %s",
            len(wrong),
            ", ".join(one.code for one in wrong[:10]),
        )
    return len(wrong)


def _still_wrong(rows: QuerySet[Milestone], now: datetime) -> list[Milestone]:
    """Those that are so still, locked: what was read before an edit isn't held against what is planned since."""
    locked = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    return missed_among(locked, known_about(locked, now=now), now=now)
