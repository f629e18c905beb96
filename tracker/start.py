"""The first step of every entry (command line, web server, worker): settings are read, or the program ends."""

import os
import sys
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tracker.unknown_settings import complaints


@cache
def read_settings() -> None:
    """Reads the settings; ends the program with one line on stderr when a value can't be accepted.

    Names that nearly are a setting's are told there too, one a line.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")
    for line in complaints(os.environ):
        print(line, file=sys.stderr)  # noqa: T201 (before there are logs)
