"""Who may do what: the one place where rights are decided, by role and by the subtree of a person's organisation.

Invitations and leave, which go by the same, are in ``account_rights``.
"""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from roadmap.errors import NotAllowed
from roadmap.models import Milestone, Organisation, Person, ReminderOccurrence
from roadmap.models.history import Actor
from roadmap.vocabulary import AnswerKind, PersonKind, Role

# A lead hands on no more than what they may do themselves
ROLES_LEADS_GIVE = frozenset({Role.LEAD, Role.CONTRIBUTOR, Role.OBSERVER})

# What is answered by a report
REPORTING = (AnswerKind.TRACK, AnswerKind.DONE, AnswerKind.FORECAST)


def within_subtree(person: Person, organisation: Organisation | None) -> bool:
    """Whether the organisation is the person's own or below it."""
    return (
        person.organisation is not None
        and organisation is not None
        and organisation.path.startswith(person.organisation.path)
    )


def may_administer(person: Person) -> bool:
    """May change the frame of the programme, rules and people: the programme office and superusers."""
    return person.is_active and (person.is_superuser or person.role == Role.OFFICE)


def may_read_mail(person: Person) -> bool:
    """May read everybody's mail, reminders and answers: who administers, and auditors."""
    return may_administer(person) or (person.is_active and person.role == Role.AUDITOR)


def may_edit(person: Person, milestone: Milestone) -> bool:
    """May change the plan of this milestone: who administers, and leads within their organisation's subtree."""
    return may_administer(person) or (
        person.is_active and person.role == Role.LEAD and within_subtree(person, milestone.organisation)
    )


def may_report(person: Person, milestone: Milestone) -> bool:
    """May record progress and evidence: who may edit, the owner, and contributors within their subtree."""
    return may_edit(person, milestone) or (
        person.is_active
        and (
            milestone.owner_id == person.pk
            or (person.role == Role.CONTRIBUTOR and within_subtree(person, milestone.organisation))
        )
    )


def may_answer(person: Person, milestone: Milestone) -> bool:
    """May acknowledge a reminder for all to see: who may report, and whoever leads its organisation or one above."""
    return bool(answerable_by(person, [milestone]))


def paths_led_by(people: Collection[int]) -> dict[int, list[str]]:
    """The paths of the organisations that each of the people (by id) leads, for all of them. One query."""
    found: dict[int, list[str]] = {pk: [] for pk in people}
    for lead, path in Organisation.objects.filter(lead__in=people).order_by().values_list("lead", "path"):
        found[lead or 0].append(path)
    return found


def answerable_by(person: Person, milestones: Sequence[Milestone], *, led: Sequence[str] | None = None) -> set[int]:
    """The ids of those among ``milestones`` whose reminders the person may acknowledge; two queries at most, one less
    where it is known what they lead (``paths_led_by``)."""
    may = {milestone.pk for milestone in milestones if may_report(person, milestone)}
    if person.is_active and len(may) < len(milestones):
        led = paths_led_by([person.pk])[person.pk] if led is None else led
        for milestone in milestones:
            if milestone.organisation is not None and milestone.organisation.path.startswith(tuple(led)):
                may.add(milestone.pk)
    return may


def answers_open_to(
    person: Person, milestones: Sequence[Milestone], *, today: date, led: Sequence[str] | None = None
) -> dict[int, tuple[AnswerKind, ...]]:
    """What the person, whom reminders of ``milestones`` reach, may answer to each ``today``; queries as
    ``answerable_by``.

    What is overdue can't be on track any more: "I am on it", which is said in its place, takes note of it too.
    """
    answerable = answerable_by(person, milestones, led=led)
    found: dict[int, tuple[AnswerKind, ...]] = {}
    for milestone in milestones:
        if may_report(person, milestone):
            noted = () if milestone.is_overdue_on(today) else (AnswerKind.NOTED,)
            found[milestone.pk] = (*REPORTING, *noted, AnswerKind.SNOOZE)
        elif milestone.pk in answerable:
            found[milestone.pk] = (AnswerKind.NOTED, AnswerKind.SNOOZE)
        else:
            found[milestone.pk] = (AnswerKind.SNOOZE,)
    return found


def may_see_reminders(person: Person, milestone: Milestone) -> bool:
    """May know who was reminded of the milestone, and what comes: who may answer, and auditors, of any milestone."""
    return (person.is_active and person.role == Role.AUDITOR) or may_answer(person, milestone)


def may_snooze(person: Person, milestone: Milestone) -> bool:
    """May silence reminders to themselves: who may answer, and whoever was reminded of it."""
    return may_answer(person, milestone) or (
        person.is_active and ReminderOccurrence.objects.filter(milestone=milestone, recipient=person).exists()
    )


def may_see_people(person: Person, organisation: Organisation) -> bool:
    """May know who works in the organisation, and in which roles: who administers, auditors, and those of its branch
    or of one above it."""
    return may_administer(person) or (
        person.is_active and (person.role == Role.AUDITOR or within_subtree(person, organisation))
    )


def people_seen_by(person: Person) -> QuerySet[Person]:
    """The accounts that the person may look at: their own, those of organisations of which ``may_see_people`` is true,
    and, where that is of all, those of none (one query)."""
    if may_administer(person) or (person.is_active and person.role == Role.AUDITOR):
        return Person.objects.all()
    seen = Q(pk=person.pk)
    if person.is_active and person.organisation is not None:
        seen |= Q(organisation__path__startswith=person.organisation.path)
    return Person.objects.filter(seen)


