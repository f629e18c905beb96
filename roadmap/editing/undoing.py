"""Taking back one's own last act on a milestone: a new change, which the record keeps beside the one it undoes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.coded_reasons import coded
from roadmap.editing.locking import locked_milestone
from roadmap.editing.milestones import write_changed
from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import Milestone, Person
from roadmap.models.history import Actor, told_fields
from roadmap.rights import may_edit, require_edit

WITHIN = timedelta(days=1)
VERIFIED = ("verified_at", "verified_on", "verified_by_id")


@dataclass(frozen=True)
class Undoable:
    """The two newest records of a milestone: what the act left, and what was before it."""

    last: Any
    before: Any


def undoable_by(person: Person, milestone: Milestone, *, now: datetime) -> Undoable | None:
    """What the person could undo now, if anything: a change of theirs, of the last day, after which nobody changed the
    milestone, and which verified nothing. One query."""
    if not may_edit(person, milestone):
        return None
    records: Any = milestone.history.order_by("-history_date", "-history_id")[:2]
    newest = list(records)
    if len(newest) < 2:
        return None
    last, before = newest
    is_own = last.history_type == "~" and last.history_user_id == person.pk
    touches_verifying = any(getattr(last, name) != getattr(before, name) for name in VERIFIED)
    differs = any(getattr(last, one.attname) != getattr(before, one.attname) for one in told_fields(Milestone))
    is_recent = now - last.history_date <= WITHIN
    return Undoable(last, before) if is_own and is_recent and differs and not touches_verifying else None


def undo_last_change(milestone: Milestone, *, by: Actor, now: datetime, record: int) -> Milestone:
    """Set the milestone back to what it was before the change ``record`` (its id in the history), by a new change.

    Reports, deliverables and mail that went out stay. Raises NotAllowed outside the actor's rights; InvalidChange where
    the change is somebody else's, older than a day, or no longer the last; or where what was before can't be any more.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, None)
        require_edit(by, current)
        if by.person is None:
            raise NotAllowed(_("A person undoes their own change; the system has none."))
        found = undoable_by(by.person, current, now=now)
        if found is None or found.last.history_id != record:
            raise InvalidChange(
                {"__all__": _("It can't be undone: it was changed since, by somebody else, or more than a day ago.")}
            )
        for field in told_fields(Milestone):
            if field.editable or field.name == "verify_by":
                setattr(current, field.attname, getattr(found.before, field.attname))
        require_edit(by, current)  # as in ``change_milestone``
        return write_changed(current, by=by, now=now, reason=coded("undone"))
