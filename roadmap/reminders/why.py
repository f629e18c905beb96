"""Why the reader of a reminder is the one who gets it; texts in the active language."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.models import Milestone, Person
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.suppressing import SUPPRESSED, suppressed_addresses
from roadmap.reminders.kinds.facts import Told
from roadmap.reminders.recipients import IN_ORDER
from roadmap.vocabulary import Audience

IN_PLACE = "in place"  # of somebody on leave


def instead_of(milestones: Sequence[Milestone], reader: Person, memory: BatchMemory) -> list[str]:
    """Whom else it would have gone to if their address took mail; a sentence, or none."""
    unreached = memory.once(SUPPRESSED, suppressed_addresses)
    owners = [milestone.owner for milestone in milestones if milestone.owner_id not in (None, reader.pk)]
    names = {str(owner) for owner in owners if owner is not None and owner.email.lower() in unreached}
    if not names:
        return []
    told = _("Mail to %(names)s is being returned at present, so this comes to you; please pass it on.")
    return [told % {"names": _(", ").join(sorted(names))}]


def why_told(told: Mapping[int, Sequence[Told]], milestones: Sequence[Milestone], reader: Person) -> str:
    """A sentence on what the reader is to the milestones; where that differs, with how many of each."""
    owned = {milestone.pk for milestone in milestones if milestone.owner_id == reader.pk}
    counts = Counter(
        Audience.OWNER
        if pk in owned
        else IN_PLACE
        if all(one.instead_of for one in several)
        else min((one.audience for one in several if not one.instead_of), key=IN_ORDER.index)
        for pk, several in told.items()
    )
    if len(counts) == 1:
        (audience,) = counts
        return {
            IN_PLACE: _("You get this because you stand in for somebody who is on leave."),
            Audience.OWNER: ngettext(
                "You get this because you own this milestone.",
                "You get this because you own these milestones.",
                counts[audience],
            ),
            Audience.LEAD: ngettext(
                "You get this because you lead the organisation to which this milestone belongs.",
                "You get this because you lead the organisation to which these milestones belong.",
                counts[audience],
            ),
            Audience.CONTRIBUTORS: ngettext(
                "You get this because you contribute to this milestone, in the organisation that it belongs to.",
                "You get this because you contribute to these milestones, in the organisation that they belong to.",
                counts[audience],
            ),
            Audience.WATCHERS: ngettext(
                "You get this because you watch this milestone.",
                "You get this because you watch these milestones.",
                counts[audience],
            ),
            Audience.OFFICE: _("You get this because you are of the programme office."),
        }[audience]
    roles = [_role(audience, counts[audience]) for audience in (*IN_ORDER, IN_PLACE) if audience in counts]
    return _("You get this because, of these milestones, %(roles)s.") % {"roles": _("; ").join(roles)}


def _role(audience: str, count: int) -> str:
    words: dict[str, str] = {
        IN_PLACE: ngettext(
            "%(count)d comes to you in place of somebody on leave",
            "%(count)d come to you in place of somebody on leave",
            count,
        ),
        Audience.OWNER: ngettext("%(count)d is yours", "%(count)d are yours", count),
        Audience.LEAD: ngettext(
            "%(count)d is of an organisation that you lead", "%(count)d are of organisations that you lead", count
        ),
        Audience.CONTRIBUTORS: ngettext("you contribute to %(count)d", "you contribute to %(count)d", count),
        Audience.WATCHERS: ngettext("you watch %(count)d", "you watch %(count)d", count),
        Audience.OFFICE: ngettext(
            "%(count)d comes to the programme office", "%(count)d come to the programme office", count
        ),
    }
    return words[audience] % {"count": count}
