"""Whether a reminder that waits in the outbox still says what is so. It looks at the fact in the occurrence's name.

``due=<day>`` hangs on the due date of an open milestone, ``silent=<day>`` on the day from which a report is missed,
``done=<day>`` on its being done since that day; evidence and confirmation end what asks for them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery

from roadmap.clock import day_in
from roadmap.models import Acknowledgement, Evidence, Milestone, ProgressUpdate, ReminderOccurrence, Snooze
from roadmap.states import silent_since
from roadmap.vocabulary import OPEN_STATUSES, UNANSWERED, MilestoneStatus

FULL = Decimal(100)
# until when the reader of a reminder has snoozed those of its milestone, by its present due date
_SNOOZED = Subquery(
    Snooze.objects.filter(
        milestone=OuterRef("milestone"), person=OuterRef("recipient"), due_on=OuterRef("milestone__due_on")
    ).values("until")[:1]
)


@dataclass(frozen=True)
class Present:
    """What is so now of one milestone; ``reported_on`` and ``percent`` are those of its last report."""

    milestone: Milestone
    reported_on: date | None
    percent: Decimal
    has_evidence: bool
    answered_at: datetime | None


def untrue_among(reminders: Iterable[ReminderOccurrence], *, now: datetime) -> list[ReminderOccurrence]:
    """Those of ``reminders`` that are no longer so, or whose reader has snoozed them: seven queries for any number."""
    rows = list(
        ReminderOccurrence.objects.filter(pk__in=[reminder.pk for reminder in reminders])
        .annotate(snoozed=_SNOOZED)
        .select_related("milestone__initiative__roadmap")
    )
    present = _present_of({row.milestone_id: row.milestone for row in rows})
    return [
        row
        for row in rows
        if _is_snoozed(row, now)
        or _is_answered(row, present[row.milestone_id])
        or not is_still_so(row.occurrence, present[row.milestone_id])
    ]


def _is_snoozed(reminder: Any, now: datetime) -> bool:
    zone = reminder.milestone.initiative.roadmap.time_zone
    return reminder.snoozed is not None and reminder.snoozed > day_in(zone, at=now)


def _is_answered(reminder: ReminderOccurrence, now: Present) -> bool:
    """It was passed up for want of an answer, and one has come since."""
    was_passed_up = f"/{UNANSWERED}" in reminder.occurrence
    return was_passed_up and now.answered_at is not None and now.answered_at >= reminder.planned_at


def is_still_so(occurrence: str, now: Present) -> bool:
    """Whether the fact in the name of ``occurrence`` holds, and what is asked for is still wanted."""
    subject, _slash, asked = occurrence.partition("/")
    asked = asked.removeprefix(UNANSWERED)
    fact, _equals, day = subject.partition("=")
    milestone = now.milestone
    is_open = milestone.status in OPEN_STATUSES
    if now.has_evidence and asked.startswith("evidence"):
        return False
    if fact == "due":
        return is_open and day == str(milestone.due_on)
    if fact == "silent":
        since = silent_since(
            planned_start_on=milestone.planned_start_on,
            reported_on=now.reported_on,
            entered_on=milestone.entered_on,
        )
        return is_open and day == str(since)
    if milestone.status == MilestoneStatus.DONE:
        is_wanted = not asked.startswith("unverified") or milestone.verified_at is None
        return is_wanted and day == str(milestone.completed_on)
    return is_open and now.percent >= FULL and day == str(now.reported_on)


def last_answers(milestones: Collection[int]) -> dict[int, datetime]:
    """When each of these milestones (by id) was last reported on or acknowledged; two queries.

    An acknowledgement counts for the due date that it was given for.
    """
    reported = ProgressUpdate.objects.filter(milestone__in=milestones).order_by().values_list("milestone")
    acknowledged = Acknowledgement.objects.filter(milestone__in=milestones, due_on=F("milestone__due_on")).order_by()
    found: dict[int, datetime] = dict(reported.annotate(Max("recorded_at")))
    for milestone, at in acknowledged.values_list("milestone").annotate(Max("at")):
        found[milestone] = max(at, found.get(milestone, at))
    return found


def _present_of(milestones: Mapping[int, Milestone]) -> dict[int, Present]:
    latest = ProgressUpdate.objects.filter(milestone=OuterRef("pk")).order_by("-reported_on", "-id").values("pk")[:1]
    of_each = Milestone.objects.filter(pk__in=milestones).order_by().annotate(latest=Subquery(latest)).values("latest")
    rows = ProgressUpdate.objects.filter(pk__in=of_each).order_by()
    last = {row.milestone_id: row for row in rows.only("milestone", "reported_on", "percent_complete")}
    shown = set(Evidence.objects.filter(milestone__in=milestones).values_list("milestone", flat=True))
    answered = last_answers(milestones)
    return {
        pk: Present(
            milestone=milestone,
            reported_on=last[pk].reported_on if pk in last else None,
            percent=last[pk].percent_complete if pk in last else Decimal(0),
            has_evidence=pk in shown,
            answered_at=answered.get(pk),
        )
        for pk, milestone in milestones.items()
    }
