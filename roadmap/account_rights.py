"""Who may invite whom, and enter whose leave: the part of ``rights`` that is about people, decided in the same way."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from roadmap.errors import NotAllowed
from roadmap.models import Invitation, Leave, Person
from roadmap.models.history import Actor
from roadmap.rights import ROLES_LEADS_GIVE, may_administer, within_subtree
from roadmap.vocabulary import PersonKind, Role


def may_invite_anybody(person: Person) -> bool:
    """May invite people at all: who administers, and leads of an organisation."""
    leads = person.role == Role.LEAD and person.organisation_id is not None
    return may_administer(person) or (person.is_active and person.kind == PersonKind.HUMAN and leads)


def may_invite(person: Person, account: Person) -> bool:
    """May invite the person, or take it back: who administers; leads in their subtree, to roles they may give."""
    if account.kind != PersonKind.HUMAN or (account.is_superuser and not person.is_superuser):
        return False
    return may_administer(person) or (
        may_invite_anybody(person) and account.role in ROLES_LEADS_GIVE and within_subtree(person, account.organisation)
    )


def invitations_managed_by(person: Person) -> QuerySet[Invitation]:
    """The invitations of all whom ``may_invite`` lets the person invite (one query)."""
    rows = Invitation.objects.filter(person__kind=PersonKind.HUMAN)
    if not person.is_superuser:
        rows = rows.filter(person__is_superuser=False)
    if may_administer(person):
        return rows
    if person.organisation is None or not may_invite_anybody(person):
        return rows.none()
    return rows.filter(
        person__role__in=ROLES_LEADS_GIVE, person__organisation__path__startswith=person.organisation.path
    )


def require_invite(by: Actor, account: Person) -> None:
    """Raise NotAllowed unless the actor is the system itself or may invite the account's person."""
    if by.person is not None and not may_invite(by.person, account):
        raise NotAllowed(_("Leads invite people to their own branch, as lead, contributor or observer."))


def may_arrange_leave(person: Person, account: Person) -> bool:
    """May enter and end the leave of ``account``: their own, of their branch as its lead, or they administer."""
    if person.pk == account.pk:
        return person.is_active
    return may_administer(person) or (
        person.is_active and person.role == Role.LEAD and within_subtree(person, account.organisation)
    )


def leave_arranged_by(person: Person) -> QuerySet[Leave]:
    """The leave of all whose ``may_arrange_leave`` is true (one query)."""
    if may_administer(person):
        return Leave.objects.all()
    reached = Q(person=person.pk)
    if person.role == Role.LEAD and person.organisation is not None:
        reached |= Q(person__organisation__path__startswith=person.organisation.path)
    return Leave.objects.filter(reached)


def require_arrange_leave(by: Actor, account: Person) -> None:
    """Raise NotAllowed unless the actor is the system itself or may arrange the leave of the account."""
    if by.person is not None and not may_arrange_leave(by.person, account):
        raise NotAllowed(_("Leave is entered by the person, the organisation's lead or the programme office."))
