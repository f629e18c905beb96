"""The acts on secret addresses of feeds: make one (its secret is known only then), revoke one."""

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from roadmap.editing.tokens import SECRET_BYTES, digest_of
from roadmap.errors import NotAllowed
from roadmap.models import FeedAddress, Person
from roadmap.models.history import Actor
from roadmap.validity import check_whole


def make_feed_address(person: Person, *, by: Actor, name: str) -> tuple[FeedAddress, str]:
    """A new address of ``person`` and its secret, which can't be had again. Raises InvalidChange, NotAllowed."""
    _require_own(by, person)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    address = FeedAddress(person=person, name=name, digest=digest_of(secret))
    check_whole(address)
    address.save()
    return address, secret


def revoke_feed_address(address: FeedAddress, *, by: Actor, now: datetime) -> FeedAddress:
    """End an address now; ending it again changes nothing. Raises NotAllowed."""
    _require_own(by, address.person)
    FeedAddress.objects.filter(pk=address.pk, revoked_at__isnull=True).update(revoked_at=now)
    address.refresh_from_db()
    return address


def _require_own(by: Actor, person: Person) -> None:
    if by.person is not None and not (by.person == person and person.is_active):
        raise NotAllowed(_("Feeds' addresses are made and revoked by those whose they are."))
