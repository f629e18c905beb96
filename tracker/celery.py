"""The Celery application: how tasks travel and run. Correctness depends on none of these values.

Truth is in the database; a message through Redis only wakes a worker. So results are ignored, nothing is scheduled
ahead in Redis, and a task lost or run twice changes nothing.
"""

import logging.config
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from celery.schedules import schedule
from celery.signals import beat_init, setup_logging, task_failure, task_success, worker_ready, worker_shutting_down
from django.conf import settings

from roadmap import clock, stopping
from roadmap.clock import steady_seconds
from tracker.start import read_settings
from tracker.timetable import TIMETABLE

read_settings()

ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def steady_now() -> datetime:
    """An instant for reckoning how long ago something was, whatever the wall clock was set to meanwhile."""
    return ANY_DAY + timedelta(seconds=steady_seconds())


class SteadyScheduler(Scheduler):
    """Beat's scheduler that keeps no times: all is due when it starts, and then by a clock that nobody sets.

    Celery's own keeps the wall clock's times of the last runs in a file; when the clock has gone back, they lie ahead,
    and nothing ticks until they are reached. Where that file would be, each look leaves a mark of life.
    """

    def __init__(self, *args: Any, schedule_filename: str, **options: Any) -> None:
        self.mark = Path(schedule_filename)
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due, one task at most; gives the seconds until the next look."""
        self.mark.touch()
        return float(super().tick(*args, **options))


app = Celery("tracker", broker=settings.BROKER_URL)
app.conf.update(
    timezone="UTC",
    enable_utc=True,
    beat_scheduler="tracker.celery:SteadyScheduler",
    beat_schedule={
        name: {
            **entry,
            "schedule": schedule(entry["schedule"], nowfun=steady_now),
            "last_run_at": ANY_DAY - timedelta(days=1),
        }
        for name, entry in TIMETABLE.items()
    },
    task_default_queue="tracker",
    task_ignore_result=True,
    worker_send_task_events=False,
    # One task at a time a process, acknowledged when done: a killed worker's task goes back.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=10.0,
    # A mail on its way is not cut off because Redis went away: the row's lease guards it.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_connection_timeout=2,
    # A publisher (beat, a task that wakes another) gives up soon; the next tick comes anyway.
    task_publish_retry_policy={"max_retries": 2, "interval_start": 0.1, "interval_step": 0.3, "interval_max": 0.5},
    broker_transport_options={
        "visibility_timeout": 1800,  # above the longest task, which waits out a slow mail server
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,  # above the one second for which a worker blocks on the queue
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
)
app.autodiscover_tasks(["roadmap"])


def _log_as_django_does(**_kwargs: object) -> None:
    logging.config.dictConfig(settings.LOGGING)


def _begin_nothing_more(**_kwargs: object) -> None:
    stopping.ask()


def _note_done(*, sender: Any, **_kwargs: object) -> None:
    from roadmap.outbox.task_runs import note_done_seldom  # models are there only now

    note_done_seldom(sender.name, now=clock.now())


def _note_failure(*, sender: Any, **_kwargs: object) -> None:
    from roadmap.outbox.task_runs import note_failure

    note_failure(sender.name)


def _tell_of_clocks(**_kwargs: object) -> None:
    from roadmap.outbox.clocks import tell_of_clocks  # models are there only now

    tell_of_clocks()


task_success.connect(_note_done)  # an error in here is logged, and harms no task
task_failure.connect(_note_failure)
worker_ready.connect(_tell_of_clocks)
beat_init.connect(_tell_of_clocks)
worker_shutting_down.connect(_begin_nothing_more)  # Celery itself waits for its tasks, however long they take
setup_logging.connect(_log_as_django_does)  # a receiver here keeps Celery from installing log handlers of its own
