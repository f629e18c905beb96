"""Who must have a second factor and has none yet gets no further than to where one is set up, at every door.

That it is asked for at the sign-in is allauth's part: until it is given, nobody is signed in. This is one middleware
for website, administration and the API's sessions; the person's own row says all, so it asks nothing.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from roadmap.models import Person

# What leads to a second factor or out of the site, and what needs no signing in
STILL_OPEN = frozenset(
    {
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes", "account_reauthenticate"),
        *("account_logout", "admin:logout", "set_language", "web:favicon", "web:robots"),
        *("web:answer", "web:answer-given", "web:answer-end", "web:unsubscribe", "web:invitation"),
        *(
            "single_sign_on",
            "openid_connect_callback",
            "feishu_callback",
            "dingtalk_callback",
            "account_change_password",
        ),
        *("account_reset_password", "account_reset_password_done"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    }
)


class SecondFactorGate:
    """The middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """On."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """To the page where a factor is set up, where one is required; at the API they are nobody until then."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if name in STILL_OPEN or not has_session or not must_have_one(request.user):
            return None
        if name.startswith("api:"):
            request.user = AnonymousUser()
            return None
        return HttpResponseRedirect(reverse("mfa_index"))


def awaiting(request: HttpRequest) -> Person | None:
    """Who gave their password in this browser a moment ago, and not yet their second factor."""
    login = unstash_login(request, peek=True)
    return login.user if login and isinstance(login.user, Person) else None


def is_required_of(person: Any) -> bool:
    """Whether the person may not be without one: staff, where the site says so."""
    return bool(settings.REQUIRE_SECOND_FACTOR and getattr(person, "is_staff", False))


def must_have_one(person: Any) -> bool:
    """Whether one is required of the person, who has none."""
    return is_required_of(person) and person.second_factor_since is None
