"""Who may read the website: everybody where reading is public, else people who signed in. Decided here only."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

View = Callable[..., HttpResponseBase]


def page(route: str, view: View, *, name: str) -> URLPattern:
    """The address of a page that shows the roadmap; readers who must sign in first are sent to do so."""

    @wraps(view)
    def guarded(request: HttpRequest, **captured: str) -> HttpResponseBase:
        if settings.PUBLIC_READING or request.user.is_authenticated:
            return view(request, **captured)
        return redirect_to_login(request.get_full_path())

    return path(route, guarded, name=name)
