"""Whom a rule's audience means for a milestone. Nobody without an address or with a closed account is meant.

Where the one meant can't be reached, the next in line is: owner → organisation's lead → leads above → programme office.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from roadmap.models import Milestone, Organisation, Person
from roadmap.vocabulary import Audience, Role


@dataclass(frozen=True)
class Recipients:
    """The people who can be meant, fetched once for a batch."""

    leads: dict[str, Person]  # by the path of their organisation
    office: Sequence[Person]

    def of(self, audience: str, milestone: Milestone) -> Sequence[Person]:
        """The people whom ``audience`` means for ``milestone``; empty when nobody at all can be reached."""
        if audience == Audience.OWNER and milestone.owner is not None and is_reachable(milestone.owner):
            return [milestone.owner]
        if audience in (Audience.OWNER, Audience.LEAD) and milestone.organisation is not None:
            for path in _upwards(milestone.organisation.path):
                if path in self.leads:
                    return [self.leads[path]]
        return self.office


def is_reachable(person: Person) -> bool:
    """Whether mail may go to ``person``."""
    return person.is_active and bool(person.email)


def recipients_for(milestones: Iterable[Milestone]) -> Recipients:
    """Fetch whoever may be meant for these milestones: two queries."""
    codes = {code for one in milestones if one.organisation for code in one.organisation.path.rstrip("/").split("/")}
    led = Organisation.objects.filter(code__in=codes, lead__isnull=False).select_related("lead")
    office = Person.objects.filter(role=Role.OFFICE, is_active=True).exclude(email="").order_by("pk")
    return Recipients(
        leads={one.path: one.lead for one in led if one.lead is not None and is_reachable(one.lead)},
        office=list(office),
    )


def _upwards(path: str) -> list[str]:
    """The path itself and those above it, nearest first."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:depth]) + "/" for depth in range(len(codes), 0, -1)]
