"""Acts on a milestone: create, change, reschedule, reassign, complete, reopen, cancel.

Every act locks the row, checks rights and version, writes, records history, withdraws reminders that are no longer
true, and asks the reminder planner to look again. All return the milestone as stored.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap import clock
from roadmap.editing.codes import suggested_code
from roadmap.editing.deliverables import add_deliverable
from roadmap.editing.locking import locked_milestone
from roadmap.errors import InvalidChange
from roadmap.models import Dependency, Initiative, Milestone, Organisation, Person, WorkdayOverride
from roadmap.models.history import Actor, note_change
from roadmap.outbox.announce import announce, milestone_happenings
from roadmap.outbox.withdraw import withdraw_reminders_about
from roadmap.rights import require_edit
from roadmap.validity import check_fields, check_whole
from roadmap.vocabulary import OPEN_STATUSES, HookEvent, MilestoneStatus
from roadmap.workdays import WorkCalendar

HAVE_THEIR_OWN_ACT = {
    "status": _("Use complete, reopen or cancel."),
    "completed_on": _("Use complete."),
    "cancelled_on": _("Use cancel."),
}


def create_milestone(
    *, by: Actor, now: datetime, reason: str = "", deliverables: Sequence[Mapping[str, Any]] = (), **fields: Any
) -> Milestone:
    """A new milestone with its deliverables (mappings of Deliverable's fields). Without a code it gets one of its title
    or initiative; without an organisation named or refused (None), its owner's.

    Raises InvalidChange for a field that is missing, wrong or unknown; NotAllowed outside the actor's rights.
    """
    check_fields(Milestone, fields)
    milestone = Milestone(**fields)
    if "organisation" not in fields and milestone.owner is not None:
        milestone.organisation = milestone.owner.organisation
    with transaction.atomic():
        milestone.code = milestone.code or suggested_code(milestone.title_en, initiative=fields.get("initiative"))
        _check_milestone(milestone)
        require_edit(by, milestone)
        milestone.remind_at = now
        milestone.entered_on = _today(milestone, now)
        note_change(milestone, by=by, reason=reason)
        milestone.save()
        for position, item in enumerate(deliverables, start=1):
            add_deliverable(milestone, by=by, now=now, reason=reason, **{"position": position, **item})
        announce(milestone_happenings(HookEvent.MILESTONE_CREATED, [milestone]), now=now)
    return milestone


def change_milestone(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    expected_version: int | None = None,
    **fields: Any,
) -> Milestone:
    """Change any plain fields at once. Status and its dates have acts of their own and are refused here."""
    check_fields(Milestone, fields)
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        _refuse_fields_with_their_own_act(current, fields)
        _refuse_to_part_links(current, fields.get("initiative"))
        set_fields(current, fields)
        require_edit(by, current)  # nobody moves a milestone out of their own reach but the programme office
        return write_changed(current, by=by, now=now, reason=reason)


def set_fields(current: Milestone, fields: Mapping[str, Any]) -> None:
    """What changing plain fields does to the locked milestone."""
    for name, value in fields.items():
        setattr(current, name, value)


def reschedule_milestone(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    due_on: date,
    reason: str,
    planned_start_on: date | None = None,
    expected_version: int | None = None,
) -> Milestone:
    """Move the due date (and the start, where given). A reason is required; only an open milestone moves."""
    require_reason(reason)
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        move_dates(current, due_on=due_on, planned_start_on=planned_start_on)
        return write_changed(current, by=by, now=now, reason=reason)


def move_dates(current: Milestone, *, due_on: date, planned_start_on: date | None = None) -> None:
    """What rescheduling does to the locked milestone. Raises InvalidChange unless it is open."""
    if current.status not in OPEN_STATUSES:
        raise InvalidChange({"due_on": _("Only an open milestone can be rescheduled; reopen it first.")})
    current.due_on = due_on
    if planned_start_on is not None:
        current.planned_start_on = planned_start_on


def reassign_milestone(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    owner: Person | None,
    organisation: Organisation | None,
    reason: str = "",
    expected_version: int | None = None,
) -> Milestone:
    """Give the milestone to another owner and organisation; None takes it from whoever has it.

    A lead hands on within the subtree only; from one branch to another, the programme office does.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        current.owner = owner
        current.organisation = organisation
        require_edit(by, current)  # as in ``change_milestone``
        return write_changed(current, by=by, now=now, reason=reason)


def complete_milestone(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    completed_on: date | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Milestone:
    """Mark an open milestone as done on ``completed_on`` (default: today in the roadmap's zone; never ahead).

    What is still missing for its verification (``missing_for_verification``) doesn't keep it from being done.
    """
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        finish(current, now=now, completed_on=completed_on)
        written = write_changed(current, by=by, now=now, reason=reason)
        announce(milestone_happenings(HookEvent.MILESTONE_COMPLETED, [written]), now=now)
        return written


def finish(
    current: Milestone,
    *,
    now: datetime,
    completed_on: date | None = None,
    calendar_of: Callable[[str], WorkCalendar] = WorkdayOverride.objects.calendar,
) -> None:
    """What completing does to the locked milestone. Raises InvalidChange unless it is open, and for a day ahead."""
    today = _today(current, now)
    if current.status not in OPEN_STATUSES:
        raise InvalidChange({"status": _("Only an open milestone can be completed.")})
    if completed_on is not None and completed_on > today:
        raise InvalidChange({"completed_on": _("The day of completion can't lie ahead.")})
    current.status = MilestoneStatus.DONE
    current.completed_on = completed_on or today
    current.verify_by = last_day_to_verify(current, calendar_of=calendar_of)


def reopen_milestone(
    milestone: Milestone, *, by: Actor, now: datetime, reason: str, expected_version: int | None = None
) -> Milestone:
    """Take a done or cancelled milestone back into work. A reason is required."""
    require_reason(reason)
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        open_again(current)
        return write_changed(current, by=by, now=now, reason=reason)


def open_again(current: Milestone) -> None:
    """What reopening does to the locked milestone. Raises InvalidChange where it is open."""
    if current.status in OPEN_STATUSES:
        raise InvalidChange({"status": _("This milestone is open already.")})
    current.status = MilestoneStatus.ACTIVE
    current.completed_on = current.cancelled_on = current.verify_by = None
    current.verified_at = current.verified_on = current.verified_by = None


def cancel_milestone(
    milestone: Milestone, *, by: Actor, now: datetime, reason: str, expected_version: int | None = None
) -> Milestone:
    """Give an open milestone up; its weight no longer counts from today on. A reason is required."""
    require_reason(reason)
    with transaction.atomic():
        current = locked_milestone(milestone, expected_version)
        require_edit(by, current)
        give_up(current, now=now)
        return write_changed(current, by=by, now=now, reason=reason)


def give_up(current: Milestone, *, now: datetime) -> None:
    """What cancelling does to the locked milestone. Raises InvalidChange unless it is open."""
    if current.status not in OPEN_STATUSES:
        raise InvalidChange({"status": _("Only an open milestone can be cancelled.")})
    current.status = MilestoneStatus.CANCELLED
    current.cancelled_on = _today(current, now)


def last_day_to_verify(
    milestone: Milestone, *, calendar_of: Callable[[str], WorkCalendar] = WorkdayOverride.objects.calendar
) -> date | None:
    """The day by which the completion is to be verified, in the working days that the roadmap gives; one query, which
    is ``calendar_of``'s."""
    roadmap = milestone.initiative.roadmap
    calendar = calendar_of(roadmap.calendar)
    return milestone.completed_on and calendar.shift(milestone.completed_on, roadmap.verify_within_days)


def write_changed(current: Milestone, *, by: Actor, now: datetime, reason: str) -> Milestone:
    """Check the whole, save it as the next version with its history, and set the mail right."""
    _check_milestone(current)
    current.version += 1
    current.ask_planner_to_look(at=now)
    note_change(current, by=by, reason=reason)
    current.save()
    withdraw_reminders_about(current)
    announce(milestone_happenings(HookEvent.MILESTONE_CHANGED, [current]), now=now)
    return current


def _check_milestone(milestone: Milestone) -> None:
    """The rules that span several fields, then the model's own."""
    check_whole(milestone, found_wrong=faults_of_dates(milestone))


def faults_of_dates(milestone: Milestone) -> dict[str, Any]:
    """What is wrong with its plan's days beside each other."""
    start, due = milestone.planned_start_on, milestone.due_on
    if not (start and due and due < start):
        return {}
    return {"due_on": _("The due date lies before the planned start (%(day)s).") % {"day": start.isoformat()}}


def _refuse_fields_with_their_own_act(milestone: Milestone, fields: Mapping[str, Any]) -> None:
    refused = {
        name: message
        for name, message in HAVE_THEIR_OWN_ACT.items()
        if name in fields and fields[name] != getattr(milestone, name)
    }
    planned_or_active = refused.get("status") and fields["status"] in OPEN_STATUSES
    if planned_or_active and milestone.status in OPEN_STATUSES:
        del refused["status"]
    if refused:
        raise InvalidChange(refused)


def _refuse_to_part_links(milestone: Milestone, initiative: Initiative | None) -> None:
    """Both ends of a dependency are of one roadmap."""
    if initiative is None or initiative.roadmap_id == milestone.initiative.roadmap_id:
        return
    if Dependency.objects.filter(Q(predecessor=milestone) | Q(successor=milestone)).exists():
        raise InvalidChange({"initiative": _("It waits for milestones of its roadmap, or they for it: unlink them.")})


def require_reason(reason: str) -> None:
    """Raise InvalidChange where none is given."""
    if not reason.strip():
        raise InvalidChange({"reason": _("Give the reason; it is kept in the change record.")})


def _today(milestone: Milestone, now: datetime) -> date:
    return clock.day_in(milestone.initiative.roadmap.time_zone, at=now)
