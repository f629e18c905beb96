"""Whether there is anything to do, asked cheaply: ticks come all day, and mostly there is nothing."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.db.models import Q

from roadmap.clock import steady_seconds
from roadmap.models import OutboxMessage, Webhook, WebhookDelivery
from roadmap.models.delivery import Delivery
from roadmap.outbox.moment import Moment
from roadmap.vocabulary import MessageState

T = TypeVar("T")


class Remembered(Generic[T]):
    """What ``find`` gave, asked for again once it is so many ``seconds`` old; each process has its own."""

    def __init__(self, find: Callable[[], T], *, seconds: float) -> None:
        self._find, self._seconds = find, seconds
        self._found: tuple[float, T] | None = None

    def __call__(self) -> T:
        now = steady_seconds()
        if self._found is None or now - self._found[0] >= self._seconds:
            self._found = now, self._find()
        return self._found[1]


class Seldom:
    """Says of each name when it is time for it again: at first, then once in so many seconds, in each process."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._last: dict[Hashable, float] = {}

    def is_time(self, name: Hashable) -> bool:
        """Whether it was so long ago; then it is counted as done now."""
        now = steady_seconds()
        if name in self._last and now - self._last[name] < self._seconds:
            return False
        self._last[name] = now
        return True


def mail_is_due(*, now: Moment) -> bool:
    """Whether any mail is to be sent, taken back from a dead worker, or decided on. One query."""
    return _is_due(OutboxMessage, now)


def webhooks_are_due(*, now: Moment) -> bool:
    """The same of what webhooks are told."""
    return _is_due(WebhookDelivery, now)


def are_there_webhooks() -> bool:
    """Whether there are any, listening or not. One query."""
    return Webhook.objects.exists()


def _is_due(model: type[Delivery], now: Moment) -> bool:
    waits = Q(state=MessageState.PENDING, deliver_after__lte=now) | Q(state=MessageState.UNSURE, deliver_after__lte=now)
    is_left = Q(state=MessageState.SENDING, leased_until__lte=now) | Q(state=MessageState.SENDING, leased_until=None)
    return model._default_manager.filter(waits | is_left).exists()  # each has an index of its own
