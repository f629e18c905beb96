"""Whom a rule's audiences mean for a milestone. Nobody without an address that takes mail, or with a closed account.

Where owner or lead can't be reached, the next in line is: owner → organisation's lead → leads above → programme office.
Contributors and watchers have nobody behind them. Who is on leave is stood in for, but as a watcher.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from roadmap.models import Milestone, Organisation, Person, Watch
from roadmap.outbox.suppressing import suppressed_addresses
from roadmap.reminders.deputies import deputies_at, stand_in_for
from roadmap.vocabulary import Audience, Role

# In this order a person meant twice is what they are first
IN_ORDER = (Audience.OWNER, Audience.LEAD, Audience.CONTRIBUTORS, Audience.WATCHERS, Audience.OFFICE)
HAVE_SOMEBODY_BEHIND = frozenset({Audience.OWNER, Audience.LEAD, Audience.OFFICE})


@dataclass(frozen=True)
class Meant:
    """A person who is meant, and as what. ``since``: they hear of nothing that was crossed before (None: of all).

    ``instead_of`` is who would be meant and is on leave.
    """

    person: Person
    audience: Audience
    since: datetime | None = None
    instead_of: Person | None = None

    @property
    def ids(self) -> frozenset[int]:
        """Of the person, and of whoever they stand in for: what one of them heard, the other needn't hear again."""
        return frozenset({self.person.pk, *({self.instead_of.pk} if self.instead_of else ())})


@dataclass(frozen=True)
class Recipients:
    """The people who can be meant, fetched once for a batch."""

    leads: Mapping[str, Person]  # by the path of their organisation
    office: Sequence[Person]
    contributors: Mapping[int, Sequence[Person]]  # by organisation
    watchers: Mapping[tuple[str, int], Sequence[Meant]]  # by what they watch and its id
    unreached: frozenset[str] = frozenset()  # addresses to which nothing is sent
    deputies: Mapping[int, Person] = field(default_factory=dict)  # of those on leave

    def of(self, audiences: Collection[str], milestone: Milestone) -> list[Meant]:
        """The people whom ``audiences`` mean for ``milestone``, each once; empty when nobody can be reached."""
        meant: dict[int, Meant] = {}
        for audience in IN_ORDER:
            if audience in audiences:
                for one in map(self._present, self._as(audience, milestone)):
                    meant.setdefault(one.person.pk, one)
        return list(meant.values())

    def lead_beside(self, milestone: Milestone, told: Collection[int]) -> list[Meant]:
        """The nearest lead upwards who is not among the ``told`` (ids of people)."""
        leads = [self.leads[path] for path in _paths_upwards(milestone) if path in self.leads]
        ahead = (self._present(Meant(lead, Audience.LEAD)) for lead in leads)
        return [one for one in ahead if not one.ids.intersection(told)][:1]

    def office_beside(self, told: Collection[int]) -> list[Meant]:
        """The programme office, except for those ``told``."""
        ahead = (self._present(Meant(person, Audience.OFFICE)) for person in self.office)
        return list({one.person.pk: one for one in ahead if not one.ids.intersection(told)}.values())

    def _present(self, meant: Meant) -> Meant:
        """Whoever is reminded in the place of somebody on leave; the same where nobody is away."""
        if not self.deputies or meant.instead_of is not None or meant.audience == Audience.WATCHERS:
            return meant
        deputy = stand_in_for(meant.person, self.deputies)
        if deputy.pk == meant.person.pk or not is_reachable(deputy, self.unreached):
            return meant
        return replace(meant, person=deputy, instead_of=meant.person)

    def _as(self, audience: Audience, milestone: Milestone) -> Sequence[Meant]:
        if audience == Audience.CONTRIBUTORS:
            return [Meant(person, audience) for person in self.contributors.get(milestone.organisation_id or 0, ())]
        if audience == Audience.WATCHERS:
            over = (("milestone", milestone.pk), ("initiative", milestone.initiative_id))
            return [one for watched in over for one in self.watchers.get(watched, ())]
        if audience == Audience.OWNER and milestone.owner and is_reachable(milestone.owner, self.unreached):
            return [Meant(milestone.owner, audience)]
        if audience in (Audience.OWNER, Audience.LEAD) and (lead := self.lead_beside(milestone, ())):
            return lead
        return self.office_beside(())


def is_reachable(person: Person, unreached: Collection[str]) -> bool:
    """Whether mail may go to ``person``; ``unreached`` are the addresses, in lower case, that don't take it."""
    return person.is_active and bool(person.email) and person.email.lower() not in unreached


def recipients_for(milestones: Sequence[Milestone], *, audiences: Collection[str], now: datetime) -> Recipients:
    """Fetch whoever may be meant for these milestones by these audiences: four queries, up to six."""
    unreached = suppressed_addresses()
    codes = {code for one in milestones if one.organisation for code in one.organisation.path.rstrip("/").split("/")}
    led = Organisation.objects.filter(code__in=codes, lead__isnull=False).select_related("lead")
    office = _reachable(unreached).filter(role=Role.OFFICE).order_by("pk")
    return Recipients(
        leads={one.path: one.lead for one in led if one.lead is not None and is_reachable(one.lead, unreached)},
        office=list(office),
        contributors=_contributors(milestones, unreached) if Audience.CONTRIBUTORS in audiences else {},
        watchers=_watchers(milestones, unreached) if Audience.WATCHERS in audiences else {},
        unreached=unreached,
        deputies=deputies_at(now),
    )


def _contributors(milestones: Iterable[Milestone], unreached: Collection[str]) -> Mapping[int, Sequence[Person]]:
    organisations = {one.organisation_id for one in milestones}
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for person in _reachable(unreached).filter(role=Role.CONTRIBUTOR, organisation__in=organisations).order_by("pk"):
        found[person.organisation_id or 0].append(person)
    return found


def _watchers(milestones: Sequence[Milestone], unreached: Collection[str]) -> Mapping[tuple[str, int], Sequence[Meant]]:
    of_these = Q(milestone__in=milestones) | Q(initiative__in={one.initiative_id for one in milestones})
    watches = (
        Watch.objects.filter(of_these, person__in=_reachable(unreached))
        .select_related("person")
        .order_by("since", "pk")
    )
    found: defaultdict[tuple[str, int], list[Meant]] = defaultdict(list)
    for watch in watches:
        over = ("milestone", watch.milestone_id) if watch.milestone_id else ("initiative", watch.initiative_id or 0)
        found[over].append(Meant(watch.person, Audience.WATCHERS, watch.since))
    return found


def _reachable(unreached: Collection[str]) -> QuerySet[Person]:
    people = Person.objects.filter(is_active=True).exclude(email="")
    return people.alias(lowered=Lower("email")).exclude(lowered__in=unreached)


def _paths_upwards(milestone: Milestone) -> list[str]:
    """The path of the milestone's organisation and those above it, nearest first."""
    if milestone.organisation is None:
        return []
    codes = milestone.organisation.path.rstrip("/").split("/")
    return ["/".join(codes[:depth]) + "/" for depth in range(len(codes), 0, -1)]
