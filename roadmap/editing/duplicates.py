"""Making a milestone like another one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from roadmap.editing.dependencies import link_milestones
from roadmap.editing.milestones import create_milestone
from roadmap.fields import DELIVERABLE, At, at
from roadmap.models import Dependency, Milestone
from roadmap.models.history import Actor


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
    taken = {one.name: getattr(milestone, one.name) for one in at(At.COPY)}
    items = [{one.name: one.value(item) for one in at(At.COPY, DELIVERABLE)} for item in milestone.deliverables.all()]
    with transaction.atomic():
        made = create_milestone(by=by, now=now, reason=reason, deliverables=items, **{**taken, **fields})
        for link in links:
            ends = (made, link.successor) if link.predecessor_id == milestone.pk else (link.predecessor, made)
            link_milestones(*ends, by=by, lag_working_days=link.lag_working_days, reason=reason)
    return made
