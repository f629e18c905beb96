"""Who may do what: the one place where rights are decided, by role and by the subtree of a person's organisation."""

from django.utils.translation import gettext_lazy as _

from roadmap.errors import NotAllowed
from roadmap.models import Milestone, Organisation, Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Role


def _within_subtree(person: Person, organisation: Organisation | None) -> bool:
    return (
        person.organisation is not None
        and organisation is not None
        and organisation.path.startswith(person.organisation.path)
    )


def may_administer(person: Person) -> bool:
    """May change the frame of the programme, rules and people: the programme office and superusers."""
    return person.is_active and (person.is_superuser or person.role == Role.OFFICE)


def may_edit(person: Person, milestone: Milestone) -> bool:
    """May change the plan of this milestone: who administers, and leads within their organisation's subtree."""
    return may_administer(person) or (
        person.is_active and person.role == Role.LEAD and _within_subtree(person, milestone.organisation)
    )


def may_report(person: Person, milestone: Milestone) -> bool:
    """May record progress and evidence: who may edit, the owner, and contributors within their subtree."""
    return may_edit(person, milestone) or (
        person.is_active
        and (
            milestone.owner_id == person.pk
            or (person.role == Role.CONTRIBUTOR and _within_subtree(person, milestone.organisation))
        )
    )


def require_administer(by: Actor) -> None:
    """Raise NotAllowed unless the actor is the system itself or may administer."""
    if by.person is not None and not may_administer(by.person):
        raise NotAllowed(_("Only the programme office may change this."))


def require_edit(by: Actor, milestone: Milestone) -> None:
    """Raise NotAllowed unless the actor is the system itself or may edit the milestone."""
    if by.person is not None and not may_edit(by.person, milestone):
        raise NotAllowed(_("You may edit milestones of your own organisation only, as its lead."))


def require_report(by: Actor, milestone: Milestone) -> None:
    """Raise NotAllowed unless the actor is the system itself or may report on the milestone."""
    if by.person is not None and not may_report(by.person, milestone):
        raise NotAllowed(_("You may report on milestones that you own or that belong to your organisation."))
