"""What is counted in working days is worked out anew once a year's schedule becomes known, or a day's changes."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from roadmap.models import Milestone, PublishedYear
from roadmap.models.reminder import counts_working_days
from roadmap.vocabulary import CalendarCode, PublishedBy
from roadmap.workdays import LAST_PUBLISHED


def notice_published_years(*, now: datetime, put_right: Callable[[CalendarCode, int], None] | None = None) -> bool:
    """Note the last year that the program's own calendar data know; when it is new here, let the planner look anew, and
    ``put_right`` what else depends on the calendar's days from that year on, in the same transaction.

    Returns whether it was new. One query where it wasn't, so that each tick may ask.
    """
    known = {
        "calendar": CalendarCode.MAINLAND,
        "year": LAST_PUBLISHED,
        "published_by": PublishedBy.LIBRARY,
    }
    if PublishedYear.objects.filter(**known).exists():
        return False
    with transaction.atomic():
        _row, is_new = PublishedYear.objects.get_or_create(**known)
        if is_new:
            asleep = Milestone.objects.told_of().exclude(remind_at__lte=now)  # the others are looked at anyway
            asleep.filter(counts_working_days()).ask_planner_to_look(at=now)
            if put_right is not None:
                put_right(CalendarCode.MAINLAND, LAST_PUBLISHED)
    return is_new
