"""One run of sending: claimed mails over a few kept connections at once, so that nobody waits for a slow answer.

All that is written down is written here, in groups: the marks of all mails that stand right before their final dot are
one transaction, together with the outcomes that came meanwhile.
"""

import logging
import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from roadmap import stopping
from roadmap.models import OutboxMessage
from roadmap.outbox import breaker, claim, marks
from roadmap.outbox.envelope import letter_of
from roadmap.outbox.hold import holds
from roadmap.outbox.letter import NeverTaken, NoAnswer, NotNow, RecipientRefused, ServerUnreachable, Trouble
from roadmap.outbox.moment import Clock, instant
from roadmap.outbox.patience import claim_lease, grace, last_answers_seconds, reply_lease, reply_seconds
from roadmap.outbox.refusals import is_hard
from roadmap.outbox.smtp import Lane, Phase
from roadmap.outbox.suppressing import suppress
from roadmap.vocabulary import SuppressionReason

log = logging.getLogger(__name__)

MADE = ("address", "language", "subject", "message_id", "rendered", "rendered_at")
MAILS_WORTH_A_LANE = 8  # a further connection must be worth its opening
TOGETHER_SECONDS = 0.01  # how long those right before their dot wait for the others, as one transaction marks them all
MADE_AHEAD = 4  # mails for each connection, made while the server is busy
RENEWED_WITHIN = 8  # of a lease
DATABASE_MAY_BE_AWAY = 30  # seconds for which outcomes are kept in memory


