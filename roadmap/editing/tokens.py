"""The acts on API tokens: make one (its text is known only then), revoke one."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from roadmap.account_rights import require_hand_on
from roadmap.errors import InvalidChange
from roadmap.models import ApiToken, Person
from roadmap.models.access import words_of
from roadmap.models.history import Actor, note_change, note_changes
from roadmap.rights import require_manage_account
from roadmap.validity import check_whole
from roadmap.vocabulary import Scope

MARK = "rmt_"
SECRET_BYTES = 32  # 256 bits, 43 characters; far beyond guessing, so that a plain SHA-256 is digest enough
SHOWN_CHARACTERS = 12


def digest_of(text: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_token(
    person: Person,
    *,
    by: Actor,
    now: datetime,
    name: str,
    scopes: Collection[str] = tuple(Scope),
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token of ``person`` and its text, which can't be had again. Raises InvalidChange, NotAllowed.

    By a token only one that may do no more than it, and lasts no longer.
    """
    require_manage_account(by, person)
    require_hand_on(by, scopes)
    if not scopes or not set(scopes) <= set(Scope.values):
        raise InvalidChange({"scopes": _("Choose at least one of the scopes.")})
    if expires_at is not None and expires_at <= now:
        raise InvalidChange({"expires_at": _("The token would have expired already.")})
    ends_at = by.token.expires_at if by.token is not None else None
    if ends_at is not None and (expires_at is None or expires_at > ends_at):
        raise InvalidChange({"expires_at": _("It would last longer than the token that asks for it.")})
    text = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        person=person,
        name=name,
        prefix=text[:SHOWN_CHARACTERS],
        digest=digest_of(text),
        scopes=words_of(scopes),
        expires_at=expires_at,
    )
    check_whole(token)
    note_change(token, by=by)
    token.save()
    return token, text


def revoke_token(token: ApiToken, *, by: Actor, now: datetime) -> ApiToken:
    """End a token now; ending it again changes nothing. Raises NotAllowed."""
    require_manage_account(by, token.person)
    revoke_tokens(ApiToken.objects.filter(pk=token.pk), by=by, now=now)
    token.refresh_from_db()
    return token


def live_tokens(person: Person, *, now: datetime) -> QuerySet[ApiToken]:
    """Those that open something."""
    ends_later = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return ApiToken.objects.filter(ends_later, person=person, revoked_at__isnull=True)


def revoke_tokens(tokens: QuerySet[ApiToken], *, by: Actor, now: datetime, reason: str = "") -> None:
    """End those of the tokens that aren't ended yet. Whoever calls it has looked at the rights."""
    with transaction.atomic():
        live = list(tokens.filter(revoked_at__isnull=True).select_for_update(of=("self",), no_key=True).order_by("pk"))
        for token in live:
            token.revoked_at = now
        ApiToken.objects.filter(pk__in=[token.pk for token in live]).update(revoked_at=now)
        note_changes(live, by=by, reason=reason)
