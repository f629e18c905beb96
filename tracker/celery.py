"""The Celery application: how tasks travel and run. Correctness depends on none of these values.

Truth is in the database; a message through Redis only wakes a worker. So results are ignored, nothing is scheduled
ahead in Redis, and a task lost or run twice changes nothing.
"""

import logging.config

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from tracker.start import read_settings
from tracker.timetable import TIMETABLE

read_settings()

app = Celery("tracker", broker=settings.BROKER_URL)
app.conf.update(
    timezone="UTC",
    enable_utc=True,
    beat_schedule=TIMETABLE,
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


setup_logging.connect(_log_as_django_does)  # a receiver here keeps Celery from installing log handlers of its own
