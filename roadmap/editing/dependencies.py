"""Acts on dependencies: link two milestones of one roadmap, never into a cycle; unlink them."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

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
        if successor.pk == predecessor.pk or predecessor.pk in _all_after(successor.pk, roadmap):
            raise InvalidChange({"predecessor": _("This milestone waits for the other one already: a circle.")})
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


def _all_after(milestone_id: int, roadmap: Roadmap) -> set[int]:
    """The ids of all milestones that wait for this one, directly or through others (one query)."""
    successors: dict[int, list[int]] = {}
    links = Dependency.objects.filter(successor__initiative__roadmap=roadmap)
    for before, after in links.values_list("predecessor_id", "successor_id"):
        successors.setdefault(before, []).append(after)
    found: set[int] = set()
    to_visit = [milestone_id]
    while to_visit:
        for after in successors.get(to_visit.pop(), []):
            if after not in found:
                found.add(after)
                to_visit.append(after)
    return found
