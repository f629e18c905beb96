"""Who calls: a token in the Authorization header, looked up by its digest. Sessions are the framework's own affair."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from roadmap import clock
from roadmap.api.validators import stand_columns
from roadmap.editing.tokens import digest_of
from roadmap.models import ApiToken, Person
from roadmap.models.prepared import PreparedLookup

SCHEMES = {b"bearer", b"token"}
TOKENS = PreparedLookup(
    lambda digest: (
        ApiToken.objects.select_related("person__organisation").filter(digest=digest).annotate(**stand_columns())
    )
)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer rmt_…``; ``Token`` is read as well."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        """The token's person and the token; None without such a header. Raises AuthenticationFailed."""
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = TOKENS.first(digest_of(secret.strip().decode("latin-1")))
        now = clock.now()
        if token is None or token.revoked_at is not None or not token.person.is_active:
            raise AuthenticationFailed(_("This token isn't valid."))
        if token.expires_at is not None and token.expires_at <= now:
            raise AuthenticationFailed(_("This token has expired."))
        _note_use(token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'


def _note_use(token: ApiToken) -> None:
    """Keep the day of last use; one write a day, whatever the number of requests."""
    today = clock.day_in(settings.TIME_ZONE, at=clock.now())
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
