"""How long a session lasts, which ones a person has, and whether its sign-in is recent enough for what is grave.

Two limits hold at each request (settings ``SESSION_IDLE_MINUTES`` and ``SESSION_HOURS``): since it was last used, and
since its sign-in. When it was used is written once a minute at most.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from roadmap import clock
from roadmap.models import Person

STARTED, SEEN = "signed_in_at", "seen_at"  # in the session: seconds since 1970
WRITTEN_EVERY = 60  # seconds
# Forms for what gives somebody power; a look at them is asked for a recent sign-in too, so that no input is lost
GRAVE_FORMS = frozenset(
    {
        *("admin:roadmap_person_add", "admin:roadmap_person_password", "admin:roadmap_person_invite"),
        *("admin:roadmap_person_reset_factor", "admin:roadmap_apitoken_add"),
        *("admin:roadmap_deliverygate_release_this", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn"),
        "mfa_view_recovery_codes",
    }
)
# Pages that also are only read: asked for it when they are sent
GRAVE_ACTS = frozenset(
    {
        *("admin:roadmap_person_change", "admin:roadmap_person_changelist", "admin:roadmap_person_resend_invitation"),
        *("admin:roadmap_apitoken_change", "admin:roadmap_apitoken_changelist"),
        "sign_in_connect",
    }
)


class SessionLimits:
    """The middleware. ``request.signed_in_lately`` is whether the sign-in was minutes ago; True without a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End what has lasted too long; note that the rest is in use."""
        request.signed_in_lately = True  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, Person):
            now = clock.now().timestamp()
            started, seen = request.session.get(STARTED), request.session.get(SEEN)
            if has_ended(started=started, seen=seen, now=now):
                logout(request)
            else:
                request.signed_in_lately = now - _last_proof(request) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT  # type: ignore[attr-defined]
                if now - request.session[SEEN] >= WRITTEN_EVERY:
                    request.session[SEEN] = now
                    at = datetime.fromtimestamp(now, UTC)
                    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """To the page that asks for the password once more, before what is grave."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_grave = name in GRAVE_FORMS or (name in GRAVE_ACTS and request.method == "POST")
        if not is_grave or request.signed_in_lately or not request.user.is_authenticated:  # type: ignore[attr-defined]
            return None
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{back}")


def has_ended(*, started: float | None, seen: float | None, now: float) -> bool:
    """Whether a session is over; one that doesn't tell when it began is."""
    if started is None or seen is None:
        return True
    idle = settings.SESSION_IDLE_MINUTES * 60
    return now - started >= settings.SESSION_COOKIE_AGE or bool(idle and now - seen >= idle)


def note_start(sender: Any, *, request: HttpRequest, **kwargs: Any) -> None:
    """At each sign-in, by whatever way."""
    request.session[STARTED] = request.session[SEEN] = clock.now().timestamp()


def note_new_key(request: HttpRequest, person: Person) -> None:
    """The session goes on under another key."""
    UserSession.objects.create_from_request(request, user=person)


def sessions_of(person: Person) -> list[UserSession]:
    """Those that still count, the last used first."""
    found: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda one: one.last_seen_at, reverse=True)


def end_sessions_elsewhere(request: HttpRequest, person: Person) -> None:
    """All but this one."""
    for one in sessions_of(person):
        if one.session_key != request.session.session_key:
            one.end()


def device_words(user_agent: str) -> str:
    """The browser and its system, by their names; as much of the text as there is room for where it names none."""
    browsers = {"Edg": "Edge", "Firefox": "Firefox", "MicroMessenger": "微信", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {
        "Windows": "Windows",
        "Android": "Android",
        "HarmonyOS": "HarmonyOS",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    parts = [next((name for mark, name in one.items() if mark in user_agent), "") for one in (browsers, systems)]
    return " · ".join(filter(None, parts)) or user_agent[:40] or "–"


def _last_proof(request: HttpRequest) -> float:
    """When a password or another proof was given last."""
    records = get_authentication_records(request, request.user)
    return max(float(at) for at in [request.session[STARTED], *(record["at"] for record in records)])
