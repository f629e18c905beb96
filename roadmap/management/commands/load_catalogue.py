"""``manage.py load_catalogue [FILE …]``: load a roadmap from catalogue files; the bundled one by default."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.errors import BadCatalogue
from roadmap.exchange.bundled import SMART_CUSTOMS
from roadmap.exchange.load import load_catalogue
from roadmap.management import terminal
from roadmap.models.history import Actor
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Safe to run again: nothing is doubled, people's edits stay. A bad file loads nothing."""

    help = "Load a roadmap from catalogue files (default: the bundled Smart Customs roadmap). Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files of one roadmap."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *_args: object, **options: Any) -> None:
        """Load, and say what was done; faults go to standard error, each with file and line."""
        with translation.override(terminal.terminal_language()):
            paths: list[Path] = options["files"] or [SMART_CUSTOMS]
            try:
                report = load_catalogue(paths, by=Actor(None, Door.COMMAND), now=clock.now())
            except BadCatalogue as error:
                raise CommandError("\n".join([str(error), _("Nothing was loaded.")])) from error
            for line in report.lines():
                self.stdout.write(line)
