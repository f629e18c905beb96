"""The act of approving a plan: a baseline freezes dates and weights of all milestones that count."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.errors import InvalidChange
from roadmap.models import Baseline, BaselineEntry, Milestone, Roadmap
from roadmap.models.history import Actor, note_change, note_made
from roadmap.rights import require_administer
from roadmap.validity import check_whole
from roadmap.vocabulary import MilestoneStatus


def set_baseline(
    roadmap: Roadmap, *, by: Actor, now: datetime, name: str, reason: str = "", approved_on: date | None = None
) -> Baseline:
    """Freeze the present plan (all milestones but cancelled ones) as approved on a day (default: today, never ahead).

    The first baseline needs no reason; every later one does. Raises InvalidChange, NotAllowed.
    """
    require_administer(by)
    today = clock.day_in(roadmap.time_zone, at=now)
    if approved_on is not None and approved_on > today:
        raise InvalidChange({"approved_on": _("The day of approval can't lie ahead.")})
    with transaction.atomic():
        if not reason.strip() and roadmap.baselines.exists():
            raise InvalidChange({"reason": _("Give the reason why the plan is approved again; it is kept.")})
        baseline = Baseline(
            roadmap=roadmap, name=name, reason=reason, approved_on=approved_on or today, approved_by=by.person
        )
        check_whole(baseline)
        note_change(baseline, by=by, reason=reason)
        baseline.save()
        counted = Milestone.objects.filter(initiative__roadmap=roadmap).exclude(status=MilestoneStatus.CANCELLED)
        entries = BaselineEntry.objects.bulk_create(
            [
                BaselineEntry(
                    baseline=baseline,
                    milestone=milestone,
                    planned_start_on=milestone.planned_start_on,
                    due_on=milestone.due_on,
                    weight=milestone.weight,
                )
                for milestone in counted.order_by("pk")
            ],
            batch_size=500,
        )
        note_made(entries, by=by, reason=reason)
    return baseline
