"""Mails as they would be: planned and made for real, in a transaction that is always taken back.

So a preview says what the planners and renderers say, whatever they come to know, and nothing is planned by it.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from roadmap.models import OutboxMessage
from roadmap.outbox.render import BatchMemory, render

NOBODYS_ADDRESS = "preview@example.invalid"


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal."""


def rehearsed(planned: Callable[[], OutboxMessage | None], *, now: datetime) -> bytes | None:
    """The bytes of the mail that ``planned`` writes, made as at ``now``; None when there is nothing to tell.

    Whatever ``planned`` changes in the database is undone, also when it fails.
    """
    made: bytes | None = None
    try:
        with transaction.atomic():
            row = planned()
            if row is not None and render(row, BatchMemory(now=now)):
                made = bytes(row.rendered or b"")
            raise _TakenBack
    except _TakenBack:
        return made
