"""Acts on a person's second factors: codes of an app, passkeys, and recovery codes for when neither is at hand.

They are allauth's rows, which nobody but allauth reads. A person's ``second_factor_since`` says that there is one, so
that lists and histories tell it without them.
"""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from roadmap.coded_reasons import coded
from roadmap.editing.account_notices import Changed, tell_of_change
from roadmap.errors import NotAllowed
from roadmap.models import Person
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer

KINDS = {Authenticator.Type.TOTP: "app", Authenticator.Type.WEBAUTHN: "passkey"}  # each with its reasons


def factors_of(person: Person) -> QuerySet[Authenticator]:
    """Apps and passkeys, the first one first; recovery codes only stand in for them."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=person, type__in=KINDS)
    return found.order_by("created_at", "pk")


def note_factor_added(factor: Authenticator, *, by: Actor, now: datetime) -> bool:
    """Keep that the person got one more, and tell them; whether it is their first. In the transaction that adds it."""
    person = _locked(factor.user_id)
    is_first = person.second_factor_since is None
    if is_first:
        person.second_factor_since = now
    _write(person, by=by, reason=coded(f"{KINDS[factor.type]}-added"))
    tell_of_change(person, Changed.FACTOR_ADDED, now=now)
    return is_first


def note_recovery_codes(person: Person, *, by: Actor, now: datetime) -> None:
    """Keep that the person has other recovery codes, and tell them. In the transaction that makes the codes."""
    _write(_locked(person.pk), by=by, reason=coded("recovery-codes-renewed"))
    tell_of_change(person, Changed.RECOVERY_CODES, now=now)


def remove_factor(person: Person, number: int, *, by: Actor, now: datetime, is_required: bool) -> None:
    """The person gives up one of theirs; with the last one go the recovery codes. One that is gone is no fault.

    Raises NotAllowed for the last one where they must have one.
    """
    with transaction.atomic():
        current = _locked(person.pk)
        factor = factors_of(current).filter(pk=number).first()
        if factor is None:
            return
        is_last = not factors_of(current).exclude(pk=number).exists()
        if is_last and is_required:
            raise NotAllowed(_("A second factor is required here. Add another one before you remove this one."))
        factor.delete()
        if is_last:
            Authenticator.objects.filter(user=current).delete()
            current.second_factor_since = None
        _write(current, by=by, reason=coded(f"{KINDS[factor.type]}-removed"))
        tell_of_change(current, Changed.FACTOR_REMOVED, now=now)


def reset_second_factor(person: Person, *, by: Actor, now: datetime, reason: str) -> None:
    """Take all away from somebody who lost them; they sign in by password and set one up anew.

    Raises NotAllowed for all but the programme office, of a superuser's for all but superusers.
    """
    require_administer(by)
    if person.is_superuser and by.person is not None and not by.person.is_superuser:
        raise NotAllowed(_("Only superusers change a superuser's account."))
    with transaction.atomic():
        current = _locked(person.pk)
        Authenticator.objects.filter(user=current).delete()
        current.second_factor_since = None
        _write(current, by=by, reason=reason)
        tell_of_change(current, Changed.FACTOR_REMOVED, now=now)


def _locked(number: int) -> Person:
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=number)


def _write(person: Person, *, by: Actor, reason: str) -> None:
    note_change(person, by=by, reason=reason)
    person.save(update_fields=["second_factor_since"])
