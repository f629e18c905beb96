"""Who may read the website, and how its pages travel. Decided here for all of them.

Where reading is public, everybody may; else people who signed in.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.gzip import gzip_page

from roadmap.entity_tags import tags_sent_back
from roadmap.web.fresh import stand_now, validator

View = Callable[..., HttpResponse]


def page(route: str, view: View, *, name: str) -> URLPattern:
    """The address of a page that shows the roadmap; readers who must sign in first are sent to do so.

    Pages travel compressed (Django masks the form token anew in each, so that its length tells nothing) and are kept
    by no cache unless it asks again each time, so that figures are never stale.
    """

    @gzip_page
    @wraps(view)
    def guarded(request: HttpRequest, **captured: str) -> HttpResponse:
        if not (settings.PUBLIC_READING or request.user.is_authenticated):
            return redirect_to_login(request.get_full_path(), login_url=reverse("web:sign-in"))
        response = view(request, **captured)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return path(route, guarded, name=name)


def plan_page(route: str, view: View, *, name: str) -> URLPattern:
    """As ``page``, of what the plan's revision covers and nothing else: who has the page as it still is gets a 304."""

    @wraps(view)
    def conditional(request: HttpRequest, **captured: str) -> HttpResponse:
        stand = stand_now()
        has_token = settings.CSRF_COOKIE_NAME in request.COOKIES  # else the forms of a kept page would be refused
        if stand and has_token:
            etag = validator(request, stand)
            known = tags_sent_back(request.headers.get("If-None-Match", ""))
            if request.method in {"GET", "HEAD"} and (etag in known or known == ["*"]):
                kept = HttpResponseNotModified(headers={"ETag": etag})
                patch_vary_headers(kept, ["Cookie", "Accept-Language"])
                return kept
        response = view(request, **captured)
        if stand and response.status_code == 200:
            response["ETag"] = validator(request, stand)  # the token is known by now, whether or not it came along
        return response

    return page(route, conditional, name=name)
