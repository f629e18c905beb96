"""Sending what waits in the outbox: claim, make the mails, hand them over outside any transaction, note the outcomes.

Any number of workers and dispatchers may run side by side; each mail is one claim's.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from roadmap import stopping
from roadmap.clock import day_in
from roadmap.models import OutboxMessage, Roadmap
from roadmap.outbox import claim, pace
from roadmap.outbox.breaker import MAIL, Admission, admission, leave_ajar
from roadmap.outbox.hold import count_sent
from roadmap.outbox.moment import Clock, instant
from roadmap.outbox.patience import claim_lease, grace, reply_lease
from roadmap.outbox.relay import Relay
from roadmap.outbox.render import BatchMemory, prepare_all, renamed, render
from roadmap.outbox.sending import Sending
from roadmap.outbox.suppressing import SUPPRESSED, suppressed_addresses
from roadmap.outbox.truth import may_go
from roadmap.outbox.welcome import welcome_among
from roadmap.outbox.withdraw import withdrawn_key

log = logging.getLogger(__name__)

CLAIMED_TOGETHER = 50
# What the mails of one run share is worked out once; a run is ended all the same before what it knows is old, and hands
# on what can't be
LONGEST_RUN_SECONDS = 40
RELAY = Relay()


def deliver_pending(*, clock: Clock, limit: int = 20_000) -> int:
    """Send up to ``limit`` waiting mails, for well under a minute; returns how many left.

    Nothing goes while the mail is held, or the server is known to be away; then one mail at a time finds out whether it
    is back.
    """
    sent = claimed = 0
    while claimed < limit:
        admitted = admission(MAIL, now=clock(), probe_for=claim_lease() + reply_lease())
        if admitted is Admission.NOTHING:
            break
        most = 1 if admitted is Admission.ONE else limit - claimed
        with _run(clock) as (sending, memory):
            tried = _send_up_to(most, sending, memory, clock)
        if admitted is Admission.ONE and not sending.is_stopped:  # none, or one withdrawn, tells nothing of the server
            leave_ajar(MAIL, now=clock())
        if sending.sent:
            count_sent(sending.sent)
        claimed, sent = claimed + tried, sent + sending.sent
        if sending.is_stopped or admitted is Admission.ALL or not tried:
            break
    return sent


def release_dead(*, clock: Clock) -> int:
    """Give back the mails of workers that died or overslept; returns how many."""
    return claim.release_expired(OutboxMessage, now=clock(), grace=grace())


@contextmanager
def _run(clock: Clock) -> Iterator[tuple[Sending, BatchMemory]]:
    memory = BatchMemory(now=instant(clock()), of_plan=RELAY.take())
    sending = Sending(lambda row: _made(row, memory), clock=clock)
    try:
        yield sending, memory
    except Exception:
        sending.rescue()
        raise
    finally:
        sending.close()


def _send_up_to(limit: int, sending: Sending, memory: BatchMemory, clock: Clock) -> int:
    """Claim and send until nothing is left, ``limit`` is reached, time is up, or the run or the process is to end;
    returns how many were tried."""
    tried, ends = 0, monotonic() + LONGEST_RUN_SECONDS
    queue = OutboxMessage.objects.select_related("recipient__organisation")
    while tried < limit and not sending.is_stopped and not stopping.is_asked():
        share = pace.take(min(CLAIMED_TOGETHER, limit - tried), now=clock())
        rows = claim.claim(queue, now=clock(), lease=claim_lease(), limit=share.mails) if share.mails else []
        pace.leave(share, unused=share.mails - len(rows))
        if not rows:
            break
        tried += len(rows)
        welcome = welcome_among(rows, memory)
        prepare_all(welcome, memory)
        sending.send(welcome)
        if monotonic() >= ends:
            RELAY.leave(memory.of_plan)
            break
    return tried


def _made(row: OutboxMessage, memory: BatchMemory) -> bool:
    """See to it that ``row`` holds its finished mail; False, and withdrawn, when there is nothing to tell."""
    is_suppressed = row.goes_to.lower() in memory.once(SUPPRESSED, suppressed_addresses)
    if not is_suppressed and may_go(row, memory):
        if row.rendered is not None and (row.repeats or _made_today(row, memory)):
            return True
        if row.repeats:  # a copy of the old words may have arrived: other words need another name
            row.message_id = renamed(row)
        row.rendered_at = memory.now
        if render(row, memory):
            return True
    claim.note_withdrawn(row, key=withdrawn_key(row), rendered=None)
    return False


def _made_today(row: OutboxMessage, memory: BatchMemory) -> bool:
    """Whether the mail's words are of the present day, its reader's and that of whichever roadmap it tells of; "in 3
    days" isn't true any more tomorrow."""
    if row.rendered_at is None:
        return False
    zones = {row.recipient.time_zone, *memory.once("zones", Roadmap.objects.zones)}
    return all(day_in(zone, at=row.rendered_at) == day_in(zone, at=memory.now) for zone in zones)
