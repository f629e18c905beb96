"""Acts on the deliverables of a milestone."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.locking import locked_milestone, refuse_behind_the_verifier
from roadmap.errors import InvalidChange
from roadmap.models import Deliverable, Milestone
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_report
from roadmap.validity import check_fields, check_whole


def add_deliverable(milestone: Milestone, *, by: Actor, now: datetime, reason: str = "", **fields: Any) -> Deliverable:
    """A new item of the milestone. Raises InvalidChange naming the fields that are wrong, NotAllowed."""
    check_fields(Deliverable, fields, kept_by_acts=("milestone",))
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_report(by, current)
        return _write(Deliverable(**fields, milestone=current), by=by, now=now, reason=reason)


def change_deliverable(
    deliverable: Deliverable, *, by: Actor, now: datetime, reason: str = "", **fields: Any
) -> Deliverable:
    """Change fields of an item: its titles, weight, the day it was done (never ahead), its position.

    What isn't given stays as stored, whatever ``deliverable`` holds. Raises as ``add_deliverable``.
    """
    check_fields(Deliverable, fields, kept_by_acts=("milestone",))
    with transaction.atomic():
        milestone = locked_milestone(deliverable.milestone, None)
        require_report(by, milestone)
        current = Deliverable.objects.get(pk=deliverable.pk)
        current.milestone = milestone
        for name, value in fields.items():
            setattr(current, name, value)
        return _write(current, by=by, now=now, reason=reason)


def remove_deliverable(deliverable: Deliverable, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Take an item away; the history keeps that it was there. Raises NotAllowed; InvalidChange while the milestone is
    verified."""
    with transaction.atomic():
        current = locked_milestone(deliverable.milestone, None)
        require_report(by, current)
        refuse_behind_the_verifier(current)
        note_change(deliverable, by=by, reason=reason)
        deliverable.delete()


def _write(deliverable: Deliverable, *, by: Actor, now: datetime, reason: str) -> Deliverable:
    check_whole(deliverable)
    today = clock.day_in(deliverable.milestone.initiative.roadmap.time_zone, at=now)
    if deliverable.done_on is not None and deliverable.done_on > today:
        raise InvalidChange({"done_on": _("The day of completion can't lie ahead.")})
    note_change(deliverable, by=by, reason=reason)
    deliverable.save()
    return deliverable
