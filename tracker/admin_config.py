"""Puts our own admin site in the place of Django's default one; named in INSTALLED_APPS."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class TrackerAdminConfig(SimpleAdminConfig):
    """Django's admin with the site of ``roadmap.admin.site``; its pages come with the addresses (``tracker.urls``)."""

    default_site = "roadmap.admin.site.TrackerAdminSite"

    def ready(self) -> None:
        """Django's checks, of all pages; workers and commands, which show none, don't read them."""
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    import_module("tracker.urls")  # in the check itself, as Django runs checks in no order
    return check_admin_app(app_configs, **options)
