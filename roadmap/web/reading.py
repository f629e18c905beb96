"""Who may read the website, and how its pages travel. Decided here for all of them.

Where reading is public, everybody may; else people who signed in.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.gzip import gzip_page

View = Callable[..., HttpResponse]


def page(route: str, view: View, *, name: str) -> URLPattern:
    """The address of a page that shows the roadmap; readers who must sign in first are sent to do so.

    Pages travel compressed (Django masks the form token anew in each, so that its length tells nothing) and are kept
    by no cache, so that figures are never stale.
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
