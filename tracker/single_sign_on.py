"""Signing in by an organisation's own identity provider (OpenID Connect, Feishu or DingTalk), as the settings say.

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
    roles are managed here. ``provisions``: whether whoever comes for the first time gets an account. ``tenant`` is the
    organisation at Feishu or DingTalk, of which people have to be.
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
    tenant: str = ""

    @property
    def is_openid(self) -> bool:
        """Whether it signs what it says, and can be asked for a proof anew."""
        return self.id == "organisation"

    def for_allauth(self) -> dict[str, object]:
        """The provider as allauth is told it."""
        app = {"name": self.name, "client_id": self.client_id, "secret": self.secret}
        if not self.is_openid:
            return {self.id: {"APPS": [app]}}
        return {"openid_connect": {"APPS": [{**app, "provider_id": self.id, "settings": {"server_url": self.issuer}}]}}


@dataclass(frozen=True)
class Messenger:
    """One where organisations have their people: what is set for its client, secret and organisation, and which of its
    words is what. A word that isn't there (the address at DingTalk, which people choose themselves) is never believed.
    """

    id: str
    name: str
    told: dict[str, str]
    scopes: tuple[str, ...]
    claims: dict[str, str]


def _messengers() -> list[Messenger]:
    feishu = {
        "FEISHU_APP_ID": env.text("FEISHU_APP_ID"),
        "FEISHU_APP_SECRET": env.text("FEISHU_APP_SECRET"),
        "FEISHU_TENANT_KEY": env.text("FEISHU_TENANT_KEY"),
    }
    dingtalk = {
        "DINGTALK_CLIENT_ID": env.text("DINGTALK_CLIENT_ID"),
        "DINGTALK_CLIENT_SECRET": env.text("DINGTALK_CLIENT_SECRET"),
        "DINGTALK_CORP_ID": env.text("DINGTALK_CORP_ID"),
    }
    return [
        Messenger("feishu", "飞书 Feishu", feishu, (), {"email": "enterprise_email", "name": "name"}),
        Messenger("dingtalk", "钉钉 DingTalk", dingtalk, ("openid", "corpid"), {"email": "", "name": "nick"}),
    ]


def single_sign_on(*, must_be_https: bool) -> SingleSignOn | None:
    """As the environment says; None where no provider is set. Raises ImproperlyConfigured."""
    messengers = [one for one in _messengers() if any(one.told.values())]
    chosen = [*(["OIDC_ISSUER"] if env.text("OIDC_ISSUER") else []), *(next(iter(one.told)) for one in messengers)]
    if len(chosen) > 1:
        raise ImproperlyConfigured(f"{' and '.join(chosen)} are set; there is one provider, so set one of them.")
    if messengers:
        return _by_messenger(messengers[0])
    return _by_openid(must_be_https=must_be_https) if chosen else None


def _by_messenger(one: Messenger) -> SingleSignOn:
    if missing := [name for name, value in one.told.items() if not value]:
        raise ImproperlyConfigured(f"Set {' and '.join(missing)} too, for signing in by {one.name}.")
    client_id, secret, tenant = one.told.values()
    roles = _roles()
    if any(value is not None for value, _role_of in roles):
        raise ImproperlyConfigured("OIDC_ROLES names values of a claim, of which there are none here; write *=role.")
    return SingleSignOn(
        issuer="",
        client_id=client_id,
        secret=secret,
        name=one.name,
        scopes=one.scopes,
        claims=one.claims,
        roles=roles,
        provisions=env.boolean("OIDC_PROVISION"),
        id=one.id,
        tenant=tenant,
    )


def _by_openid(*, must_be_https: bool) -> SingleSignOn:
    issuer = env.text("OIDC_ISSUER")
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
    roles = _roles()
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


def _roles() -> tuple[tuple[str | None, Role], ...]:
    pairs = _pairs("OIDC_ROLES", env.words("OIDC_ROLES"))
    return tuple((None if value == "*" else value, _role(role)) for value, role in pairs)


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
