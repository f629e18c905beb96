#!/usr/bin/env python
"""Django's command line for this project."""

import sys

from django.core.management import execute_from_command_line

from tracker.start import read_settings

if __name__ == "__main__":
    read_settings()
    execute_from_command_line(sys.argv)
