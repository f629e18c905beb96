"""The map of addresses; each door brings its own."""

from importlib import import_module

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from roadmap.web.signing.account import sign_in, sign_out

import_module("roadmap.admin.pages")  # ours alone: rights come from roles, sessions and codes are nobody's to see
admin.site.sign_in, admin.site.sign_out = sign_in, sign_out  # type: ignore[attr-defined]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("roadmap.api.urls")),
    # Without a form token, so that pages that everybody may read need no cookie: all that another site could do with it
    # is to let a page come in the other language
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("", include("roadmap.web.signing.urls")),
    path("", include("roadmap.web.urls")),
]
