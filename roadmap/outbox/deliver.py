"""Sending what waits in the outbox: claim, make the mail, hand it over outside any transaction, write down the outcome.

Any number of workers and dispatchers may run side by side; each mail is one claim's.
"""

import logging
from email.utils import parseaddr

from django.conf import settings

from roadmap.models import OutboxMessage
from roadmap.outbox import claim
from roadmap.outbox.render import BatchMemory, ascii_address, render
from roadmap.outbox.smtp import Courier, NeverTaken, NotNow, ServerUnreachable
from roadmap.outbox.withdraw import drop_untrue_reminders
from roadmap.vocabulary import MessageKind

log = logging.getLogger(__name__)


def deliver_pending(*, clock: claim.Clock, limit: int = 200) -> int:
    """Send up to ``limit`` waiting mails; returns how many left. Stops at once when the server can't be reached."""
    memory = BatchMemory(now=clock())
    sent = 0
    with Courier() as courier:
        for row in claim.claimed_messages(clock=clock, limit=limit):
            try:
                sent += _deliver(row, courier, memory, clock)
            except ServerUnreachable as outage:
                claim.note_unreached(row, error=str(outage), now=clock())
                log.warning("The mail server takes nothing now: %s", outage)
                break
    return sent


def _deliver(row: OutboxMessage, courier: Courier, memory: BatchMemory, clock: claim.Clock) -> bool:
    """One claimed mail, to its end; True when the server took it. Lets only ServerUnreachable through."""
    try:
        if not _made(row, memory, clock):
            claim.note_withdrawn(row)
            return False
    except Exception as error:  # one bad mail must not hold up the others; its error is kept in its row
        log.exception("Mail %s could not be made", row.pk)
        claim.note_deferred(row, error=f"{type(error).__name__}: {error}", now=clock())
        return False
    assert row.rendered is not None  # noqa: S101  # made above
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        courier.send(bytes(row.rendered), sender=sender, recipient=ascii_address(row.address))
    except NotNow as refusal:
        claim.note_deferred(row, error=str(refusal), now=clock())
        return False
    except NeverTaken as refusal:
        claim.note_failed(row, error=str(refusal))
        return False
    if not claim.note_sent(row, now=clock()):
        log.warning("Mail %s was sent after its lease had ended; another worker may send it too", row.pk)
    return True


def _made(row: OutboxMessage, memory: BatchMemory, clock: claim.Clock) -> bool:
    """See to it that ``row`` holds its finished mail; False when there is nothing (any more) to tell."""
    if not (row.recipient.is_active and row.recipient.email):
        return False
    if drop_untrue_reminders(row, now=clock()):
        row.rendered = None
    if row.kind == MessageKind.REMINDER and not row.reminders.exists():
        return False
    if row.rendered is not None:
        return True
    return render(row, memory) and claim.note_rendered(row)
