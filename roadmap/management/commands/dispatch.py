"""``manage.py dispatch``: plans and sends everything by itself, with Redis and Celery both down."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError, connection

from roadmap import clock, stopping
from roadmap.chain.seal import RecentSealer
from roadmap.digests.missed import heal_missed_digests
from roadmap.digests.planner import plan_due_digests
from roadmap.editing.days_to_verify import work_out_days_to_verify
from roadmap.management import terminal
from roadmap.outbox.clocks import tell_of_clocks
from roadmap.outbox.degraded import send_heartbeat
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.hold import Watch
from roadmap.outbox.missed import heal_missed_deliveries
from roadmap.outbox.moment import database_clock, instant
from roadmap.outbox.rounds import compare_some
from roadmap.outbox.task_runs import note_done
from roadmap.outbox.unknown import settle_unknown
from roadmap.outbox.webhooks import deliver_webhooks, release_dead_webhooks
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.missed import heal_missed_reminders
from roadmap.reminders.planner import plan_due_reminders

AS_TASKS = ("roadmap.plan_reminders", "roadmap.plan_digests", "roadmap.deliver", "roadmap.sweep")  # what a round does
SECONDS_BETWEEN_ROUNDS, SECONDS_BETWEEN_COMPARISONS = 10, 600


class Command(terminal.Command):
    """Plan and send until stopped, or one round with ``--once``. Any number may run, beside workers too."""

    help = "Plans and sends all mail without Redis or Celery, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, until nothing more can be sent now")

    def handle(self, *args: Any, **options: Any) -> None:
        tell_of_clocks()
        with stopping.heeding_signals():
            self._dispatch(is_once=options["once"])

    def _dispatch(self, *, is_once: bool) -> None:
        watch, sealer, healed_in = Watch(), RecentSealer(), 0
        while not stopping.is_asked():
            try:
                if (turn := int(clock.now().timestamp() // SECONDS_BETWEEN_COMPARISONS)) != healed_in:
                    compare_some(lambda: heal_missed_reminders(now=clock.now()))
                    compare_some(lambda: heal_missed_digests(now=clock.now()))
                    compare_some(lambda: heal_missed_deliveries(now=instant(database_clock())))
                    healed_in = turn
                self.stdout.write(f"{one_round(watch)} mails sent.")
                sealer.seal(now=clock.now())
            except (OperationalError, InterfaceError) as error:
                if is_once:
                    raise
                connection.close()
                self.stderr.write(f"The database is away ({error}); going on when it is back.")
            if is_once:
                return
            stopping.rest(SECONDS_BETWEEN_ROUNDS)


def one_round(watch: Watch) -> int:
    """Plan what is due, take back what dead workers held, send what waits; returns how many mails were sent."""
    now = clock.now()
    release_dead_webhooks(clock=database_clock)
    deliver_webhooks(clock=database_clock)
    if watch.look(worker=now, database=instant(database_clock())):
        return 0
    release_dead(clock=database_clock)  # before planning, so that new news joins the mail that waits
    settle_unknown(now=database_clock())
    notice_published_years(now=now, put_right=work_out_days_to_verify)
    while not stopping.is_asked() and (plan_due_reminders(now=now) or plan_due_digests(now=now)):
        pass
    total = 0
    while sent := deliver_pending(clock=database_clock):
        total += sent
    note_done(*AS_TASKS, now=clock.now())
    send_heartbeat(now=clock.now())
    return total
