"""Who somebody is whom the organisation's identity provider vouches for, and the role that they bring along.

Claims are the provider's word, checked by ``web.signing.single_sign_on``. An address counts only as verified. A role
never comes from anywhere but the mapping, superusers never come by this way, and what is changed is in the history.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from roadmap.addresses import mailbox_key
from roadmap.coded_reasons import coded
from roadmap.editing.account_notices import Changed, tell_of_change
from roadmap.errors import NotAllowed
from roadmap.models import Organisation, Person
from roadmap.models.history import SYSTEM, Actor, note_change
from roadmap.validity import check_whole
from roadmap.vocabulary import PersonKind, Role


@dataclass(frozen=True)
class Vouched:
    """What the provider says of somebody, in our words. ``role`` is None where roles are managed here."""

    subject: str
    email: str
    name: str
    organisation: str
    role: Role | None


def read_claims(
    claims: Mapping[str, Any], *, named: Mapping[str, str], roles: Iterable[tuple[str | None, Role]]
) -> Vouched:
    """The claims in our words: ``named`` has the claim for each of email, name, organisation, role. Pure.

    The address is empty unless verified. Raises NotAllowed where there are ``roles`` and the person has none of them.
    """
    email = str(claims.get(named["email"]) or "").strip().lower()
    if named["email"] == "email" and claims.get("email_verified") is not True:
        email = ""
    pairs = list(roles)
    held = _values(claims.get(named.get("role", "")))
    role = next((role for value, role in pairs if value is None or value in held), None)
    if pairs and role is None:
        raise NotAllowed(_("Your organisation's sign-in gives you no role here. Ask the programme office."))
    return Vouched(
        subject=str(claims["sub"]),
        email=email,
        name=str(claims.get(named.get("name", "")) or "").strip(),
        organisation=str(claims.get(named.get("organisation", "")) or "").strip(),
        role=role,
    )


def vouched_person(said: Vouched, *, provider: str, provisions: bool) -> Person:
    """The person, made if need be, with the role that they bring. Raises NotAllowed for whoever may not come in,
    InvalidChange for what can't be stored."""
    with transaction.atomic():
        link = SocialAccount.objects.filter(provider=provider, uid=said.subject).first()
        person = _locked(link.user_id) if link else _of_address(said, provider, provisions=provisions)
        if not person.is_active or person.is_superuser or person.kind != PersonKind.HUMAN or person.is_sample:
            raise _refused()
        _bring_up_to_date(person, said)
        if link is None:
            SocialAccount.objects.create(user=person, provider=provider, uid=said.subject)
    return person


def connect_person(person: Person, subject: str, *, provider: str, by: Actor, now: datetime) -> None:
    """From now on whoever is ``subject`` at the provider comes in as the person, who asked for it. Raises NotAllowed
    where either is connected to another one."""
    with transaction.atomic():
        current = _locked(person.pk)
        links = SocialAccount.objects.filter(provider=provider)
        if links.filter(uid=subject).exclude(user=current).exists() or links.filter(user=current).exists():
            raise NotAllowed(_("It is connected already."))
        SocialAccount.objects.create(user=current, provider=provider, uid=subject)
        _note(current, by=by, reason=coded("sign-in-connected"))
        tell_of_change(current, Changed.CONNECTED, now=now)


def disconnect_person(person: Person, *, provider: str, by: Actor, now: datetime) -> None:
    """No account at the provider opens the person's any more. One that isn't connected is no fault.

    Raises NotAllowed for whoever has no password to come in by.
    """
    with transaction.atomic():
        current = _locked(person.pk)
        if not current.has_usable_password():
            raise NotAllowed(_("You have no password here, so nothing else would open your account."))
        if SocialAccount.objects.filter(provider=provider, user=current).delete()[0]:
            _note(current, by=by, reason=coded("sign-in-disconnected"))
            tell_of_change(current, Changed.DISCONNECTED, now=now)


def _note(person: Person, *, by: Actor, reason: str) -> None:
    note_change(person, by=by, reason=reason)
    person.save()


def _of_address(said: Vouched, provider: str, *, provisions: bool) -> Person:
    """Somebody's first time. An address is taken over by one subject only."""
    if not said.email:
        raise NotAllowed(
            _(
                "Your organisation's sign-in gave no verified e-mail address. Sign in by your password and connect it "
                "on My account."
            )
        )
    known = Person.objects.exclude(email="").values_list("pk", "email")
    found = [pk for pk, email in known if mailbox_key(email) == mailbox_key(said.email)]
    if found:
        if SocialAccount.objects.filter(provider=provider, user__in=found).exists():
            raise _refused()
        return _locked(found[0])
    if not provisions or Person.objects.filter(username__iexact=said.email).exists():
        raise _refused()
    return Person(
        username=said.email,
        email=said.email,
        full_name=said.name,
        password=make_password(None),
        role=said.role or Role.OBSERVER,
    )


def _bring_up_to_date(person: Person, said: Vouched) -> None:
    before = (person.role, person.organisation_id)
    if said.role is not None:
        person.role = said.role
    if said.organisation:
        person.organisation = Organisation.objects.filter(code=said.organisation).first() or person.organisation
    if person._state.adding or before != (person.role, person.organisation_id):
        person.is_staff = person.role != Role.OBSERVER
        check_whole(person)
        note_change(person, by=SYSTEM, reason=coded("by-single-sign-on"))
        person.save()


def _locked(pk: int) -> Person:
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _refused() -> NotAllowed:
    return NotAllowed(_("No account here belongs to you. Ask the programme office."))


def _values(claim: object) -> set[str]:
    """A claim of one value, or of several."""
    return {str(one) for one in claim} if isinstance(claim, list) else {claim} if isinstance(claim, str) else set()
