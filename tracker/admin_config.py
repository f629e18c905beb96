"""Puts our own admin site in the place of Django's default one; named in INSTALLED_APPS."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.contrib.admin.apps import SimpleAdminConfig
from django.core import checks


class TrackerAdminConfig(SimpleAdminConfig):
    """Django's admin with the site of ``roadmap.admin.site``; its pages come with the addresses (``tracker.urls``)."""

    default_site = "roadmap.admin.site.TrackerAdminSite"

    def ready(self) -> None:
        """Checks see all pages; workers and commands, which show none, don't read them."""
        checks.register(_with_pages, checks.Tags.admin)
        super().ready()


def _with_pages(app_configs: Sequence[Any] | None, **_options: Any) -> list[checks.CheckMessage]:
    import_module("tracker.urls")
    return []
