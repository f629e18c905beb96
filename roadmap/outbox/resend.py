"""A person's word on a mail that failed: send it again."""

from datetime import datetime

from roadmap.models import OutboxMessage
from roadmap.vocabulary import MessageState


def send_again(message: OutboxMessage, *, now: datetime) -> bool:
    """Put a failed mail back among the waiting, with all its attempts ahead; False when it isn't failed (any more).

    It is made anew, so that it speaks of the day on which it is sent, unless a copy of it may have arrived; its
    Message-ID stays.
    """
    failed = OutboxMessage.objects.filter(pk=message.pk, state=MessageState.FAILED)
    failed.filter(repeats=0).update(rendered=None)
    waiting = {"state": MessageState.PENDING, "deliver_after": now, "committing_at": None}
    return failed.update(**waiting, attempts=0, last_error="") == 1
