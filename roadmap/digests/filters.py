"""What a digest is limited to: which milestones pass, and how that is said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from roadmap.models import DigestSubscription, Organisation
from roadmap.progress.facts import MilestoneLine


@dataclass(frozen=True)
class Filters:
    """A part of a roadmap, by primary keys; None for no limit. Readers with equal filters read the same.

    ``organisation`` is the path of a unit, which stands for all below it too. ``owner`` is whose milestones they are.
    """

    roadmap: int
    phase: int | None
    pillar: int | None
    initiative: int | None
    organisation: str | None
    owner: int | None

    @property
    def covers_indicators(self) -> bool:
        """Indicators belong to the roadmap or a pillar; nothing narrower says anything about them."""
        return (self.phase, self.initiative, self.organisation, self.owner) == (None, None, None, None)


@dataclass(frozen=True)
class Roll:
    """A roadmap's lines in their order, found quickly by their owner."""

    lines: Sequence[MilestoneLine]
    by_owner: Mapping[int | None, Sequence[MilestoneLine]]


def roll_of(lines: Iterable[MilestoneLine]) -> Roll:
    """The lines, put in order by owner too."""
    by_owner: defaultdict[int | None, list[MilestoneLine]] = defaultdict(list)
    everything = list(lines)
    for line in everything:
        by_owner[line.milestone.owner_id].append(line)
    return Roll(everything, dict(by_owner))


def filters_of(subscription: DigestSubscription) -> Filters:
    """What the subscription is limited to; its organisation must be at hand."""
    return Filters(
        roadmap=subscription.roadmap_id,
        phase=subscription.phase_id,
        pillar=subscription.pillar_id,
        initiative=subscription.initiative_id,
        organisation=subscription.organisation.path if subscription.organisation else None,
        owner=subscription.person_id if subscription.only_mine else None,
    )


def chosen(roll: Roll, filters: Filters) -> Sequence[MilestoneLine]:
    """The lines that pass, in the roadmap's order. Initiatives, and organisations with their paths, are at hand."""
    lines = roll.lines if filters.owner is None else roll.by_owner.get(filters.owner, ())
    if filters.phase is not None:
        lines = [line for line in lines if line.milestone.phase_id == filters.phase]
    if filters.initiative is not None:
        lines = [line for line in lines if line.milestone.initiative_id == filters.initiative]
    if filters.pillar is not None:
        lines = [line for line in lines if line.milestone.initiative.pillar_id == filters.pillar]
    if filters.organisation is not None:
        lines = [line for line in lines if _lies_within(line.milestone.organisation, filters.organisation)]
    return lines


def _lies_within(organisation: Organisation | None, path: str) -> bool:
    return organisation is not None and organisation.path.startswith(path)


def limits_text(subscription: DigestSubscription) -> str:
    """What the digest is limited to, in words; empty when it covers the whole roadmap."""
    limits = (subscription.phase, subscription.pillar, subscription.initiative, subscription.organisation)
    parts = [str(limit) for limit in limits if limit]
    return " · ".join([*parts, *([_("only my milestones")] if subscription.only_mine else [])])


def limits_query(subscription: DigestSubscription) -> str:
    """The same as the site's pages take it, as far as they can be narrowed down; it names the roadmap, too."""
    codes = {"roadmap": subscription.roadmap.code}
    for part in ("phase", "pillar", "initiative", "organisation"):
        if chosen_part := getattr(subscription, part):
            codes[part] = chosen_part.code
    return urlencode(codes)
