"""Acts on dependencies: link two milestones of one roadmap, never into a cycle; unlink them."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from roadmap.errors import InvalidChange
from roadmap.models import Dependency, Milestone, Roadmap
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_edit
from roadmap.validity import check_whole
from roadmap.vocabulary import Provenance


def link_milestones(
    predecessor: Milestone,
    successor: Milestone,
    *,
    by: Actor,
    lag_working_days: int = 0,
    reason: str = "",
    provenance: str = Provenance.ENTERED,
) -> Dependency:
    """Let ``successor`` wait for ``predecessor``. Raises InvalidChange for a link that would close a circle."""
    with transaction.atomic():
        # Two links that each are fine may close a circle together: one link at a time for a roadmap.
        roadmap = Roadmap.objects.select_for_update().get(pk=successor.initiative.roadmap_id)
        require_edit(by, successor)
        if predecessor.initiative.roadmap_id != roadmap.pk:
            raise InvalidChange({"predecessor": _("This milestone belongs to another roadmap.")})
        circle = circle_closed_by(predecessor, successor)
        if circle:
            raise InvalidChange({"predecessor": circle_in_words(circle)})
        link = Dependency(
            predecessor=predecessor,
            successor=successor,
            lag_working_days=lag_working_days,
            provenance=provenance,
        )
        check_whole(link)
        note_change(link, by=by, reason=reason)
        link.save()
    return link


def unlink_milestones(link: Dependency, *, by: Actor, reason: str = "") -> None:
    """Take the dependency away; the history keeps that it was there."""
    with transaction.atomic():
        require_edit(by, link.successor)
        note_change(link, by=by, reason=reason)
        link.delete()


def circle_closed_by(predecessor: Milestone, successor: Milestone) -> list[int]:
    """The ids along the circle that such a link would close, from ``successor`` to ``predecessor``; empty: none would.

    One query.
    """
    after: dict[int, list[int]] = {}
    links = Dependency.objects.filter(successor__initiative__roadmap=successor.initiative.roadmap_id)
    for before, waiting in links.order_by().values_list("predecessor_id", "successor_id"):
        after.setdefault(before, []).append(waiting)
    came_from = {successor.pk: successor.pk}
    to_visit = [successor.pk]
    while to_visit and predecessor.pk not in came_from:
        here = to_visit.pop(0)
        for waiting in after.get(here, []):
            if waiting not in came_from:
                came_from[waiting] = here
                to_visit.append(waiting)
    if predecessor.pk not in came_from:
        return []
    way = [predecessor.pk]
    while way[-1] != successor.pk:
        way.append(came_from[way[-1]])
    return way[::-1]


def circle_in_words(circle: Sequence[int]) -> str:
    """That the milestones of these ids would wait for each other, by their titles. One query."""
    titles = Milestone.objects.in_bulk(circle)
    way = " → ".join(titles[pk].title for pk in [*circle, circle[0]])
    return _("That would make a circle of dependencies: %(way)s") % {"way": way}
