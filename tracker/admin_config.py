"""Puts our own admin site in the place of Django's default one; named in INSTALLED_APPS."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class TrackerAdminConfig(AdminConfig):
    """Django's admin with the site of ``roadmap.admin.site`` and the pages of ``roadmap.admin.pages``."""

    default_site = "roadmap.admin.site.TrackerAdminSite"

    def ready(self) -> None:
        """Other applications' pages first, then ours."""
        super().ready()
        import_module("roadmap.admin.pages")
