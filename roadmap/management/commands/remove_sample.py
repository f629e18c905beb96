"""``manage.py remove_sample``: take the sample layer away, and nothing else."""

from typing import Any

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from roadmap import clock
from roadmap.exchange.remove import SampleInUse, remove_sample
from roadmap.management import terminal
from roadmap.models.history import Actor
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Refuses, with a list, while entries that aren't sample refer to sample ones."""

    help = "Remove every sample entry and sample person, with whatever hangs on them, and nothing else."

    def handle(self, *_args: object, **_options: Any) -> None:
        """Remove, and say what."""
        with translation.override(terminal.terminal_language()):
            try:
                removed = remove_sample(by=Actor(None, Door.COMMAND), now=clock.now())
            except SampleInUse as error:
                raise CommandError(
                    "\n".join([str(error.message), *error.lines(), _("Nothing was removed.")])
                ) from error
            if not removed:
                self.stdout.write(_("There is no sample layer."))
            for name, count in removed.items():
                self.stdout.write(_("Removed: %(what)s %(count)s.") % {"count": count, "what": name})
