"""Acts on other systems' names of milestones: give one, forget one."""

from django.db import transaction

from roadmap.models import ExternalReference, Milestone
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_report
from roadmap.validity import check_whole


def name_externally(milestone: Milestone, *, by: Actor, system: str, reference: str) -> ExternalReference:
    """Keep that ``system`` calls the milestone ``reference``.

    Raises InvalidChange where the system calls a milestone so already, NotAllowed for who may not report.
    """
    named = ExternalReference(milestone=milestone, system=system, reference=reference)
    with transaction.atomic():
        require_report(by, milestone)
        check_whole(named)
        note_change(named, by=by)
        named.save()
    return named


def forget_external_name(named: ExternalReference, *, by: Actor) -> None:
    """Take the name away; the history keeps that it was there. Raises NotAllowed."""
    with transaction.atomic():
        require_report(by, named.milestone)
        note_change(named, by=by)
        named.delete()