def within_reach(person: Person, milestone: Milestone) -> bool:
    """Whether it is their own, of their branch, or they administer: else to them there is nothing to change."""
    return may_administer(person) or milestone.owner_id == person.pk or within_subtree(person, milestone.organisation)


def allows_report(by: Actor, milestone: Milestone) -> bool:
    """Whether the actor is the system itself or may report on the milestone."""
    return by.person is None or may_report(by.person, milestone)


def may_verify(person: Person, milestone: Milestone) -> bool:
    """May confirm that this milestone is done: people who administer, and verifiers and leads within their subtree.

    Programs never do: somebody else always acts by them.
    """
    return person.kind == PersonKind.HUMAN and (
        may_administer(person)
        or (
            person.is_active
            and person.role in (Role.VERIFIER, Role.LEAD)
            and within_subtree(person, milestone.organisation)
        )
    )


def may_manage_account(person: Person, account: Person) -> bool:
    """May make and revoke its tokens: its owner, the office (a superuser's: superusers), a service account's lead."""
    if person.pk == account.pk:
        return person.is_active
    if account.is_superuser and not person.is_superuser:
        return False
    return may_administer(person) or (
        account.kind == PersonKind.SERVICE
        and account.role in ROLES_LEADS_GIVE
        and person.kind == PersonKind.HUMAN
        and person.is_active
        and person.role == Role.LEAD
        and within_subtree(person, account.organisation)
    )


def managed_accounts(person: Person) -> QuerySet[Person]:
    """The accounts of which ``may_manage_account`` is true (one query)."""
    if may_administer(person):
        everybody = Person.objects.all()
        return everybody if person.is_superuser else everybody.filter(is_superuser=False)
    reached = Q(pk=person.pk)
    if person.kind == PersonKind.HUMAN and person.role == Role.LEAD and person.organisation is not None:
        reached |= Q(
            kind=PersonKind.SERVICE,
            is_superuser=False,
            role__in=ROLES_LEADS_GIVE,
            organisation__path__startswith=person.organisation.path,
        )
    return Person.objects.filter(reached)


def verifiers_of(milestone: Milestone) -> QuerySet[Person]:
    """The people of whom ``may_verify`` is true for the milestone, its organisation at hand (one query)."""
    everywhere = Q(is_superuser=True) | Q(role=Role.OFFICE)
    within = Q(role__in=(Role.VERIFIER, Role.LEAD), organisation__path__in=_paths_above(milestone.organisation))
    return Person.objects.filter(everywhere | within, kind=PersonKind.HUMAN, is_active=True)


def managers_of(program: Person) -> QuerySet[Person]:
    """Those of whom ``may_manage_account`` is true for a service account, its organisation at hand, and who leads that
    organisation or one above (one query)."""
    above = _paths_above(program.organisation)
    reached = Q(is_superuser=True) | Q(role=Role.OFFICE) | Q(leads__path__in=above)
    if program.role in ROLES_LEADS_GIVE:
        reached |= Q(kind=PersonKind.HUMAN, role=Role.LEAD, organisation__path__in=above)
    return Person.objects.filter(reached).exclude(pk=program.pk)


def _paths_above(organisation: Organisation | None) -> list[str]:
    """The paths of the organisation and of those above it."""
    codes = organisation.path.rstrip("/").split("/") if organisation else []
    return ["/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]


def require_manage_account(by: Actor, account: Person) -> None:
    """Raise NotAllowed unless the actor is the system itself or may manage the account."""
    if by.person is not None and not may_manage_account(by.person, account):
        raise NotAllowed(
            _("Tokens are made and revoked by their owner, the organisation lead or the programme office.")
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
    if not allows_report(by, milestone):
        raise NotAllowed(_("You may report on milestones that you own or that belong to your organisation."))


def require_answer(by: Actor, milestone: Milestone) -> None:
    """Raise NotAllowed unless the actor is a person who may answer reminders of the milestone."""
    if by.person is None or not may_answer(by.person, milestone):
        raise NotAllowed(_("Only those who are responsible for this milestone may acknowledge its reminders."))


def require_snooze(by: Actor, milestone: Milestone) -> None:
    """Raise NotAllowed unless the actor is a person whom reminders of the milestone reach."""
    if by.person is None or not may_snooze(by.person, milestone):
        raise NotAllowed(_("You get no reminders of this milestone."))


def require_see_reminders(person: Person, milestone: Milestone) -> None:
    """Raise NotAllowed unless the person may see the milestone's reminders."""
    if not may_see_reminders(person, milestone):
        raise NotAllowed(_("Reminders are shown to those who are responsible for the milestone, and to auditors."))


def require_verify(by: Actor, milestone: Milestone) -> None:
    """Raise NotAllowed unless the actor is the system itself or may confirm that the milestone is done."""
    if by.person is not None and by.person.kind != PersonKind.HUMAN:
        raise NotAllowed(_("Programs can't verify; a person has to."))
    if by.person is not None and not may_verify(by.person, milestone):
        raise NotAllowed(_("You may verify milestones of your own organisation only, as its lead or verifier."))
