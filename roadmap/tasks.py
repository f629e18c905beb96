"""The Celery tasks, of a few lines each: safe to run twice, late, beside each other, or never.

They carry nothing: what is to be done stands in the database, and a task lost in Redis is found by the next tick.
"""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from roadmap import clock, stopping
from roadmap.chain.seal import RecentSealer, seal_everything
from roadmap.digests.missed import heal_missed_digests
from roadmap.digests.planner import are_digests_due, plan_due_digests
from roadmap.editing.days_to_verify import work_out_days_to_verify
from roadmap.editing.repeats import forget_old_answers
from roadmap.exchange.sheets.kept import forget_old_uploads
from roadmap.forecast.keep import make_forecasts
from roadmap.outbox.degraded import send_heartbeat
from roadmap.outbox.deliver import deliver_pending, release_dead
from roadmap.outbox.hold import Watch
from roadmap.outbox.idle import Remembered, Seldom, are_there_webhooks, mail_is_due, webhooks_are_due
from roadmap.outbox.missed import heal_missed_deliveries
from roadmap.outbox.moment import database_clock, instant
from roadmap.outbox.retention import forget_ended_sessions, forget_old_mail_texts
from roadmap.outbox.returned import take_back_all
from roadmap.outbox.rounds import compare_some
from roadmap.outbox.unknown import settle_unknown
from roadmap.outbox.webhooks import deliver_webhooks, forget_old_deliveries, release_dead_webhooks
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.missed import heal_missed_reminders
from roadmap.reminders.planner import are_reminders_due, plan_due_reminders

WATCH, SEALER = Watch(), RecentSealer()
ANY_WEBHOOKS = Remembered(are_there_webhooks, seconds=60.0)
SELDOM = Seldom(seconds=3600.0)
log = logging.getLogger(__name__)


@shared_task(name="roadmap.plan_reminders")
def plan_reminders() -> None:
    """Turn due reminders into outbox rows, then wake a deliverer."""
    now = clock.now()
    if SELDOM.is_time("published years"):  # they come with another version of the program
        notice_published_years(now=now, put_right=work_out_days_to_verify)
    if are_reminders_due(now=now):
        release_dead(clock=database_clock)  # first, so that new news joins the mail that waits
        while not stopping.is_asked() and plan_due_reminders(now=now):
            pass
        _wake_delivery()


@shared_task(name="roadmap.plan_digests")
def plan_digests() -> None:
    """The same for digests; a task of its own, so that trouble with the one never holds up the other."""
    now = clock.now()
    if are_digests_due(now=now):
        release_dead(clock=database_clock)
        while not stopping.is_asked() and plan_due_digests(now=now):
            pass
        _wake_delivery()


@shared_task(name="roadmap.deliver")
def deliver() -> None:
    """Send what waits; a long queue is handed on in stretches, and to others by who is to end."""
    if not is_held() and (deliver_pending(clock=database_clock) or stopping.is_asked()):
        _wake_delivery()


@shared_task(name="roadmap.tell_webhooks")
def tell_webhooks() -> None:
    """Send what webhooks are to be told; where there are none, that is asked once a minute."""
    if ANY_WEBHOOKS():
        deliver_webhooks(clock=database_clock)


@shared_task(name="roadmap.sweep")
def sweep() -> None:
    """Take up mail whose worker died, settle unknown outcomes, find mail nobody was woken for."""
    if ANY_WEBHOOKS() and webhooks_are_due(now=database_clock()):
        release_dead_webhooks(clock=database_clock)
    if not mail_is_due(now=database_clock()):
        return
    release_dead(clock=database_clock)
    if not is_held():
        settle_unknown(now=database_clock())
        deliver_pending(clock=database_clock)


@shared_task(name="roadmap.heal")
def heal() -> None:
    """Find what the planners would miss, as a column of the schedule is wrong; the next tick plans it.

    Here is looked at the clocks too where nothing goes out for long.
    """
    is_held()
    compare_some(lambda: heal_missed_reminders(now=clock.now()))
    compare_some(lambda: heal_missed_digests(now=clock.now()))
    compare_some(lambda: heal_missed_deliveries(now=instant(database_clock())))


@shared_task(name="roadmap.seal_history")
def seal_history() -> None:
    """Put links on what was written to the history since the last tick."""
    SEALER.seal(now=clock.now())


@shared_task(name="roadmap.seal_overlooked")
def seal_overlooked() -> None:
    """The same for what a transaction of hours wrote."""
    seal_everything(now=clock.now())


@shared_task(name="roadmap.make_forecasts")
def forecast() -> None:
    """Forecast the roadmaps whose plan or day is another than at their last forecast."""
    make_forecasts(now=clock.now())


@shared_task(name="roadmap.read_returned")
def read_returned() -> None:
    """Act on mail that came back, where a Maildir for it is set up."""
    if settings.BOUNCE_MAILDIR:
        take_back_all(Path(settings.BOUNCE_MAILDIR), now=clock.now())


@shared_task(name="roadmap.forget")
def forget() -> None:
    """Remove what isn't kept for ever."""
    forget_old_mail_texts(now=clock.now())
    forget_ended_sessions(now=clock.now())
    forget_old_answers(now=clock.now())
    forget_old_deliveries(now=clock.now())
    forget_old_uploads(now=clock.now())


@shared_task(name="roadmap.heartbeat")
def heartbeat() -> None:
    """Tell whoever watches from outside that all is well."""
    send_heartbeat(now=clock.now())


def is_held() -> bool:
    """Whether nothing may go out now; looks at the clocks first, and at whether the database is the latest."""
    return WATCH.look(worker=clock.now(), database=instant(database_clock()))


def _wake_delivery() -> None:
    """A hint, not the truth: while Redis is away, the tick or ``manage.py dispatch`` finds the mail."""
    try:
        deliver.delay()
    except (OperationalError, OSError) as error:
        log.warning("No worker could be woken (%s); the next tick sends what waits", error)
