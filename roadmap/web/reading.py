"""Who may read the website, and how its pages travel. Decided here for all of them.

Where reading is public, everybody may; else people who signed in.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from roadmap.entity_tags import tags_sent_back
from roadmap.web.frame import plan_shown
from roadmap.web.fresh import stand_now, validator

View = Callable[..., HttpResponse]
METHODS = ("GET", "HEAD", "OPTIONS")


def page(route: str, view: View, *, name: str) -> URLPattern:
    """The address of a page that shows the roadmap; readers who must sign in first are sent to do so.

    Pages travel compressed (Django masks the form token anew in each, so that its length tells nothing) and are kept
    by no cache unless it asks again each time, so that figures are never stale. They are only read: nothing is worked
    out for any other method.
    """

    @csrf_exempt  # no form comes here: what would send one is told so, whatever its token
    @gzip_page
    @wraps(view)
    def guarded(request: HttpRequest, **captured: str) -> HttpResponse:
        if not (settings.PUBLIC_READING or request.user.is_authenticated):
            return redirect_to_login(request.get_full_path(), login_url=reverse("account_login"))
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
        clean = _clean_address(request)
        if clean is not None:
            return HttpResponseRedirect(clean)
        with plan_shown(request):
            response = view(request, **captured)
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return path(route, guarded, name=name)


def _clean_address(request: HttpRequest) -> str | None:
    """The address without what a form left empty; None where it is clean. Addresses get shared, and say no more than
    they mean."""
    asked = [(name, str(value)) for name, values in request.GET.lists() for value in values]
    said = [(name, value) for name, value in asked if value.strip()]
    if len(said) == len(asked):
        return None
    return request.path + (f"?{urlencode(said)}" if said else "")


def plan_page(route: str, view: View, *, name: str) -> URLPattern:
    """As ``page``, of what the plan's revision covers and nothing else: who has the page as it still is gets a 304.

    Without a cookie it is the page of everybody, which a cache may keep for many and has to ask for each time; where
    a cookie is set after all, ``tracker.caching`` takes that back.
    """

    @wraps(view)
    def conditional(request: HttpRequest, **captured: str) -> HttpResponse:
        stand = stand_now()
        response = _unchanged(request, stand) or view(request, **captured)
        if stand and response.status_code == 200:
            response["ETag"] = validator(request, stand)  # a form's token is known by now, whether or not it came along
        patch_cache_control(response, **{"private" if request.COOKIES else "public": True}, no_cache=True)
        patch_vary_headers(response, ["Accept-Encoding", "Accept-Language", "Cookie"])
        return response

    return page(route, conditional, name=name)


def _unchanged(request: HttpRequest, stand: tuple[object, ...]) -> HttpResponse | None:
    """A 304 for who has the page as it still is. The tag covers the form token: that of a page with a form is none's
    who doesn't send the token's cookie along, as the form would be refused."""
    if not stand or request.method not in {"GET", "HEAD"}:
        return None
    etag, known = validator(request, stand), tags_sent_back(request.headers.get("If-None-Match", ""))
    return HttpResponseNotModified(headers={"ETag": etag}) if etag in known or known == ["*"] else None
