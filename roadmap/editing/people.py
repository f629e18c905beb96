"""Acts on people that the general acts on entries can't do."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.coded_reasons import coded
from roadmap.editing.account_notices import Changed, tell_of_change
from roadmap.errors import NotAllowed
from roadmap.models import Person
from roadmap.models.history import Actor, note_change
from roadmap.rights import require_administer, require_manage_account
from roadmap.validity import check_fields, check_whole
from roadmap.vocabulary import Door


def create_sample_person(*, by: Actor, reason: str = "", **fields: Any) -> Person:
    """A made-up person, marked so for good, who can't sign in. Raises InvalidChange, NotAllowed.

    The mark can be set nowhere else: what bears it is removed together with the sample layer.
    """
    require_administer(by)
    check_fields(Person, fields)
    person = Person(**{**fields, "password": make_password(None), "is_sample": True})
    with transaction.atomic():
        check_whole(person)
        note_change(person, by=by, reason=reason)
        person.save()
    return person


def set_password(person: Person, password: str, *, by: Actor, now: datetime, reason: str = "") -> Person:
    """A new password. Whoever gives one to somebody else could sign in as them: it is noted, and until the person has
    chosen another they count as one hand (``account_rights.hands_behind``). Who would change it in that person's name
    locks them out, which is noticed. Raises NotAllowed for all but the programme office."""
    require_administer(by)
    with transaction.atomic():
        current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        current.password = make_password(password)
        is_own = by.person is not None and by.person.pk == current.pk
        current.password_set_by = None if is_own else by.person
        note_change(current, by=by, reason=reason)
        current.save()
        tell_of_change(current, Changed.PASSWORD, now=now)
    return current


def choose_password(person: Person, password: str, *, now: datetime, signed_in: Person | None = None) -> Person:
    """The person's own new password; whoever else was ``signed_in`` where it was chosen has given it."""
    with transaction.atomic():
        current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        current.password = make_password(password)
        current.password_set_by = signed_in if signed_in != current else None
        note_change(current, by=Actor(current, Door.WEB), reason=coded("password-changed"))
        current.save()
        tell_of_change(current, Changed.PASSWORD, now=now)
    return current


def sign_out_everywhere(person: Person, *, by: Actor, reason: str = "") -> None:
    """End every session of the person. Raises NotAllowed for all but the programme office, of a superuser's for all but
    superusers."""
    require_administer(by)
    if person.is_superuser and by.person is not None and not by.person.is_superuser:
        raise NotAllowed(_("Only superusers change a superuser's account."))
    with transaction.atomic():
        current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        for one in UserSession.objects.filter(user=current):
            one.end()
        note_change(current, by=by, reason=reason or coded("signed-out"))
        current.save()


def note_links_shown(person: Person, *, by: Person) -> None:
    """From now on ``by`` counts as one who could act as the person, whose mail they see with working links. Raises
    NotAllowed for whoever may not make the account's tokens, which is no less."""
    require_manage_account(Actor(by, Door.WEB), person)
    with transaction.atomic():
        current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        if by.pk != current.pk and not current.links_shown_to.contains(by):
            current.links_shown_to.add(by)
            note_change(current, by=Actor(by, Door.WEB), reason=coded("links-shown"))
            current.save()


def end_answer_links(person: Person, *, by: Actor, reason: str = "") -> Person:
    """All links in the reminders that ``person`` has got so far lead nowhere any more. Raises NotAllowed for all but
    the person and the programme office."""
    if by.person is None or by.person.pk != person.pk:
        require_administer(by)
    with transaction.atomic():
        current = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        current.answer_links_generation += 1
        note_change(current, by=by, reason=reason)
        current.save()
    return current
