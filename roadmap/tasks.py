"""The Celery tasks, of a few lines each: safe to run twice, late, beside each other, or never.

They carry nothing: what is to be done stands in the database, and a task lost in Redis is found by the next tick.
"""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from roadmap import clock
from roadmap.digests.planner import plan_due_digests
from roadmap.outbox.claim import release_expired
from roadmap.outbox.deliver import deliver_pending
from roadmap.reminders.planner import plan_due_reminders

log = logging.getLogger(__name__)


@shared_task(name="roadmap.plan_reminders")
def plan_reminders() -> None:
    """Turn due reminders into outbox rows, then wake a deliverer."""
    now = clock.now()
    while plan_due_reminders(now=now):
        pass
    _wake_delivery()


@shared_task(name="roadmap.plan_digests")
def plan_digests() -> None:
    """The same for digests; a task of its own, so that trouble with the one never holds up the other."""
    now = clock.now()
    while plan_due_digests(now=now):
        pass
    _wake_delivery()


@shared_task(name="roadmap.deliver")
def deliver() -> None:
    """Send what waits; a long queue is handed on in stretches."""
    if deliver_pending(clock=clock.now):
        _wake_delivery()


@shared_task(name="roadmap.sweep")
def sweep() -> None:
    """Give back mail whose worker died, and look for mail that nobody was woken for."""
    release_expired(now=clock.now())
    deliver_pending(clock=clock.now)


def _wake_delivery() -> None:
    """A hint, not the truth: while Redis is away, the tick or ``manage.py dispatch`` finds the mail."""
    try:
        deliver.delay()
    except (OperationalError, OSError) as error:
        log.warning("No worker could be woken (%s); the next tick sends what waits", error)
