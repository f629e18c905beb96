"""``manage.py waiting``: what would go out if mail were released now."""

from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count, Max, Min

from roadmap.management import terminal
from roadmap.models import OutboxMessage
from roadmap.vocabulary import MessageState


class Command(terminal.Command):
    """Counts what waits, by kind; ``--all`` lists each mail."""

    help = "Tells how many mails wait, for how many people; with --all each of them. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="each mail: to whom, of which kind, from when on")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = OutboxMessage.objects.filter(state=MessageState.PENDING)
        kinds = waiting.values("kind").order_by("kind")
        for kind in kinds.annotate(
            mails=Count("pk"), people=Count("recipient", distinct=True), first=Min("created_at"), last=Max("created_at")
        ):
            self.stdout.write(
                f"{kind['kind']}: {kind['mails']} mails to {kind['people']} people, "
                f"planned from {kind['first']:%Y-%m-%d %H:%M} to {kind['last']:%Y-%m-%d %H:%M} UTC"
            )
        if not waiting.exists():
            self.stdout.write("Nothing waits.")
        for row in waiting.order_by("deliver_after", "pk").defer("rendered") if options["all"] else ():
            self.stdout.write(f"{row.deliver_after:%Y-%m-%d %H:%M}  {row.kind}  {row.address}  {row.key}")
