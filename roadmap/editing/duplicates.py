"""Making a milestone like another one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from roadmap.editing.dependencies import link_milestones
from roadmap.editing.milestones import create_milestone
from roadmap.models import Dependency, Milestone
from roadmap.models.history import Actor

COPIED = (
    *(
        "initiative",
        "phase",
        "workstream",
        "organisation",
        "owner",
        "weight",
        "tags",
        "description_zh",
        "description_en",
    ),
    *("acceptance_criteria_zh", "acceptance_criteria_en"),
)
COPIED_OF_ITEMS = ("title_zh", "title_en", "weight", "position")


def duplicate_milestone(
    milestone: Milestone,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    links: Iterable[Dependency] = (),
    **fields: Any,
) -> Milestone:
    """A new, planned milestone like ``milestone``: what ``fields`` don't say is taken over, with its deliverables, none
    of them done. ``links`` are those of its dependencies that the new one gets too. Nothing reported comes along.

    Raises as ``create_milestone`` and ``link_milestones``; nothing stays then.
    """
    taken = {name: getattr(milestone, name) for name in COPIED}
    items = [{name: getattr(one, name) for name in COPIED_OF_ITEMS} for one in milestone.deliverables.all()]
    with transaction.atomic():
        made = create_milestone(by=by, now=now, reason=reason, deliverables=items, **{**taken, **fields})
        for link in links:
            ends = (made, link.successor) if link.predecessor_id == milestone.pk else (link.predecessor, made)
            link_milestones(*ends, by=by, lag_working_days=link.lag_working_days, reason=reason)
    return made
