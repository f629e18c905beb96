"""Cards for other sites: who may show them, and how they travel. No cookie is read or set, nobody signs in.

They exist only where reading is public and ``EMBED_ALLOWED_SITES`` names the sites.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from roadmap.entity_tags import tags_sent_back
from roadmap.web.frame import plan_shown

PLACE = "embed/"  # below which all cards are
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def without_cookies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware before all that read cookies: none reaches a card, whatever a browser sends along."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(f"/{PLACE}"):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def card(route: str, view: Callable[..., HttpResponse], *, name: str) -> URLPattern:
    """The address of a card, in the language of ``?lang=`` (``zh`` or ``en``). Who has it as it still is gets a 304."""

    @gzip_page
    @require_safe
    @xframe_options_exempt
    @wraps(view)
    def shown(request: HttpRequest, **captured: str) -> HttpResponse:
        if not (settings.PUBLIC_READING and settings.EMBED_ALLOWED_SITES):
            raise Http404
        if known := tags_sent_back(request.headers.get("If-None-Match", "")):
            request.META["HTTP_IF_NONE_MATCH"] = ", ".join(known)
        language = LANGUAGES.get(request.GET.get("lang", ""), settings.LANGUAGE_CODE)
        with translation.override(language), plan_shown(request):
            response = conditional_page(view)(request, **captured)
        response.headers["Cache-Control"] = "public, no-cache"
        allowed: Any = csp_replace({"frame-ancestors": settings.EMBED_ALLOWED_SITES})
        framed: HttpResponse = allowed(lambda _request: response)(request)
        return framed

    return path(PLACE + route, shown, name=name)
