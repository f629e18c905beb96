"""Signing in by an organisation's own identity provider (OpenID Connect), as the settings say.

They are looked over at the start. Who somebody is by their claims is decided in ``roadmap.editing.single_sign_on``.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from roadmap.vocabulary import Role
from tracker import env

ASKED = {"email", "name", "organisation", "role"}


@dataclass(frozen=True)
class SingleSignOn:
    """``id`` is the provider's name in allauth's tables and in addresses.

    ``claims`` has the claim for each of email, name, organisation and role that is read. ``roles`` are pairs of a value
    of the role's claim (None: whatever it is) and a role, of which the first that a person has counts; without any,
    roles are managed here. ``provisions``: whether whoever comes for the first time gets an account.
    """

    issuer: str
    client_id: str
    secret: str
    name: str
    scopes: tuple[str, ...]
    claims: dict[str, str]
    roles: tuple[tuple[str | None, Role], ...]
    provisions: bool
    id: str = "organisation"

    def for_allauth(self) -> dict[str, object]:
        """The provider as allauth is told it."""
        app = {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.issuer},
        }
        return {"openid_connect": {"APPS": [app]}}


def single_sign_on(*, must_be_https: bool) -> SingleSignOn | None:
    """As the environment says; None where no issuer is set. Raises ImproperlyConfigured."""
    issuer = env.text("OIDC_ISSUER")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    schemes = {"https"} if must_be_https else {"https", "http"}
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ImproperlyConfigured(f"OIDC_ISSUER is {issuer!r}; write the provider's own https:// address.")
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        if not env.text(name):
            raise ImproperlyConfigured(f"OIDC_ISSUER is set; set {name} too, as the provider gave it.")
    claims = dict(_pairs("OIDC_CLAIMS", env.words("OIDC_CLAIMS")))
    if not set(claims) <= ASKED or "email" not in claims:
        raise ImproperlyConfigured(
            f"OIDC_CLAIMS names {', '.join(sorted(claims))}; write email=…; name=…, organisation=…, role=… may follow."
        )
    roles = tuple(
        (None if value == "*" else value, _role(role)) for value, role in _pairs("OIDC_ROLES", env.words("OIDC_ROLES"))
    )
    if any(value is not None for value, _role_of in roles) and "role" not in claims:
        raise ImproperlyConfigured("OIDC_ROLES is set; name the claim that has its values: role=… in OIDC_CLAIMS.")
    scopes = tuple(env.words("OIDC_SCOPES"))
    if "openid" not in scopes:
        raise ImproperlyConfigured("OIDC_SCOPES lacks openid.")
    return SingleSignOn(
        issuer=issuer,
        client_id=env.text("OIDC_CLIENT_ID"),
        secret=env.text("OIDC_CLIENT_SECRET"),
        name=env.text("OIDC_NAME"),
        scopes=scopes,
        claims=claims,
        roles=roles,
        provisions=env.boolean("OIDC_PROVISION"),
    )


def _pairs(name: str, words: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in words:
        key, equals, value = (part.strip() for part in word.partition("="))
        if not (key and equals and value):
            raise ImproperlyConfigured(f"{name} has {word!r}; write pairs as this=that, with commas.")
        if key in dict(found):
            raise ImproperlyConfigured(f"{name} has {key!r} twice.")
        found.append((key, value))
    return found


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise ImproperlyConfigured(f"OIDC_ROLES has the role {word!r}; there are {', '.join(Role.values)}.") from None
