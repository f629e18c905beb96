"""The acts on API tokens: make one (its text is known only then), revoke one."""

import hashlib
import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from roadmap.errors import InvalidChange, NotAllowed
from roadmap.models import ApiToken, Person
from roadmap.models.history import Actor
from roadmap.rights import may_administer
from roadmap.validity import check_whole

MARK = "rmt_"
SECRET_BYTES = 32  # 256 bits, 43 characters; far beyond guessing, so that a plain SHA-256 is digest enough
SHOWN_CHARACTERS = 12


def digest_of(text: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_token(
    person: Person, *, by: Actor, now: datetime, name: str, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token of ``person`` and its text, which can't be had again. Raises InvalidChange, NotAllowed."""
    _require_own(by, person)
    if person.is_superuser and by.person is not None and not by.person.is_superuser:
        raise NotAllowed(_("Only a superuser makes a superuser's tokens."))
    if expires_at is not None and expires_at <= now:
        raise InvalidChange({"expires_at": _("The token would have expired already.")})
    text = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        person=person, name=name, prefix=text[:SHOWN_CHARACTERS], digest=digest_of(text), expires_at=expires_at
    )
    check_whole(token)
    token.save()
    return token, text


def revoke_token(token: ApiToken, *, by: Actor, now: datetime) -> ApiToken:
    """End a token now; ending it again changes nothing. Raises NotAllowed."""
    _require_own(by, token.person)
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)
    token.refresh_from_db()
    return token


def _require_own(by: Actor, person: Person) -> None:
    if by.person is not None and by.person.pk != person.pk and not may_administer(by.person):
        raise NotAllowed(_("Tokens are made and revoked by their owner or the programme office."))
