"""What ``/metrics`` tells of the work: read from database and Redis when asked, so that every process says the same."""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Sum
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from redis import Redis
from redis.exceptions import RedisError

from roadmap import clock
from roadmap.models import DeliveryGate, OutboxMessage, TaskRun, WebhookDelivery
from roadmap.outbox.clocks import clocks_apart
from roadmap.vocabulary import MessageState
from tracker.health import database_state
from tracker.version import VERSION

SEEN = [state for state in MessageState if state not in (MessageState.SENT, MessageState.WITHDRAWN)]
QUEUE = "tracker"  # as tracker.celery names it


class StateCollector:
    """Collects anew each time that it is asked."""

    def collect(self) -> Iterator[Metric]:
        """The metrics; without a database those alone that need none."""
        yield _gauge("tracker_info", "The release that answers", 1, version=VERSION)
        yield from _redis()
        began, state = perf_counter(), database_state()
        yield _gauge("tracker_database_up", "1: reached, and migrated", int(state == "ok"))
        yield _gauge("tracker_database_seconds", "For asking whether it is migrated", perf_counter() - began)
        if state == "ok":
            try:
                yield from _work(clock.now())
            except DatabaseError:  # gone since
                connection.close()


def _work(now: datetime) -> Iterator[Metric]:
    yield _gauge(
        "tracker_clock_apart_seconds", "This machine's clock before the database's", clocks_apart().total_seconds()
    )
    yield _by_state("tracker_mails", "Mails that are neither sent nor withdrawn, by state", OutboxMessage)
    yield _by_state("tracker_webhook_deliveries", "The same of webhooks", WebhookDelivery)
    due = OutboxMessage.objects.filter(state=MessageState.PENDING, deliver_after__lte=now)
    oldest = due.aggregate(at=Min("deliver_after"))["at"]
    waited = (now - oldest).total_seconds() if oldest else 0
    yield _gauge("tracker_mail_oldest_due_seconds", "For which the longest due mail has waited", waited)
    repeats = OutboxMessage.objects.filter(repeats__gt=0).aggregate(sum=Sum("repeats"))["sum"] or 0
    yield _gauge("tracker_mails_repeated", "Copies sent as an outcome was unknown, of the mails that are kept", repeats)
    gate = DeliveryGate.objects.filter(name="mail").first() or DeliveryGate()
    sent = CounterMetricFamily("tracker_mails_sent", "Mails that the mail server took")
    sent.add_metric([], gate.sent_total)
    yield sent
    yield _gauge("tracker_mail_held", "1: nothing goes out until it is released", int(gate.held_since is not None))
    yield _gauge("tracker_mail_breaker_open", "1: the mail server is away", int(gate.closed_until is not None))
    ended = GaugeMetricFamily("tracker_task_success_timestamp_seconds", "When it ended well last", labels=["task"])
    failed = CounterMetricFamily("tracker_task_failures", "How often it ended by an error", labels=["task"])
    for run in TaskRun.objects.all():
        if run.ended_at is not None:
            ended.add_metric([run.name], run.ended_at.timestamp())
        failed.add_metric([run.name], run.failures)
    yield ended
    yield failed


def _redis() -> Iterator[Metric]:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            length = client.llen(QUEUE)
    except (RedisError, OSError):
        yield _gauge("tracker_redis_up", "1: reached", 0)
        return
    yield _gauge("tracker_redis_up", "1: reached", 1)
    yield _gauge("tracker_queue_length", "Wake-ups that no worker has taken yet", int(length))


def _by_state(name: str, words: str, model: type[OutboxMessage | WebhookDelivery]) -> Metric:
    found = GaugeMetricFamily(name, words, labels=["state"])
    rows = model._default_manager.filter(state__in=SEEN).order_by()
    counts = dict(rows.values_list("state").annotate(Count("pk")))
    for state in SEEN:
        found.add_metric([state], counts.get(state, 0))
    return found


def _gauge(name: str, words: str, value: float, **labels: str) -> Metric:
    found = GaugeMetricFamily(name, words, labels=list(labels))
    found.add_metric(list(labels.values()), value)
    return found
