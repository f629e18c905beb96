"""Acts on watches: a person begins or stops to watch a milestone or an initiative."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from roadmap.errors import NotAllowed
from roadmap.models import Initiative, Milestone, Person, Watch
from roadmap.models.history import Actor, note_change
from roadmap.rights import may_administer
from roadmap.validity import check_whole


def watch(
    person: Person,
    *,
    by: Actor,
    now: datetime,
    milestone: Milestone | None = None,
    initiative: Initiative | None = None,
    reason: str = "",
) -> Watch:
    """Let ``person`` hear of the milestone, or of all of the initiative, from now on; what was told before isn't told.

    Raises InvalidChange unless it is exactly one of the two and not watched yet; NotAllowed for others than the person
    and the programme office.
    """
    _require_own(by, person)
    row = Watch(person=person, milestone=milestone, initiative=initiative, since=now)
    with transaction.atomic():
        check_whole(row)
        note_change(row, by=by, reason=reason)
        row.save()
        over = Q(initiative=initiative) if initiative else Q(pk=milestone.pk if milestone else None)
        Milestone.objects.told_of().filter(over).ask_planner_to_look(at=now)
    return row


def stop_watching(row: Watch, *, by: Actor, reason: str = "") -> None:
    """End a watch; its history stays. Raises NotAllowed."""
    _require_own(by, row.person)
    with transaction.atomic():
        note_change(row, by=by, reason=reason)
        row.delete()


def _require_own(by: Actor, person: Person) -> None:
    if by.person is not None and by.person.pk != person.pk and not may_administer(by.person):
        raise NotAllowed(_("People choose for themselves what they watch; for others, the programme office does."))
