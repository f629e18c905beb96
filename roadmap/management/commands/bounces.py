"""``manage.py bounces``: acts on mail that came back, from the standard input or a Maildir."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from roadmap import clock
from roadmap.management import terminal
from roadmap.outbox.returned import Tally, take_back, take_back_all


class Command(terminal.Command):
    """For a mail server's pipe (``manage.py bounces < mail.eml``) or a timer (``--maildir``)."""

    help = "Takes delivery reports and requests to unsubscribe: one mail from the standard input, or a Maildir's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--maildir", default=settings.BOUNCE_MAILDIR, help="instead of the standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        tally = Tally()
        if options["maildir"]:
            folder = Path(options["maildir"])
            if not (folder / "new").is_dir():
                raise CommandError(f"{folder} is no Maildir: it has no folder “new”.")
            tally = take_back_all(folder, now=clock.now())
        else:
            take_back(sys.stdin.buffer.read(), now=clock.now(), tally=tally)
        self.stdout.write(
            f"{tally.suppressed} addresses suppressed, {tally.temporary} temporary, {tally.unsubscribed} unsubscribed, "
            f"{tally.others} of another kind."
        )
