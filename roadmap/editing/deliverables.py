"""Acts on the deliverables of a milestone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from roadmap.editing.locking import locked_milestone
from roadmap.models import Deliverable, Milestone
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_report
from roadmap.validity import check_fields, check_whole


def add_deliverable(milestone: Milestone, *, by: Actor, now: datetime, reason: str = "", **fields: Any) -> Deliverable:
    """A new item of the milestone. Raises InvalidChange naming the fields that are wrong."""
    check_fields(Deliverable, fields)
    return _write(Deliverable(**{**fields, "milestone": milestone}), by=by, reason=reason)


def change_deliverable(
    deliverable: Deliverable, *, by: Actor, now: datetime, reason: str = "", **fields: Any
) -> Deliverable:
    """Change an item: its titles, weight, the day it was done, its position."""
    check_fields(Deliverable, fields)
    for name, value in fields.items():
        setattr(deliverable, name, value)
    return _write(deliverable, by=by, reason=reason)


def remove_deliverable(deliverable: Deliverable, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Take an item away; the history keeps that it was there."""
    with transaction.atomic():
        require_report(by, locked_milestone(deliverable.milestone, None))
        note_change(deliverable, by=by, reason=reason)
        deliverable.delete()


def _write(deliverable: Deliverable, *, by: Actor, reason: str) -> Deliverable:
    with transaction.atomic():
        require_report(by, locked_milestone(deliverable.milestone, None))
        check_whole(deliverable)
        note_change(deliverable, by=by, reason=reason)
        deliverable.save()
    return deliverable
