"""``manage.py dispatch``: plans and sends everything by itself, with Redis and Celery both down."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from roadmap import clock
from roadmap.digests.planner import plan_due_digests
from roadmap.outbox.claim import release_expired
from roadmap.outbox.deliver import deliver_pending
from roadmap.reminders.planner import plan_due_reminders

SECONDS_BETWEEN_ROUNDS = 10


class Command(BaseCommand):
    """Plan and send until stopped, or one round with ``--once``. Any number may run, beside workers too."""

    help = "Plans and sends all mail without Redis or Celery, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, until nothing more can be sent now")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            sent = one_round()
            self.stdout.write(f"{sent} mails sent.")
            if options["once"]:
                return
            time.sleep(SECONDS_BETWEEN_ROUNDS)


def one_round() -> int:
    """Plan what is due, take back what dead workers held, send what waits; returns how many mails were sent."""
    now = clock.now()
    while plan_due_reminders(now=now) or plan_due_digests(now=now):
        pass
    release_expired(now=now)
    total = 0
    while sent := deliver_pending(clock=clock.now):
        total += sent
    return total
