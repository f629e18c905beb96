"""Who has a second factor is nobody, at every door, until they gave its code; staff may have to have one.

One middleware for website, administration and the API's sessions; the person's own row says all, so it asks nothing.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from roadmap.models import Person
from roadmap.web.signing.sessions import note_new_key

KEY = "second_factor"
# What needs no signing in, or leads out of it; everything else waits for the code
STILL_OPEN = frozenset(
    {
        *("web:sign-in-code", "account_logout", "admin:logout", "set_language", "web:favicon", "web:robots"),
        *("web:answer", "web:answer-given", "web:answer-end", "web:unsubscribe", "web:invitation"),
        *("single_sign_on", "openid_connect_callback"),
        *("account_reset_password", "account_reset_password_done"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    }
)
OWN_PAGE = "web:second-factor"


class SecondFactorGate:
    """The middleware. ``request.awaiting`` is who gave their password and not yet their code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Without the code, whoever it is counts as not signed in."""
        request.awaiting = None  # type: ignore[attr-defined]
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        person = request.user if has_session else None
        if isinstance(person, Person) and person.second_factor_since and not has_given_code(request, person):
            request.awaiting = person  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """To the page that asks for the code; or to that where a factor is set up, where one is required."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if request.awaiting is not None:  # type: ignore[attr-defined]
            if name in STILL_OPEN or name.startswith("api:"):
                return None
            return _to("web:sign-in-code", request)
        if name.startswith("admin:") and name != "admin:logout" and must_have_one(request.user):
            return _to(OWN_PAGE, request)
        return None


def has_given_code(request: HttpRequest, person: Person) -> bool:
    """Whether this session gave a code of the factor that the person has now."""
    return person.second_factor_since is not None and request.session.get(KEY) == _mark(person)


def note_code_given(request: HttpRequest, person: Person) -> None:
    """This session gave a code; it goes on under a new key."""
    request.session.cycle_key()
    request.session[KEY] = _mark(person)
    note_new_key(request, person)


def is_required_of(person: Any) -> bool:
    """Whether the person may not be without one: staff, where the site says so."""
    return bool(settings.REQUIRE_SECOND_FACTOR and getattr(person, "is_staff", False))


def must_have_one(person: Any) -> bool:
    """Whether one is required of the person, who has none."""
    return is_required_of(person) and person.second_factor_since is None


def _mark(person: Person) -> str:
    return person.second_factor_since.isoformat() if person.second_factor_since else ""


def _to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path() if request.method == "GET" else request.GET.get("next", "")
    if request.resolver_match and request.resolver_match.view_name in {"account_login", "admin:login"}:
        back = request.GET.get("next", "")
    return HttpResponseRedirect(reverse(name) + (f"?{urlencode({'next': back})}" if back else ""))
