"""What the plan needs to know of milestones, fetched for a batch at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Max, OuterRef, Subquery, prefetch_related_objects

from roadmap.models import Acknowledgement, Evidence, Milestone, ProgressUpdate
from roadmap.reminders.kinds.facts import MilestoneFacts
from roadmap.states import silent_since
from roadmap.vocabulary import OPEN_STATUSES

FULL = Decimal(100)


@dataclass(frozen=True)
class LastReport:
    """The latest report on a milestone: the day of which it speaks, how far, and when it was taken in."""

    reported_on: date
    percent: Decimal
    recorded_at: datetime


@dataclass(frozen=True)
class Reports:
    """What was reported on the milestones of a batch."""

    last: Mapping[int, LastReport]  # by milestone
    with_evidence: frozenset[int]

    def facts_of(self, milestone: Milestone) -> MilestoneFacts:
        """What is so of ``milestone``, one of those that were asked for."""
        last = self.last.get(milestone.pk)
        return MilestoneFacts(
            due_on=milestone.due_on,
            is_open=milestone.status in OPEN_STATUSES,
            quiet_since=silent_since(
                planned_start_on=milestone.planned_start_on,
                reported_on=last.reported_on if last else None,
                entered_on=milestone.entered_on,
            ),
            reported_done_on=milestone.completed_on or (last.reported_on if last and last.percent >= FULL else None),
            entered_on=milestone.entered_on or milestone.planned_start_on,
            is_verified=milestone.verified_at is not None,
            has_evidence=milestone.pk in self.with_evidence,
            gate_on=milestone.phase.gate_on,
        )


def reports_on(milestones: Sequence[Milestone]) -> Reports:
    """Fetch what was reported on these milestones: two queries, and one for their phases where those aren't at hand."""
    prefetch_related_objects(milestones, "phase")
    latest = ProgressUpdate.objects.filter(milestone=OuterRef("pk")).order_by("-reported_on", "-id").values("pk")[:1]
    ids = [milestone.pk for milestone in milestones]
    of_each = Milestone.objects.filter(pk__in=ids).order_by().annotate(latest=Subquery(latest)).values("latest")
    rows = ProgressUpdate.objects.filter(pk__in=of_each).order_by()
    shown = Evidence.objects.filter(milestone__in=ids).order_by().values_list("milestone", flat=True).distinct()
    return Reports(
        last={
            milestone: LastReport(reported_on, percent, recorded_at)
            for milestone, reported_on, percent, recorded_at in rows.values_list(
                "milestone", "reported_on", "percent_complete", "recorded_at"
            )
        },
        with_evidence=frozenset(shown),
    )


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
