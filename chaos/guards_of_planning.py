"""The guards of what is told to whom, and of mail that is no longer true; those of sending are in ``guards.py``."""

from chaos.guard import CRASH, Guard, tests

WITHDRAW, INSERT = "roadmap/outbox/withdraw.py", "roadmap/outbox/insert.py"
PLANNER = tests("tests/reminders/test_planner.py")
REMINDERS, DIGESTS = "roadmap/reminders/planner.py", "roadmap/digests/planner.py"

OF_PLANNING = (
    Guard(
        name="withdrawal at the edit",
        keeps="a mail that waits tells what an edit has made untrue",
        file=WITHDRAW,
        old='.filter(message__isnull=False).values("message")))\n',
        new='.filter(message__isnull=False).values("message")))[:0]\n',
        proof=PLANNER,
    ),
    Guard(
        name="pulling back what a worker holds",
        keeps="a mail that is about to go tells what an edit has made untrue",
        file=WITHDRAW,
        old="unsent = Q(state=MessageState.PENDING) | Q(state=MessageState.SENDING, committing_at=None)",
        new="unsent = Q(state=MessageState.PENDING)",
        proof=PLANNER,
    ),
    Guard(
        name="look at sending",
        keeps="a mail that a dead worker held tells what an edit has made untrue",
        file="roadmap/apps.py",
        old="        register_check(MessageKind.REMINDER, reminders_still_true)\n",
        new="",
        proof=tests("tests/outbox/test_withdraw.py"),
    ),
    Guard(
        name="key that steps aside",
        keeps="what comes true again is not told, as a mail has its key that told of something else",
        file=REMINDERS,
        old="if taken:",
        new="if taken is None:",
        proof=PLANNER,
    ),
    Guard(
        name="reminders' schedule in their transaction",
        keeps="the schedule moves on and the mail is not written",
        file=REMINDERS,
        old='        _write(news, now)\n        Milestone.objects.bulk_update(milestones, ["remind_at"])\n',
        new='        Milestone.objects.bulk_update(milestones, ["remind_at"])\n'
        "    with transaction.atomic():\n        _write(news, now)\n",
        proof=CRASH,
    ),
    Guard(
        name="reminders all or none",
        keeps="a mail is written and what it tells of is not",
        file=REMINDERS,
        old="    with transaction.atomic():\n",
        new='    with __import__("contextlib").nullcontext():\n',
        proof=CRASH,
    ),
    Guard(
        name="digests all or none",
        keeps="a schedule moves on and the issue is not written, or the other way round",
        file=DIGESTS,
        old="    with transaction.atomic():\n",
        new='    with __import__("contextlib").nullcontext():\n',
        proof=CRASH,
    ),
    Guard(
        name="schedule that outlasts downtime",
        keeps="what came due while nobody was at work is never told",
        file=REMINDERS,
        old="due = Milestone.objects.filter(remind_at__lte=now)",
        new='due = Milestone.objects.filter(remind_at__range=(now - __import__("datetime").timedelta(hours=1), now))',
        proof=PLANNER,
    ),
    Guard(
        name="what was told is remembered",
        keeps="a reminder that was told is told again",
        file="roadmap/reminders/look.py",
        old="earned = news_among(heard, planned=planned)",
        new="earned = news_among(heard, planned=set())",
        proof=PLANNER,
    ),
    Guard(
        name="unique key",
        keeps="two who plan the same fact write two mails",
        file="roadmap/migrations/0001_squashed_0025_reconciliation.py",
        old="('key', models.CharField(max_length=200, unique=True, verbose_name='key')),",
        new="('key', models.CharField(max_length=200, verbose_name='key')),",
        proof=tests("tests/digests/test_planner.py"),
    ),
    Guard(
        name="only the latest of what was missed",
        keeps="each of several rules has its own word on the same milestone in one mail",
        file=REMINDERS,
        old="news += latest_only(earned)",
        new="news += earned",
        proof=tests("tests/reminders/test_kinds.py"),
    ),
    Guard(
        name="folding reminders that wait",
        keeps="a flood after an outage: one mail for each tick",
        file=REMINDERS,
        old="for row in pulled_back(OutboxMessage.objects.filter(",
        new="for row in pulled_back(OutboxMessage.objects.none().filter(",
        proof=PLANNER,
    ),
    Guard(
        name="nothing folded into what may have arrived",
        keeps="a mail sent again says more than its first copy",
        file=REMINDERS,
        old=", repeats=0))",
        new="))",
        proof=PLANNER,
    ),
    Guard(
        name="folding digests that wait",
        keeps="a flood after an outage: one digest for each day",
        file=DIGESTS,
        old="withdraw_superseded([row for rows in earlier.values() for row in rows])",
        new="withdraw_superseded([])",
        proof=tests("tests/digests/test_planner.py"),
    ),
    Guard(
        name="sweeper of reminders",
        keeps="a milestone whose schedule was lost is never told of",
        file="roadmap/reminders/missed.py",
        old="        Milestone.objects.filter(pk__in=[one.pk for one in wrong]).ask_planner_to_look(at=now)\n",
        new="",
        proof=tests("tests/reminders/test_missed.py"),
    ),
    Guard(
        name="sweeper of digests",
        keeps="a subscription whose schedule was lost never has an issue",
        file="roadmap/digests/missed.py",
        old='lost.update(next_issue_at=F("covered_until"))',
        new='lost.update(covered_until=F("covered_until"))',
        proof=tests("tests/digests/test_missed.py"),
    ),
)
