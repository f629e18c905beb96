"""The first step of every entry (command line, web server, worker): settings are read, or the program ends."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def read_settings() -> None:
    """Reads the settings; ends the program with one line on stderr when a value can't be accepted."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")