class Sending:
    """Hands over claimed mails. ``make`` finishes one, answering False when there is nothing (any more) to tell."""

    def __init__(self, make: Callable[[OutboxMessage], bool], *, clock: Clock) -> None:
        self.sent = 0
        self.is_stopped = False  # nothing more goes now: an outage, a hold, or the end of this process
        self._make, self._clock = make, clock
        self._lanes = [Lane()]
        self._on_their_way: dict[Lane, OutboxMessage] = {}
        self._waiting: deque[OutboxMessage] = deque()
        self._ready: deque[OutboxMessage] = deque()
        self._told: list[tuple[OutboxMessage, Trouble | None]] = []
        self._has_gate_heard, self._held_since, self._is_ending = False, 0.0, False

    def send(self, rows: Sequence[OutboxMessage]) -> None:
        """All of ``rows``, each to its end; what isn't sent because of an outage, a hold or an end is given back."""
        self._waiting.extend(rows)
        self._held_since = monotonic()
        most = min(settings.MAIL_CONNECTIONS, 1 + len(rows) // MAILS_WORTH_A_LANE)
        self._lanes += [Lane() for _ in range(most - len(self._lanes))]
        while self._waiting or self._ready or self._on_their_way or self._told:
            if stopping.is_asked() and not self._is_ending:
                self._come_to_an_end()
            self._keep_hold()
            self._listen(0)
            self._load()
            if self._all_stand():
                self._note()
            elif self._waiting and self._are_few_ready():
                self._prepare()
            elif self._has_news():
                if not self._listen(TOGETHER_SECONDS):
                    self._note()
            elif self._on_their_way:
                self._listen(min(self._patience(), stopping.LOOK_SECONDS))

    def close(self) -> None:
        """Hang up, with a goodbye."""
        for lane in self._lanes:
            lane.hang_up()

    def rescue(self) -> None:
        """Something failed on our side: let nothing more go, hear the answers that are due, and write them down.

        Waits for a database that is away; what stays unwritten is found later as of unknown outcome.
        """
        marked = [row for lane, row in self._on_their_way.items() if lane.phase is Phase.AT_DOT]  # perhaps
        self._drop_before_dot()
        while self._on_their_way:
            self._listen(self._patience())
        ends = monotonic() + DATABASE_MAY_BE_AWAY
        while (self._told or marked) and monotonic() < ends:
            try:
                self._note()
                claim.unmark(marked, now=self._clock())  # their dot was never sent, so their outcome is known
                marked = []
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(0.5)

    def _come_to_an_end(self) -> None:
        """Give back all of which no dot is out; hear the answers to the others, for as long as there is."""
        self._is_ending = self.is_stopped = True
        claim.give_back([*self._waiting, *self._ready, *self._drop_before_dot()])
        self._waiting, self._ready = deque(), deque()
        for lane in self._on_their_way:
            lane.patience_ends = min(lane.patience_ends, monotonic() + last_answers_seconds())

    def _drop_before_dot(self) -> list[OutboxMessage]:
        """Hang up wherever no dot is out yet; the mails that were on their way there."""
        before = [lane for lane in self._on_their_way if lane.phase is not Phase.AFTER_DOT]
        for lane in before:
            lane.drop()
        return [self._on_their_way.pop(lane) for lane in before]

    def _keep_hold(self) -> None:
        """While others are slow, renew the claims on what isn't on its way yet; drop what was taken back meanwhile."""
        lease = claim_lease()
        if monotonic() - self._held_since < lease.total_seconds() / RENEWED_WITHIN:
            return
        self._held_since = monotonic()
        kept = {row.pk for row in claim.renew([*self._waiting, *self._ready], now=self._clock(), lease=lease)}
        self._waiting = deque(row for row in self._waiting if row.pk in kept)
        self._ready = deque(row for row in self._ready if row.pk in kept)

    def _prepare(self) -> None:
        """Make the next mail; one that can't be made must not hold up the others."""
        row = self._waiting.popleft()
        try:
            if self._make(row):
                self._ready.append(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # its error is kept in its row
            log.exception("Mail %s could not be made", row.pk)
            claim.note_unmade(row, error=error, now=self._clock())

    def _load(self) -> None:
        """Give every idle lane its next mail."""
        for lane in [lane for lane in self._lanes if lane not in self._on_their_way]:
            while self._waiting and not self._ready:
                self._prepare()
            if not self._ready:
                return
            row = self._ready.popleft()
            self._on_their_way[lane] = row
            lane.begin(letter_of(row))
            self._look_at([lane])

    def _listen(self, seconds: float) -> bool:
        """Go on wherever an answer comes within ``seconds``, or none came in time; True if there was any such."""
        talking = {
            lane.socket.fileno(): lane
            for lane in self._on_their_way
            if lane.phase in (Phase.BEFORE_DOT, Phase.AFTER_DOT)
        }
        if not talking:
            return False
        poll = select.poll()
        for number in talking:
            poll.register(number, select.POLLIN)
        answered = [talking[number] for number, _event in poll.poll(seconds * 1000)]
        late = [one for one in talking.values() if one not in answered and one.patience_ends <= monotonic()]
        for lane in answered:
            lane.go_on()
        for lane in late:
            lane.give_up()
        self._look_at([*answered, *late])
        return bool(answered or late)

    def _are_few_ready(self) -> bool:
        """Whether to make another mail now: one for each connection, more only while nothing waits to be written."""
        ahead = 1 if self._has_news() else MADE_AHEAD
        return len(self._ready) < ahead * len(self._lanes)

    def _has_news(self) -> bool:
        """Whether there is something to write down."""
        return bool(self._told) or Phase.AT_DOT in {lane.phase for lane in self._on_their_way}

    def _all_stand(self) -> bool:
        """Whether there is something to write down, and no lane that may soon have more for the same transaction."""
        return self._has_news() and all(lane.phase is Phase.AT_DOT for lane in self._on_their_way)

    def _patience(self) -> float:
        """Seconds for which there is nothing to do but to listen."""
        return max(0.0, min(lane.patience_ends for lane in self._on_their_way) - monotonic())

    def _look_at(self, lanes: Iterable[Lane]) -> None:
        """Remember what became of the mails of those lanes that are done."""
        for lane in lanes:
            if lane.phase is not Phase.IDLE:
                continue
            row = self._on_their_way.pop(lane)
            others_go = any(other.is_open for other in self._lanes if other is not lane)
            if isinstance(lane.trouble, ServerUnreachable) and others_go:
                self._lanes.remove(lane)  # the server takes so many connections and no more
                self._ready.appendleft(row)
            else:
                self._told.append((row, lane.trouble))

    def _note(self) -> bool:
        """Write down all outcomes told, and all that stands before its final dot; then send the dots. True if any."""
        at_dot = sorted(
            ((row, lane) for lane, row in self._on_their_way.items() if lane.phase is Phase.AT_DOT),
            key=lambda pair: pair[0].pk,  # the order in which everybody locks rows
        )
        if not (at_dot or self._told):
            return False
        began, rows = monotonic(), [row for row, _lane in at_dot]
        with transaction.atomic():
            self._write_outcomes()
            go = marks.note_committing(rows, now=self._clock(), lease=reply_lease(), unless=holds())
            marks.keep(go, *MADE)
        self._told.clear()
        if monotonic() - began > reply_seconds() / 4:  # stopped, or slow: others may soon count them as lost
            claim.unmark(go, now=self._clock())
            go = []
        for row, lane in at_dot:
            if row in go:
                lane.finish()
                self._look_at([lane])
            else:
                del self._on_their_way[lane]
                lane.drop()
        if len(go) < len(rows):
            claim.give_back([row for row in rows if row not in go])
            self.is_stopped |= holds().exists()
        if self.is_stopped:
            claim.give_back([*self._waiting, *self._ready])
            self._waiting, self._ready = deque(), deque()
        return True

    def _write_outcomes(self) -> None:
        taken = [row for row, trouble in self._told if trouble is None]
        noted = marks.note_sent(taken, now=self._clock())
        if noted < len(taken):
            log.warning("%d mails were sent after their lease had ended; they may be sent again", len(taken) - noted)
        self.sent += len(taken)
        for row, trouble in self._told:
            if trouble is not None:
                self._write_trouble(row, trouble)
        if not self._has_gate_heard and any(one is None or isinstance(one, NeverTaken) for _row, one in self._told):
            breaker.note_success(breaker.MAIL)
            self._has_gate_heard = True

    def _write_trouble(self, row: OutboxMessage, trouble: Trouble) -> None:
        told, now = str(trouble), self._clock()
        if isinstance(trouble, NeverTaken):
            claim.note_failed(row, error=told)
            if isinstance(trouble, RecipientRefused) and is_hard(told, address=row.address):
                suppress(row, reason=SuppressionReason.REFUSED, evidence=told, now=instant(now))
            return
        self._has_gate_heard = False
        if isinstance(trouble, ServerUnreachable):
            breaker.note_outage(breaker.MAIL, now=now)
            self.is_stopped = True
        else:
            self.is_stopped |= breaker.note_trouble(breaker.MAIL, numbers=[row.pk], now=now)
        if isinstance(trouble, NoAnswer):
            claim.note_unsure(row, error=told, now=now, grace=grace())
        elif self.is_stopped:
            log.warning("The mail server takes nothing now: %s", told)
            # made anew when its time comes, as that may be days later; unless a copy may have arrived already
            claim.note_unreached(row, error=told, now=now, rendered=row.rendered if row.repeats else None)
        else:
            assert isinstance(trouble, NotNow)  # noqa: S101  # the one that is left
            claim.note_deferred(row, error=told, now=now)
