"""The two ways to the page: a reminder's link, which stands for the sign-in, or the milestone's page when signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap import clock
from roadmap.models import Milestone, Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door
from roadmap.web.answering.limits import seconds_to_wait
from roadmap.web.answering.standing import (
    AT_HAND,
    Refused,
    Standing,
    Why,
    closed_or_not_theirs,
    standing_by,
    standing_of,
)


@dataclass(frozen=True)
class Visit:
    """What the page is about, through which door, and its addresses: of the form, of what was given, of the link's end
    (empty where there is no link)."""

    found: Standing | Refused
    door: Door
    form_address: str
    given_address: Callable[[int], str]
    end_address: str = ""

    @property
    def looking_back(self) -> Standing | None:
        """Who may see what they answered."""
        return self.found.looking_back if isinstance(self.found, Refused) else self.found

    def by(self, standing: Standing) -> Actor:
        """In whose name things are recorded."""
        return Actor(person=standing.person, door=self.door)


Page = Callable[..., HttpResponse]


def behind_a_link(page: Page) -> Page:
    """Gives ``page`` what the link leads to, in its person's language and time. Nobody keeps or lists the page."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def guarded(request: HttpRequest, token: str, **captured: Any) -> HttpResponse:
        wait = seconds_to_wait(request, token)
        found = Refused(Why.TOO_MANY) if wait else standing_by(token, user=request.user, now=clock.now())
        standing = found.standing if isinstance(found, Refused) else found
        visit = Visit(
            found,
            Door.MAIL,
            form_address=reverse("web:answer", kwargs={"token": token}),
            given_address=lambda number: reverse("web:answer-given", kwargs={"token": token, "number": number}),
            end_address=reverse("web:answer-end", kwargs={"token": token}),
        )
        language = _language(request, standing)
        with translation.override(language), _zone_of(standing):
            response = page(request, visit, **captured)
        if wait:
            response["Retry-After"] = str(wait)
        response["Content-Language"] = language
        response["X-Robots-Tag"] = "noindex, nofollow"
        # not no-referrer: browsers then send "Origin: null" with the form, which the check of its origin refuses
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def signed_in(page: Page) -> Page:
    """Gives ``page`` the milestone named in the address and whoever is signed in; others are sent to do so."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def guarded(request: HttpRequest, code: str, **captured: Any) -> HttpResponse:
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path(), login_url=reverse("account_login"))
        milestone = get_object_or_404(Milestone.objects.select_related(*AT_HAND), code=code)
        standing = standing_of(request.user, milestone, now=clock.now())
        why = closed_or_not_theirs(standing)
        why = Why.NOT_MEANT if why == Why.NOT_YOURS else why  # no mail ever said that it was
        visit = Visit(
            Refused(why, standing) if why else standing,
            Door.WEB,
            form_address=reverse("web:milestone-answer", kwargs={"code": code}),
            given_address=lambda number: reverse("web:milestone-given", kwargs={"code": code, "number": number}),
        )
        with _zone_of(standing):
            return page(request, visit, **captured)

    return guarded


def _zone_of(standing: Standing | None) -> timezone.override:
    return timezone.override(ZoneInfo(standing.person.time_zone if standing else settings.TIME_ZONE))


def _language(request: HttpRequest, standing: Standing | None) -> str:
    """The person's, unless the reader chose another one here."""
    if standing is None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language() or settings.LANGUAGE_CODE
    return standing.person.language
