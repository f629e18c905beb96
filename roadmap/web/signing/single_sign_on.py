"""Signing in by the organisation's identity provider: to it, and back with a code that stands for verified claims.

allauth keeps the state of each way there (once, in the session), trades the code by PKCE and signs the person in. What
it leaves open is checked here: the issuer of the provider's own description, the ID token's signature by the provider's
published keys, its issuer, audience, times and nonce, and that the claims of both answers are of one person.
"""

import logging
from typing import Any

import jwt
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from roadmap import clock
from roadmap.editing.single_sign_on import connect_person, disconnect_person, read_claims, vouched_person
from roadmap.errors import NotAllowed, RoadmapError
from roadmap.models import Person
from roadmap.web.own.doors import by
from roadmap.web.signing.providers import DingTalk, Feishu
from tracker.single_sign_on import SingleSignOn

log = logging.getLogger(__name__)
MESSENGERS = {Feishu.provider_id: Feishu, DingTalk.provider_id: DingTalk}
CAME_BY_IT = "single_sign_on"  # in the session
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
NEEDED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
CLOCKS_MAY_DIFFER = 60  # seconds


class Adapter(OpenIDConnectOAuth2Adapter):
    """allauth's part, with the checks that it leaves open."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself. Raises OAuth2Error unless it calls itself what we were told."""
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != _sso().issuer:
            raise OAuth2Error("the description is of another issuer")
        return config

    def claims(self, answer: dict[str, Any], *, nonce: str) -> dict[str, Any]:
        """What is said of the person in both places. Raises OAuth2Error unless all is in order."""
        said = self._of_id_token(str(answer.get("id_token", "")), nonce=nonce)
        if "userinfo_endpoint" in self.openid_config:
            also = self._fetch_user_info(answer["access_token"])
            if also.get("sub") != said["sub"]:
                raise OAuth2Error("the user info is of somebody else")
            return {**also, **said}
        return said

    def _of_id_token(self, token: str, *, nonce: str) -> dict[str, Any]:
        sso = _sso()
        with get_adapter().get_requests_session() as session:
            published = session.get(self.openid_config["jwks_uri"])
            published.raise_for_status()
        try:
            header = jwt.get_unverified_header(token)
            keys = [one for one in jwt.PyJWKSet.from_dict(published.json()).keys if one.public_key_use in {None, "sig"}]
            keys = [one for one in keys if header.get("kid", one.key_id) == one.key_id]
            if len(keys) != 1 or keys[0].algorithm_name not in ALGORITHMS:
                raise OAuth2Error("no published key fits the ID token")
            said: dict[str, Any] = jwt.decode(
                token,
                keys[0].key,
                algorithms=[keys[0].algorithm_name],
                issuer=sso.issuer,
                audience=sso.client_id,
                leeway=CLOCKS_MAY_DIFFER,
                options={"require": NEEDED},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise OAuth2Error(f"the ID token doesn't hold: {error}") from error
        if said["nonce"] != nonce or said.get("azp", sso.client_id) != sso.client_id:
            raise OAuth2Error("the ID token was made for another sign-in")
        return said


@never_cache
@require_GET
def to_provider(request: HttpRequest) -> HttpResponse:
    """To the provider; with ``again`` in the address it is to ask for a proof anew, as before what is grave."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":  # nobody is signed in by a link of another site
        return HttpResponseRedirect(reverse("account_login"))
    again = "again" in request.GET
    if again and not _sso().is_openid:
        return _refused(request, _("This needs a recent sign-in: sign out, and in again."))
    return _begun(request, again=again, onward=request.GET.get("next", ""), connects=None)


def connect(request: HttpRequest, person: Person) -> HttpResponse:
    """To the provider, to let the account there open this one from now on; or to let it do so no more. A look at it
    only leads back, as after a password was asked for."""
    act = request.POST.get("act")
    if act == "end":
        try:
            disconnect_person(person, provider=_sso().id, by=by(person), now=clock.now())
        except NotAllowed as error:
            return _refused(request, str(error.message))
    if act != "begin":
        return HttpResponseRedirect(reverse("web:account"))
    return _begun(request, again=False, onward=reverse("web:account"), connects=person.pk)


def _begun(request: HttpRequest, *, again: bool, onward: str, connects: int | None) -> HttpResponse:
    sso = _sso()
    is_ours = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    pkce, nonce = generate_code_challenge(), get_random_string(32)
    state = {"nonce": nonce, "verifier": pkce.pop("code_verifier"), "again": again, "next": onward if is_ours else ""}
    state["connects"] = connects
    try:
        adapter, client = _client(request)
        address = adapter.authorize_url
    except (OAuth2Error, RequestException, ValueError, KeyError) as error:
        return _failed(request, error)
    client.state = statekit.stash_state(request, provider_id=adapter.provider_id, state=state)
    if not sso.is_openid:
        return HttpResponseRedirect(client.get_redirect_url(address, sso.scopes, {}))
    asked = {"nonce": nonce, **pkce, **({"prompt": "login", "max_age": "0"} if again else {})}
    return HttpResponseRedirect(client.get_redirect_url(address, sso.scopes, asked))


@never_cache
@require_GET
def from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with a code."""
    sso = _sso()
    try:
        adapter, client = _client(request)
        if provider_id != adapter.provider_id:
            raise Http404
        state = statekit.unstash_state(request, state_id=request.GET.get("state", ""), provider_id=provider_id)
        if state is None or request.GET.get("iss", sso.issuer) != sso.issuer or not request.GET.get("code"):
            raise OAuth2Error("no sign-in that was begun here")
        verifier = state["verifier"] if sso.is_openid else None
        answer = client.get_access_token(request.GET["code"], pkce_code_verifier=verifier)
        claims = adapter.claims(answer, nonce=state["nonce"])
        if state["again"] and not _is_recent(claims.get("auth_time")):
            raise OAuth2Error("no proof was given anew")
    except (OAuth2Error, RequestException, ValueError, KeyError) as error:
        return _failed(request, error)
    try:
        if state["connects"] is not None:
            return _connected(request, state["connects"], str(claims["sub"]))
        said = read_claims(claims, named=sso.claims, roles=sso.roles)
        person = vouched_person(said, provider=provider_id, provisions=sso.provisions)
    except RoadmapError as error:
        words = str(error.message) if isinstance(error, NotAllowed) else _("Your account could not be made.")
        return _refused(request, words)
    record_authentication(request, person, method="socialaccount", provider=provider_id, uid=said.subject)
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url=state["next"] or None))
    request.session[CAME_BY_IT] = True
    return response


