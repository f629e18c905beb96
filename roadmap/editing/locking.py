"""The lock under which a milestone is changed, the check that the editor saw its newest state, and the planner's look
at what hangs on it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange, StaleEdit
from roadmap.models import Milestone, ReminderOccurrence
from roadmap.outbox.withdraw import withdraw_reminders_among

LOCKED_WITH = ("initiative__roadmap", "phase", "workstream", "organisation", "owner")


def locked_milestone(milestone: Milestone, expected_version: int | None) -> Milestone:
    """The milestone as stored now, locked until the transaction ends, with what acts need to know of it.

    Raises StaleEdit when the editor worked from another version than the one stored.
    """
    current = (
        Milestone.objects.select_for_update(of=("self",), no_key=True).select_related(*LOCKED_WITH).get(pk=milestone.pk)
    )
    require_version(current, expected_version)
    return current


def require_version(current: Milestone, expected_version: int | None) -> None:
    """Raise StaleEdit when the editor worked from another version than the one stored."""
    if expected_version is not None and expected_version != current.version:
        raise StaleEdit(
            _("Somebody else has changed this milestone. Check its present state and try again."),
            current_version=current.version,
        )


def refuse_behind_the_verifier(milestone: Milestone, *, there_since: datetime | None = None) -> None:
    """Raise InvalidChange where the locked milestone is verified, and what is to be taken from it was there by then:
    what was verified would change behind the verifier's back."""
    verified_at = milestone.verified_at
    if verified_at is not None and (there_since is None or there_since <= verified_at):
        raise InvalidChange({"__all__": _("This milestone is verified; reopen it first.")})


def look_anew_at(*milestones: Milestone, now: datetime) -> None:
    """Something that reminders ask for has come or gone: withdraw those that wait, and let the planner look again.

    For acts that leave the locked ``milestones`` themselves as they are; their versions stay. Three queries at most.
    """
    withdraw_reminders_among(ReminderOccurrence.objects.filter(milestone__in=milestones))
    Milestone.objects.filter(pk__in=[milestone.pk for milestone in milestones]).locked_ask_planner_to_look(at=now)
