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
    told = _("Mail to %(names)s is being returned at present, so you get this instead; please pass it on.")
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
                "You get this because you are the lead of the organisation responsible for this milestone.",
                "You get this because you are the lead of the organisations responsible for these milestones.",
                counts[audience],
            ),
            Audience.CONTRIBUTORS: ngettext(
                "You get this because you are a contributor in the organisation responsible for this milestone.",
                "You get this because you are a contributor in the organisations responsible for these milestones.",
                counts[audience],
            ),
            Audience.WATCHERS: ngettext(
                "You get this because you watch this milestone.",
                "You get this because you watch these milestones.",
                counts[audience],
            ),
            Audience.OFFICE: _("You get this because you are in the programme office."),
        }[audience]
    roles = [_role(audience, counts[audience]) for audience in (*IN_ORDER, IN_PLACE) if audience in counts]
    return _("You get this because of these milestones: %(roles)s.") % {"roles": _("; ").join(roles)}


def _role(audience: str, count: int) -> str:
    words: dict[str, str] = {
        IN_PLACE: ngettext(
            "%(count)d that you get in place of somebody on leave",
            "%(count)d that you get in place of somebody on leave",
            count,
        ),
        Audience.OWNER: ngettext("%(count)d that you own", "%(count)d that you own", count),
        Audience.LEAD: ngettext(
            "%(count)d of an organisation that you lead", "%(count)d of organisations that you lead", count
        ),
        Audience.CONTRIBUTORS: ngettext("%(count)d that you contribute to", "%(count)d that you contribute to", count),
        Audience.WATCHERS: ngettext("%(count)d that you watch", "%(count)d that you watch", count),
        Audience.OFFICE: ngettext("%(count)d for the programme office", "%(count)d for the programme office", count),
    }
    return words[audience] % {"count": count}
