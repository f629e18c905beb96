"""The guards of what is told to whom, and of mail that is no longer true; those of sending are in ``guards.py``."""

from chaos.cuts import after_its_transaction, argument, call, column_option, condition, statement
from chaos.guard import CRASH, Guard, tests

PLANNER = tests("tests/reminders/test_planner.py")
NO_TRANSACTION = '__import__("contextlib").nullcontext()'
AN_HOUR_ONLY = '{call}.filter(remind_at__gt={remind_at__lte} - __import__("datetime").timedelta(hours=1))'

OF_PLANNING = (
    Guard(
        name="withdrawal at the edit",
        keeps="a mail that waits tells what an edit has made untrue",
        at="roadmap.outbox.withdraw:_forget_waiting",
        cut=call("pulled_back", "{call}[:0]"),
        proof=PLANNER,
    ),
    Guard(
        name="pulling back what a worker holds",
        keeps="a mail that is about to go tells what an edit has made untrue",
        at="roadmap.outbox.withdraw:pulled_back",
        cut=call("Q", "Q(pk__in=[])", given="committing_at"),
        proof=PLANNER,
    ),
    Guard(
        name="look at sending",
        keeps="a mail that a dead worker held tells what an edit has made untrue",
        at="roadmap.apps:RoadmapConfig.ready",
        cut=statement("register_check", given="reminders_still_true"),
        proof=tests("tests/outbox/test_withdraw.py"),
    ),
    Guard(
        name="look at a digest that comes back",
        keeps="a digest that was on its way when its reader unsubscribed is sent again",
        at="roadmap.apps:RoadmapConfig.ready",
        cut=statement("register_check", given="issue_still_wanted"),
        proof=tests("tests/digests/test_planner.py"),
    ),
    Guard(
        name="key that steps aside",
        keeps="what comes true again is not told, as a mail has its key that told of something else",
        at="roadmap.reminders.planner:_inserted",
        cut=condition("give_up_keys", "False"),
        proof=PLANNER,
    ),
    Guard(
        name="reminders' schedule in their transaction",
        keeps="the schedule moves on and the mail is not written",
        at="roadmap.reminders.planner:plan_due_reminders",
        cut=after_its_transaction("_write"),
        proof=CRASH,
    ),
    Guard(
        name="reminders all or none",
        keeps="a mail is written and what it tells of is not",
        at="roadmap.reminders.planner:plan_due_reminders",
        cut=call("atomic", NO_TRANSACTION),
        proof=CRASH,
    ),
    Guard(
        name="digests all or none",
        keeps="a schedule moves on and the issue is not written, or the other way round",
        at="roadmap.digests.planner:plan_due_digests",
        cut=call("atomic", NO_TRANSACTION),
        proof=CRASH,
    ),
    Guard(
        name="schedule that outlasts downtime",
        keeps="what came due while nobody was at work is never told",
        at="roadmap.reminders.planner:_milestones_due",
        cut=call("filter", AN_HOUR_ONLY, given="remind_at__lte"),
        proof=PLANNER,
    ),
    Guard(
        name="what was told is remembered",
        keeps="a reminder that was told is told again",
        at="roadmap.reminders.look:_by_rule",
        cut=argument("planned", of="news_among", new="set()"),
        proof=PLANNER,
    ),
    Guard(
        name="unique key",
        keeps="two who plan the same fact write two mails",
        at="roadmap.migrations.0001_initial:",
        cut=column_option("unique", model="OutboxMessage", column="key"),
        proof=tests("tests/digests/test_planner.py"),
    ),
    Guard(
        name="only the latest of what was missed",
        keeps="each of several rules has its own word on the same milestone in one mail",
        at="roadmap.reminders.planner:plan_due_reminders",
        cut=call("latest_only", "{0}"),
        proof=tests("tests/reminders/test_kinds.py"),
    ),
    Guard(
        name="folding reminders that wait",
        keeps="a flood after an outage: one mail for each tick",
        at="roadmap.reminders.planner:_mails_for",
        cut=call("pulled_back", "{call}[:0]"),
        proof=PLANNER,
    ),
    Guard(
        name="joining mails that wait beside each other",
        keeps="two mails to one person tell of the same milestone",
        at="roadmap.reminders.planner:_joined",
        cut=condition("withdraw_superseded", "False"),
        proof=PLANNER,
    ),
    Guard(
        name="nothing folded into what may have arrived",
        keeps="a mail sent again says more than its first copy",
        at="roadmap.reminders.planner:_mails_for",
        cut=argument("repeats", of="filter"),
        proof=PLANNER,
    ),
    Guard(
        name="folding digests that wait",
        keeps="a flood after an outage: one digest for each day",
        at="roadmap.digests.planner:plan_due_digests",
        cut=statement("withdraw_superseded"),
        proof=tests("tests/digests/test_planner.py"),
    ),
    Guard(
        name="sweeper of reminders",
        keeps="a milestone whose schedule was lost is never told of",
        at="roadmap.reminders.missed:_put_right",
        cut=statement("let_planner_catch_up"),
        proof=tests("tests/reminders/test_missed.py"),
    ),
    Guard(
        name="sweeper of digests",
        keeps="a subscription whose schedule was lost never has an issue",
        at="roadmap.digests.missed:_put_right",
        cut=statement("update"),
        proof=tests("tests/digests/test_missed.py"),
    ),
)
