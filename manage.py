#!/usr/bin/env python
"""Django's command line for this project."""

import sys

from django.core.management import execute_from_command_line

from tracker.start import read_settings
from tracker.version import VERSION

if __name__ == "__main__":
    if sys.argv[1:] in (["version"], ["--version"]):  # Django would tell its own
        sys.stdout.write(f"{VERSION}\n")
        sys.exit()
    read_settings()
    execute_from_command_line(sys.argv)
