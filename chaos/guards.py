"""What each guard of delivery is, as a change of the source that takes it out, and the proof that must then fail.

``old`` stands exactly once in ``file``; where it doesn't (any more), the power check says so rather than pass.
"""

from chaos.guard import CRASH, Guard, tests
from chaos.guards_of_planning import OF_PLANNING

CLAIM, DELIVER, SENDING = "roadmap/outbox/claim.py", "roadmap/outbox/deliver.py", "roadmap/outbox/sending.py"
SMTP, UNKNOWN, MOMENT = "roadmap/outbox/smtp.py", "roadmap/outbox/unknown.py", "roadmap/outbox/moment.py"
BREAKER, HOLD = "roadmap/outbox/breaker.py", "roadmap/outbox/hold.py"

OF_SENDING = (
    Guard(
        name="locked claim",
        keeps="two workers take the same mail",
        file=CLAIM,
        old='rows = list(waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit])',
        new="rows = list(waiting[:limit])",
    ),
    Guard(
        name="fence",
        keeps="a worker that overslept its lease goes on as if it still held its mails",
        file=CLAIM,
        old="found |= Q(fence=fence, pk__in=numbers)",
        new="found |= Q(pk__in=numbers)",
    ),
    Guard(
        name="lease",
        keeps="a mail is taken over while its worker still has it in its hands",
        file=CLAIM,
        old="over = Q(leased_until__lte=now) | Q(leased_until=None)",
        new="over = Q()",
    ),
    Guard(
        name="lease sized to the slowest answer",
        keeps="a mail whose server answers late is taken for lost",
        file="roadmap/outbox/patience.py",
        old="return timedelta(seconds=reply_seconds() * RESERVE)",
        new="return timedelta(seconds=1)",
        proof=tests("tests/outbox/test_smtp.py::test_lease_outlasts_the_slowest_server"),
    ),
    Guard(
        name="release of the dead",
        keeps="what a dead worker held is never sent",
        file=DELIVER,
        old="    return claim.release_expired(OutboxMessage, now=clock(), grace=grace())",
        new="    return 0",
        proof=CRASH,
    ),
    Guard(
        name="database's clock",
        keeps="a worker whose clock is wrong takes over what another holds",
        file=MOMENT,
        old="    return Now()\n",
        new="    return clock.now()\n",
        proof=tests("tests/outbox/test_moment.py"),
    ),
    Guard(
        name="committing mark",
        keeps="a mail whose outcome is unknown is sent again at once, a digest too",
        file=CLAIM,
        old="marked = held.update(committing_at=now, leased_until=now + lease)",
        new="marked = held.update(leased_until=now + lease)",
        proof=CRASH,
    ),
    Guard(
        name="knowing the phase",
        keeps="a mail whose answer was lost counts as not handed over",
        file=SMTP,
        old="        after_dot, welcome = self.phase is Phase.AFTER_DOT, self._is_welcome\n",
        new="        after_dot, welcome = False, self._is_welcome\n",
    ),
    Guard(
        name="look before the dot",
        keeps="a mail that was taken back or taken over meanwhile is sent",
        file=SENDING,
        old="            if row in go:\n",
        new="            if row is not None:\n",
    ),
    Guard(
        name="no dot after a long stop",
        keeps="a worker stopped between its mark and its dot sends what others have settled",
        file=SENDING,
        old="if monotonic() - began > reply_seconds() / 4:",
        new="if monotonic() < began:",
    ),
    Guard(
        name="note of a late answer",
        keeps="a mail that was taken, and said so late, goes again",
        file=CLAIM,
        old="    told |= Q(_pairs(overslept), state=MessageState.UNSURE)\n",
        new="    assert overslept\n",
        proof=tests("tests/outbox/test_unknown.py::test_late_answer_still_counts_while_the_outcome_is_unknown"),
    ),
    Guard(
        name="answers heard after a fault of ours",
        keeps="a mail that was taken while the database was away is not known to be",
        file=SENDING,
        old="        ends = monotonic() + DATABASE_MAY_BE_AWAY\n",
        new="        ends = 0.0\n",
    ),
    Guard(
        name="rendered once",
        keeps="a second copy says something else than the first",
        file=SENDING,
        old="            claim.keep(rows, *MADE)\n",
        new="",
        proof=CRASH,
    ),
    Guard(
        name="words of the day",
        keeps='"in three days" is told on the next day',
        file=DELIVER,
        old="if row.rendered is not None and (row.repeats or _made_today(row, memory.now)):",
        new="if row.rendered is not None:",
    ),
    Guard(
        name="other words, other Message-ID",
        keeps="a mail that may have arrived is replaced by another under its name",
        file=DELIVER,
        old="            row.message_id = renamed(row)\n",
        new="            assert renamed(row)\n",
    ),
    Guard(
        name="receipts",
        keeps="what had arrived is sent again",
        file=UNKNOWN,
        old="    return {row.pk for row in rows if row.message_id in found}\n",
        new="    return {row.pk for row in rows if row.message_id in found - found}\n",
        proof=CRASH,
    ),
    Guard(
        name="silence of a journal that can't be read",
        keeps="what had arrived is sent again while the journal is away",
        file=UNKNOWN,
        old="        _write(rows, deliver_after=now + ASK_AGAIN_AFTER)\n        return 0\n",
        new="        received = set()\n",
        proof=tests("tests/outbox/test_receipts.py"),
    ),
    Guard(
        name="grace",
        keeps="the journal is asked before a copy can be in it",
        file=DELIVER,
        old="now=clock(), grace=grace())",
        new="now=clock(), grace=0 * grace())",
        proof=tests("tests/outbox"),
    ),
    Guard(
        name="window handed back",
        keeps="what a digest given up would have told is told by none",
        file=UNKNOWN,
        old="            covered_until=start\n        )\n",
        new='            covered_until=row.facts["until"]\n        )\n',
        proof=CRASH,
    ),
    Guard(
        name="breaker",
        keeps="an outage of days uses up all attempts",
        file=SENDING,
        old="            self.is_stopped |= breaker.note_trouble(",
        new="            breaker.note_trouble(",
        proof=tests("tests/outbox/test_breaker.py"),
    ),
    Guard(
        name="outage known at once",
        keeps="a mail is counted as tried when nobody could be reached",
        file=SENDING,
        old="            breaker.note_outage(breaker.MAIL, now=now)\n            self.is_stopped = True\n",
        new="            self.is_stopped = False\n",
        proof=tests("tests/outbox/test_breaker.py", "tests/outbox/test_deliver.py"),
    ),
    Guard(
        name="hold",
        keeps="mail goes out that a person has stopped",
        file=SENDING,
        old="lease=reply_lease(), unless=holds())",
        new="lease=reply_lease())",
        proof=tests("tests/outbox/test_hold.py"),
    ),
    Guard(
        name="hold of a restored database",
        keeps="people are told once more what they were told after the backup",
        file=HOLD,
        old="    if outside > current.sent_total:\n",
        new="    if outside < 0:\n",
        proof=tests("tests/outbox/test_hold.py"),
    ),
    Guard(
        name="hold when time leaps",
        keeps="everything of months is told because a clock was set wrong",
        file=HOLD,
        old="        if abs(off) <= CLOCKS_MAY_DIFFER:\n",
        new="        if off is not None:\n",
        proof=tests("tests/outbox/test_hold.py"),
    ),
)
GUARDS = (*OF_SENDING, *OF_PLANNING)
