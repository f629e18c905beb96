"""What others changed of the chosen milestones since a page was opened: shown before anything is done."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from roadmap.admin.foretold import Row, in_words
from roadmap.admin.stale import state_seen
from roadmap.models import Milestone
from roadmap.models.in_words import differences, names_of


def version_seen(milestone: Milestone, posted: Mapping[str, str]) -> int | None:
    """The version that the page showed, sent along as ``version-<id>``; None without one. Raises BadRequest."""
    return state_seen(posted.get(f"version-{milestone.pk}", ""))


def versions_seen(milestones: Sequence[Milestone], posted: Mapping[str, str]) -> dict[int, Any]:
    """By milestone, the row of the history that the page showed, where it isn't the newest (None: no longer known).

    No query while nobody changed anything, else one.
    """
    seen: dict[int, int] = {}
    for milestone in milestones:
        version = version_seen(milestone, posted)
        if version is not None and version != milestone.version:
            seen[milestone.pk] = version
    if not seen:
        return {}
    as_seen = Q()
    for pk, number in seen.items():
        as_seen |= Q(id=pk, version=number)
    past = {row.id: row for row in Milestone.history.filter(as_seen).order_by("history_id")}
    return {pk: past.get(pk) for pk in seen}


def differences_since(as_seen: Any, milestone: Milestone) -> list[str]:
    """What differs between the row of the history and the milestone as stored, in words."""
    if as_seen is None:
        return [_("something of it that this page doesn't show")]
    told = differences(Milestone, as_seen, milestone, names_of(Milestone, [as_seen, milestone]))
    return [in_words(one.label, one.before, one.after) for one in told]


def tell_meanwhile(rows: list[Row], posted: Mapping[str, str]) -> None:
    """Write on each row of an act's page what differs from what was shown."""
    seen = versions_seen([row.milestone for row in rows], posted)
    for row in rows:
        if row.milestone.pk in seen:
            row.meanwhile = differences_since(seen[row.milestone.pk], row.milestone)
