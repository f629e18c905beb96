"""``manage.py create_token USERNAME --name laptop``: makes an API token and prints it, once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from roadmap import clock
from roadmap.editing.tokens import make_token
from roadmap.errors import RoadmapError
from roadmap.management import terminal
from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, Scope


class Command(terminal.Command):
    help = "Makes an API token for a person and prints it. Only its digest is kept: it can't be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="What the token is for, such as 'dashboard'.")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="What it may be used for; repeat for several. Without this: everything but managing the account.",
        )
        parser.add_argument("--days", type=int, help="Days after which it expires; never without this.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        person = Person.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the username {options['username']!r}.")
        days = options["days"]
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--days takes a number from 1 to 3650.")
        try:
            _token, text = make_token(
                person,
                by=Actor(person=None, door=Door.COMMAND),
                now=now,
                name=options["name"],
                scopes=options["scope"] or set(Scope.values) - {Scope.ACCOUNT},
                expires_at=now + timedelta(days=days) if days is not None else None,
            )
        except RoadmapError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(text)
