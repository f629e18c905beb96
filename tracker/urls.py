"""The map of addresses; each door brings its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("roadmap.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("roadmap.web.urls")),
]
