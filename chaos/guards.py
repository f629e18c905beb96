"""What each guard of delivery is, as a change of the source that takes it out, and the proof that must then fail.

``old`` stands exactly once in ``file``; where it doesn't (any more), the power check says so rather than pass.
"""

from dataclasses import dataclass

SHORT = ("-m", "chaos.run", "--short")
CLAIM, DELIVER = "roadmap/outbox/claim.py", "roadmap/outbox/deliver.py"


@dataclass(frozen=True)
class Guard:
    """A guard: what it keeps from happening, how it is taken out, and which command must then fail."""

    name: str
    keeps: str
    file: str
    old: str
    new: str
    proof: tuple[str, ...] = SHORT


GUARDS = (
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
        name="sweeper",
        keeps="what a dead worker held is never sent",
        file=DELIVER,
        old="    return claim.release_expired(OutboxMessage, now=clock(), grace=grace())",
        new="    return 0",
    ),
    Guard(
        name="committing mark",
        keeps="a digest whose outcome is unknown is sent again at once",
        file=CLAIM,
        old="marked = held.update(committing_at=now, leased_until=now + lease)",
        new="marked = held.update(leased_until=now + lease)",
    ),
    Guard(
        name="look before the dot",
        keeps="a mail that was taken back or taken over meanwhile is sent",
        file="roadmap/outbox/sending.py",
        old="            if row in go:\n",
        new="            if row is not None:\n",
    ),
    Guard(
        name="withdrawal at the edit",
        keeps="a mail that waits tells what an edit has made untrue",
        file="roadmap/outbox/withdraw.py",
        old='.filter(message__isnull=False).values("message")))\n',
        new='.filter(message__isnull=False).values("message")))[:0]\n',
    ),
    Guard(
        name="look at sending",
        keeps="a mail that a dead worker held tells what an edit has made untrue",
        file="roadmap/apps.py",
        old="        register_check(MessageKind.REMINDER, reminders_still_true)\n",
        new="",
    ),
    Guard(
        name="reminders' schedule in their transaction",
        keeps="the schedule moves on and the mail is not written",
        file="roadmap/reminders/planner.py",
        old='        _write(news, now)\n        Milestone.objects.bulk_update(milestones, ["remind_at"])\n',
        new='        Milestone.objects.bulk_update(milestones, ["remind_at"])\n'
        "        transaction.get_connection().connection.commit()\n        _write(news, now)\n",
    ),
    Guard(
        name="folding what waits",
        keeps="a flood after an outage: one mail for each thing missed",
        file="roadmap/digests/planner.py",
        old="withdraw_superseded([row for rows in earlier.values() for row in rows])",
        new="withdraw_superseded([])",
    ),
)
