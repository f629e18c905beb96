"""``manage.py hold``: nothing goes out by mail until somebody says ``manage.py release``."""

from typing import Any

from django.core.management.base import CommandParser

from roadmap import clock
from roadmap.management import terminal
from roadmap.models.history import Actor
from roadmap.outbox.hold import hold
from roadmap.vocabulary import Door


class Command(terminal.Command):
    """Lets no mail out until it is released."""

    help = "Lets no mail out until it is released."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="why; shown in the admin and on /health/ready")

    def handle(self, *args: Any, **options: Any) -> None:
        done = hold(reason=options["reason"], by=Actor(person=None, door=Door.COMMAND), now=clock.now())
        self.stdout.write("Held: no mail goes out until it is released." if done else "It was held already.")
