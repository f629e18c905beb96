"""The way to pages of one's own: whoever is signed in, and nobody else's. No cache keeps them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door

READING, ASKING, ACTING = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)


def own(
    route: str, view: Callable[..., HttpResponseBase], *, name: str, methods: tuple[str, ...] = READING
) -> URLPattern:
    """The address of a page of one's own: ``view`` gets the request and the person, in the person's time zone.

    Who isn't signed in is sent to do so; from an act, which can't be repeated by a link, to the page of what is theirs.
    """

    @never_cache
    @require_http_methods(methods)
    @wraps(view)
    def guarded(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, Person):
            back = request.get_full_path() if "GET" in methods else reverse("web:my-mail")
            return redirect_to_login(back, login_url=reverse("account_login"))
        with timezone.override(ZoneInfo(person.time_zone)):
            return view(request, person, **captured)

    return path(route, guarded, name=name)


def by(person: Person) -> Actor:
    """In whose name the website records."""
    return Actor(person=person, door=Door.WEB)
