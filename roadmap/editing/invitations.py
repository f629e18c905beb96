"""Acts on invitations: enter a person and send them a link, send a new one, take it back; and accept one."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_hand_on, require_invite, scopes_of_role
from roadmap.coded_reasons import coded
from roadmap.errors import InvalidChange
from roadmap.models import Invitation, OutboxMessage, Person
from roadmap.models.history import Actor, note_change
from roadmap.models.person import ADDRESS_TAKEN
from roadmap.outbox.insert import NewMessage, insert_once
from roadmap.outbox.render import BatchMemory
from roadmap.outbox.withdraw import pulled_back, withdraw_superseded
from roadmap.validity import check_whole
from roadmap.vocabulary import Door, MessageKind, Role


def invite_person(*, by: Actor, now: datetime, reason: str = "", **fields: Any) -> Invitation:
    """A new account with ``full_name``, ``email``, ``role``, ``organisation`` and ``language``, and a mail with the
    link by which its person sets a password. They sign in by their address.

    Raises InvalidChange naming the fields that are wrong; NotAllowed for roles and branches beyond the actor's own.
    """
    email = str(fields.pop("email", "")).strip().lower()
    person = Person(
        username=email,
        email=email,
        password=make_password(None),
        is_staff=fields.get("role") != Role.OBSERVER,
        **fields,
    )
    require_invite(by, person)
    wrong: dict[str, Any] = {}
    if not email:
        wrong["email"] = _("Give the address to which the invitation goes.")
    elif Person.objects.filter(username__iexact=email).exists():
        wrong["email"] = ADDRESS_TAKEN
    if not person.full_name.strip():
        wrong["full_name"] = _("Give the person's name.")
    with transaction.atomic():
        _check(person, wrong)
        note_change(person, by=by, reason=reason)
        person.save()
        return _send(person, by=by, now=now)


def invite_again(person: Person, *, by: Actor, now: datetime) -> Invitation:
    """A new link by mail; earlier ones end. Raises InvalidChange for whoever has accepted one; NotAllowed."""
    require_invite(by, person)
    with transaction.atomic():
        current = _locked(person)
        if not current.is_active:
            current.is_active = True
            note_change(current, by=by, reason=coded("invited-again"))
            current.save()
        _end_links(current, now=now)
        return _send(current, by=by, now=now)


def take_invitation_back(person: Person, *, by: Actor, now: datetime, reason: str = "") -> None:
    """The link ends, its mail if unsent stays here, and the account is closed. Raises as ``invite_again``."""
    require_invite(by, person)
    with transaction.atomic():
        current = _locked(person)
        _end_links(current, now=now)
        current.is_active = False
        note_change(current, by=by, reason=reason or str(_("Invitation withdrawn.")))
        current.save()


def accept_invitation(
    invitation: Invitation, password: str, *, now: datetime, signed_in: Person | None = None
) -> Person:
    """Set the password and use the link up; whoever else is ``signed_in`` where it happens has given the password.

    Raises InvalidChange where it doesn't work any more (``link``), or for a password that is too weak (``password``).
    """
    with transaction.atomic():
        current = Invitation.objects.select_for_update(of=("self",), no_key=True).get(pk=invitation.pk)
        person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=current.person_id)
        if not current.is_open(now=now) or not person.is_active:
            raise InvalidChange({"link": _("This link doesn't work any more.")})
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise InvalidChange({"password": " ".join(error.messages)}) from error
        current.used_at = now
        current.save(update_fields=["used_at"])
        person.password = make_password(password)
        person.password_set_by = signed_in if signed_in != person else None
        note_change(person, by=Actor(person, Door.WEB), reason=coded("invitation-accepted"))
        person.save()
    return person


def link_token(invitation: Invitation) -> str:
    """The secret part of the link's address; the same each time."""
    return _signer().sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """What the link stands for; None unless it was signed here. Whether it works still is another question."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return Invitation.objects.select_related("person", "invited_by").filter(pk=number).first()


def invitation_still_open(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether the mail's link would work; looked at once more before it goes."""
    invitation = Invitation.objects.filter(pk=row.facts["invitation"]).first()
    return invitation is not None and invitation.is_open(now=memory.now)


def _check(person: Person, wrong: dict[str, Any]) -> None:
    """The address is the user name, too: what is wrong with either is said of the address."""
    try:
        check_whole(person, found_wrong={**wrong, **({"username": wrong["email"]} if "email" in wrong else {})})
    except InvalidChange as error:
        fields = dict(error.fields)
        if "username" in fields:
            del fields["username"]
            fields.setdefault("email", _("As user names, addresses may have letters, digits and . @ + - _ only."))
        raise InvalidChange(fields) from error


def _signer() -> Signer:
    return Signer(salt="roadmap.invitations", sep=".")


def _locked(person: Person) -> Person:
    current = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    invitations = Invitation.objects.filter(person=current)
    if not invitations.exists() or invitations.filter(used_at__isnull=False).exists():
        raise InvalidChange({"__all__": _("This person has a password already, or was never invited.")})
    return current


def _end_links(person: Person, *, now: datetime) -> None:
    Invitation.objects.filter(person=person, used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    withdraw_superseded(pulled_back(OutboxMessage.objects.filter(recipient=person, kind=MessageKind.INVITATION)))


def _send(person: Person, *, by: Actor, now: datetime) -> Invitation:
    require_hand_on(by, scopes_of_role(person.role))
    made = Invitation.objects.create(
        person=person,
        invited_by=by.person,
        made_at=now,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    message = NewMessage(
        key=f"invitation/{made.pk}",
        kind=MessageKind.INVITATION,
        recipient=person,
        facts={"invitation": made.pk},
        awaited_until=made.expires_at,  # somebody waits for it, whatever the hour
    )
    insert_once([message], deliver_after=now)
    return made
