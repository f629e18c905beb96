"""A person's word on a mail that failed: send it again."""

from datetime import datetime

from roadmap.models import OutboxMessage
from roadmap.vocabulary import MessageState


def send_again(message: OutboxMessage, *, now: datetime) -> bool:
    """Put a failed mail back among the waiting, with all its attempts ahead; False when it isn't failed (any more).

    It is made anew, so that it speaks of the day on which it is sent; its Message-ID stays.
    """
    failed = OutboxMessage.objects.filter(pk=message.pk, state=MessageState.FAILED)
    return failed.update(state=MessageState.PENDING, attempts=0, deliver_after=now, last_error="", rendered=None) == 1
