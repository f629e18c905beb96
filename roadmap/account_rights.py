"""Who may invite whom, enter whose leave, hand on what, and act under whose name: the part of ``rights`` that is about
people, decided in the same way."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from roadmap.errors import MissingScope, NotAllowed
from roadmap.models import ApiToken, Invitation, Leave, Person
from roadmap.models.history import Actor
from roadmap.rights import ROLES_LEADS_GIVE, managers_of, may_administer, people_seen_by, within_subtree
from roadmap.vocabulary import PersonKind, Role, Scope

DAY = timedelta(days=1)
# What a role opens to whoever gets it, in the words of tokens
SCOPES_OF_ROLES: dict[str, frozenset[Scope]] = {
    Role.OFFICE: frozenset(Scope),
    Role.LEAD: frozenset(Scope),
    Role.VERIFIER: frozenset({Scope.READ, Scope.CATALOGUE}),
    Role.CONTRIBUTOR: frozenset({Scope.READ, Scope.PROGRESS}),
    Role.AUDITOR: frozenset({Scope.READ}),
    Role.OBSERVER: frozenset({Scope.READ}),
}


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
        raise NotAllowed(
            _(
                "Organisation leads invite people to their own organisation and those below it, as organisation "
                "lead, contributor or observer."
            )
        )


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


def deputies_known_to(person: Person) -> QuerySet[Person]:
    """Those among whom the person finds who stands in for them: of the same tree of organisations, and of none."""
    if person.organisation is None:
        return Person.objects.filter(organisation=None)
    root = person.organisation.path.partition("/")[0] + "/"
    return Person.objects.filter(Q(organisation__path__startswith=root) | Q(organisation=None))


def deputies_found_by(person: Person) -> QuerySet[Person]:
    """Those whom the person may name as somebody's deputy: their own, and whomever they see."""
    return Person.objects.filter(
        Q(pk__in=deputies_known_to(person).values("pk")) | Q(pk__in=people_seen_by(person).values("pk"))
    )


def require_arrange_leave(by: Actor, account: Person) -> None:
    """Raise NotAllowed unless the actor is the system itself or may arrange the leave of the account."""
    if by.person is not None and not may_arrange_leave(by.person, account):
        raise NotAllowed(_("Leave is entered by the person, the organisation lead or the programme office."))


def scopes_of_role(role: str) -> frozenset[Scope]:
    """What the role opens; of one that isn't known everything, until it is refused."""
    return SCOPES_OF_ROLES.get(role, frozenset(Scope))


def require_hand_on(by: Actor, scopes: Collection[str]) -> None:
    """Raise MissingScope where a token asks and lacks one of the scopes: nobody hands on more than it holds."""
    held = by.token.scope_set if by.token is not None else frozenset(Scope)
    for scope in Scope:
        if scope in scopes and scope not in held:
            raise MissingScope(_("This token lacks the scope %(scope)s.") % {"scope": scope}, scope=scope)


def hands_of(by: Actor) -> set[int]:
    """The ids of whoever may be acting: the actor's person, who gave them their password, who was shown their mail with
    working links, who made the token that they call by, and who made what any of these acted by."""
    if by.person is None:
        return set()
    made = ApiToken.history.filter(id=by.token.pk, history_type="+") if by.token is not None else []
    makers = {row.history_user_id for row in made}
    shown_to = by.person.links_shown_to.values_list("pk", flat=True)
    others = _known({by.person.password_set_by_id, *shown_to, *makers} - {by.person.pk})
    # a token that they made themselves may have been made by another that was made for them
    chained = others | {by.person.pk} if by.person.pk in makers else others
    return {by.person.pk} | others | makers_of_programs(chained)


def makers_of_programs(accounts: Collection[int]) -> set[int]:
    """The ids of those who made a token for one of the accounts, or the account itself if it is a program's; and of
    those who made a token for, or the program that is, one of them. Two queries for each step of that row."""
    found: set[int] = set()
    asked = set(accounts)
    while asked:
        made = ApiToken.history.filter(person__in=asked, history_type="+")
        programs = Person.history.filter(id__in=asked, history_type="+", kind=PersonKind.SERVICE)
        users = [rows.values_list("history_user", flat=True) for rows in (made, programs)]
        asked = _known({*users[0], *users[1]}) - found - asked
        found |= asked
    return found