def _connected(request: HttpRequest, number: int, subject: str) -> HttpResponse:
    """Whoever asked for it is still signed in here; then their account is connected. Raises NotAllowed."""
    person = request.user
    if not isinstance(person, Person) or person.pk != number:
        raise NotAllowed(_("Your organisation's sign-in failed. Please try again."))
    connect_person(person, subject, provider=_sso().id, by=by(person), now=clock.now())
    return HttpResponseRedirect(reverse("web:account"))


def end_session_address(request: HttpRequest) -> str:
    """Where one signs out of the provider, too; empty where there is no such place."""
    if not _sso().is_openid:
        return ""
    try:
        address = str(Adapter(request, _sso().id).openid_config.get("end_session_endpoint", ""))
    except (OAuth2Error, RequestException, ValueError):
        return ""
    sent = urlencode({"client_id": _sso().client_id, "post_logout_redirect_uri": f"{settings.SITE_URL}/"})
    return f"{address}?{sent}" if address else ""


def _sso() -> SingleSignOn:
    if settings.SINGLE_SIGN_ON is None:
        raise Http404
    return settings.SINGLE_SIGN_ON


def _client(request: HttpRequest) -> tuple[Any, Any]:
    kind = MESSENGERS.get(_sso().id)
    adapter: Any = kind(request) if kind else Adapter(request, _sso().id)
    return adapter, adapter.get_client(request, adapter.get_provider().app)


def _is_recent(auth_time: object) -> bool:
    age = clock.now().timestamp() - auth_time if isinstance(auth_time, int | float) else None
    return age is not None and age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("Single sign-on failed: %s", error)
    return _refused(request, _("Your organisation's sign-in failed. Please try again."))


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "roadmap/signing/single_sign_on.html", {"words": words}, status=403)
