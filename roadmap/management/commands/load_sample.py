"""``manage.py load_sample``: lay the sample layer over the bundled roadmap, to try the program out."""

from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.errors import BadCatalogue
from roadmap.exchange.bundled import sample_files
from roadmap.exchange.load import load_catalogue
from roadmap.management import terminal
from roadmap.models import Milestone
from roadmap.models.history import Actor
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Needs the bundled catalogue. Safe to run again; ``remove_sample`` takes everything away."""

    help = "Load the sample layer (organisations, people, milestones with histories). Safe to run again."

    def handle(self, *_args: object, **_options: Any) -> None:
        """Load, and say what was done."""
        now = clock.now()
        with translation.override(terminal.terminal_language()):
            files = sample_files()
            try:
                with transaction.atomic():
                    report = load_catalogue(
                        files, names=[path.name for path in files], by=Actor(None, Door.COMMAND), now=now
                    )
                    # as though it had run all along: what is crossed is told now, so that there is mail to look at
                    Milestone.objects.filter(remind_at__lte=now).let_planner_catch_up()
            except BadCatalogue as error:
                raise CommandError("\n".join([str(error), _("Nothing was loaded.")])) from error
            for line in report.lines():
                self.stdout.write(line)
