"""The acts on secret addresses of feeds: make one (its secret is known only then), revoke one."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_hand_on
from roadmap.editing.tokens import SECRET_BYTES, digest_of
from roadmap.errors import NotAllowed
from roadmap.models import FeedAddress, Person
from roadmap.models.history import Actor, note_change
from roadmap.validity import check_whole
from roadmap.vocabulary import Scope


def make_feed_address(person: Person, *, by: Actor, name: str) -> tuple[FeedAddress, str]:
    """A new address of ``person`` and its secret, which can't be had again. Raises InvalidChange, NotAllowed."""
    _require_own(by, person)
    require_hand_on(by, {Scope.READ})
    secret = secrets.token_urlsafe(SECRET_BYTES)
    address = FeedAddress(person=person, name=name, digest=digest_of(secret))
    check_whole(address)
    note_change(address, by=by)
    address.save()
    return address, secret


def revoke_feed_address(address: FeedAddress, *, by: Actor, now: datetime) -> FeedAddress:
    """End an address now; ending it again changes nothing. Raises NotAllowed."""
    _require_own(by, address.person)
    with transaction.atomic():
        current = FeedAddress.objects.select_for_update(of=("self",), no_key=True).get(pk=address.pk)
        if current.revoked_at is None:
            current.revoked_at = now
            note_change(current, by=by)
            current.save(update_fields=["revoked_at"])
    return current


def _require_own(by: Actor, person: Person) -> None:
    if by.person is not None and not (by.person == person and person.is_active):
        raise NotAllowed(_("Feed addresses are made and revoked by the person they belong to."))
