"""``manage.py release``: let mail go out again."""

from typing import Any

from django.core.management.base import CommandParser

from roadmap.management import terminal
from roadmap.models.history import Actor
from roadmap.outbox.hold import drop_waiting, release
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Lets mail out again after a hold."""

    help = "Lets mail out again after a hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="why, for the history")
        parser.add_argument(
            "--drop-waiting",
            action="store_true",
            help="nothing of what waits now is sent, as people were told it before the database was lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop_waiting"]:
            self.stdout.write(f"{drop_waiting()} waiting mails are not sent.")
        done = release(reason=options["reason"], by=Actor(person=None, door=Door.COMMAND))
        self.stdout.write("Released: what waits goes out now." if done else "It was not held.")
