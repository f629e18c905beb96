"""Puts our own admin site in the place of Django's default one; named in INSTALLED_APPS."""

from django.contrib.admin.apps import AdminConfig


class TrackerAdminConfig(AdminConfig):
    """Django's admin with the site of ``roadmap.admin.site``."""

    default_site = "roadmap.admin.site.TrackerAdminSite"