def _names_under(accounts: Collection[int]) -> set[int]:
    """The accounts, and those under whose names they could act: for which they made a token, or the programs that they
    made, and so on. Two queries for each step."""
    found: set[int] = set()
    asked = set(accounts)
    while asked:
        found |= asked
        made = ApiToken.history.filter(history_user__in=asked, history_type="+")
        programs = Person.history.filter(history_user__in=asked, history_type="+", kind=PersonKind.SERVICE)
        asked = {*made.values_list("person", flat=True), *programs.values_list("id", flat=True)} - found
    return found


def _known(users: Collection[int | None]) -> set[int]:
    return {pk for pk in users if pk is not None}


def brought_in(accounts: Collection[int], *, by: Collection[int]) -> set[int]:
    """The ids of those of the accounts that one of ``by`` made, or ever gave an address, under whatever name: it may be
    a second one of their own, and the account theirs. Two queries for each step from name to name, and one."""
    names = _names_under(by)
    return {state.id for state, _end, former in _states_of(accounts) if _is_given(state, former, by=names)}


def _is_given(state: Any, former: Any, *, by: Collection[int]) -> bool:
    return (former is None or state.email != former.email) and state.history_user_id in by


def hands_behind(accounts: Collection[int], *, since: date, until: date) -> set[int]:
    """The ids of those who could act as one of the accounts, or as whom one of them could, from day to day: who made a
    token for it, who gave it its password or turned its mail to another address, who was shown that mail with working
    links, who made or manages it if it is a program's, who made what any of these acted by, and who stood in for
    whom."""
    shown_to = Person.objects.filter(pk__in=accounts).values_list("links_shown_to", flat=True)
    keepers = _known([*shown_to, *_givers_of_keys(accounts, since=since, until=until)])
    rows: list[int | None] = [*keepers, *makers_of_programs({*accounts, *keepers})]
    for program in Person.objects.filter(pk__in=accounts, kind=PersonKind.SERVICE).select_related("organisation"):
        rows += managers_of(program).values_list("pk", flat=True)
    for pair in _pairs_away(accounts, since=since, until=until):
        rows += pair
    return _known(rows)


def _givers_of_keys(accounts: Collection[int], *, since: date, until: date) -> list[int | None]:
    """Who had given one of the accounts the password that it had on one of the days, or had turned its mail to the
    address to which it went. One query."""
    found, turned_by = [], None
    for state, end, former in _states_of(accounts, last=until):
        if former is None:
            turned_by = None  # with an address a colleague is entered
        elif state.email != former.email:
            turned_by = state.history_user_id if state.history_user_id != state.id else None
        if state.history_date.date() - DAY <= until and end >= since:
            found += [state.password_set_by_id, turned_by]
    return found


_OF_ACCOUNTS = ("id", "email", "history_date", "history_user_id", "password_set_by_id")


def _states_of(accounts: Collection[int], *, last: date = date.max) -> Iterator[tuple[Any, date, Any]]:
    """Each state that one of the accounts was in, the day up to which it was so, and the state before it, if any."""
    former = None
    rows = Person.history.filter(id__in=accounts).order_by("id", "history_date", "history_id")
    states = list(rows.values_list(*_OF_ACCOUNTS, named=True))  # each sign-in left one
    for state, end in _with_ends(states, last=last):
        yield state, end, former if former is not None and former.id == state.id else None
        former = state


def _with_ends(states: Sequence[Any], *, last: date) -> Iterator[tuple[Any, date]]:
    """Each state of a row, with the day up to which it was so: a day more, as in other zones than UTC it is the next
    day already. The states are in the order of their rows and instants."""
    for state, following in zip_longest(states, states[1:]):
        is_last = following is None or following.id != state.id
        yield state, last if is_last else following.history_date.date() + DAY


def _pairs_away(accounts: Collection[int], *, since: date, until: date) -> list[tuple[int, int | None]]:
    """Who was away and who stood in, where one is of the accounts and it was so on a day: of leave that was changed or
    taken back too, up to that day. One query."""
    concerned = Leave.history.filter(Q(person__in=accounts) | Q(deputy__in=accounts)).values("id")
    states = list(Leave.history.filter(id__in=concerned).order_by("id", "history_date", "history_id"))
    pairs = []
    for state, changed_on in _with_ends(states, last=date.max):
        end = min(state.until_on, changed_on)
        if state.history_type != "-" and state.from_on <= min(until, end) and end >= since:
            pairs.append((state.person_id, state.deputy_id))
    return [pair for pair in pairs if not set(pair).isdisjoint(accounts)]
