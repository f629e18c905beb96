"""What else comes of a table's changes: what to heed of new dates, which mail is withdrawn, which is earned."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from roadmap.models import Milestone, WorkdayOverride
from roadmap.progress.due_dates import heed_of_due_date
from roadmap.reminders.foretold import mail_earned, mail_withdrawn

MOVES = ("planned_start_on", "due_on", "phase_id")


def effects_of(before: Mapping[int, Any], after: Mapping[int, Any], *, now: datetime) -> dict[int, list[str]]:
    """By id, the effects in words, in the active language; only milestones have some."""
    milestones = {pk: one for pk, one in after.items() if isinstance(one, Milestone)}
    found: defaultdict[int, list[str]] = defaultdict(list)
    calendars = {
        code: WorkdayOverride.objects.calendar(code)
        for code in {one.initiative.roadmap.calendar for one in milestones.values()}
    }
    for pk, one in milestones.items():
        was = before.get(pk)
        if was is None or any(getattr(was, name) != getattr(one, name) for name in MOVES):
            calendar = calendars[one.initiative.roadmap.calendar]
            found[pk] += [
                told.text for told in heed_of_due_date(one.due_on, gate_on=one.phase.gate_on, calendar=calendar)
            ]
    for told in (
        mail_withdrawn([pk for pk in milestones if pk in before]),
        mail_earned(list(milestones.values()), now=now),
    ):
        for pk, words in told.items():
            found[pk] += words
    return dict(found)
