"""What each guard of delivery is, how it is taken out of the source, and the proof that must then fail.

It is found by what it is: a function, a call in it (``chaos.cuts``). Where it isn't there once (any more), the power
check and the suite say so rather than pass.
"""

from chaos.cuts import argument, body, branch, call, comparison, condition, constant, refusal, statement, words
from chaos.guard import CRASH, Guard, tests
from chaos.guards_of_planning import OF_PLANNING

OF_SENDING = (
    Guard(
        name="locked claim",
        keeps="two workers take the same mail",
        at="roadmap.outbox.claim:claim",
        cut=call("select_for_update", "{receiver}"),
        proof=("-m", "embedded.testing", "tests/outbox/test_side_by_side.py"),  # on PostgreSQL, too
    ),
    Guard(
        name="fence",
        keeps="a worker that overslept its lease goes on as if it still held its mails",
        at="roadmap.outbox.marks:_those",
        cut=words("fence = ", "-1 < "),
        proof=tests("tests/outbox/test_unknown.py::test_worker_that_overslept_may_not_hand_over"),
    ),
    Guard(
        name="fence of an outcome",
        keeps="a worker that overslept its lease writes its outcome over what another is doing",
        at="roadmap.outbox.claim:_pairs",
        cut=argument("fence", of="Q"),
        proof=tests("tests/outbox/test_unknown.py::test_worker_that_overslept_writes_nothing_over_what_another_holds"),
    ),
    Guard(
        name="lease",
        keeps="a mail is taken over while its worker still has it in its hands",
        at="roadmap.outbox.claim:release_expired",
        cut=call("Q", "Q(pk__isnull=False)", given="leased_until__lte"),
        proof=tests("tests/outbox/test_moment.py::test_due_and_leased_are_judged_by_the_database"),
    ),
    Guard(
        name="lease sized to the slowest answer",
        keeps="a mail whose server answers late is taken for lost",
        at="roadmap.outbox.patience:reply_lease",
        cut=body("return timedelta(seconds=1)"),
        proof=tests("tests/outbox/test_smtp.py::test_lease_outlasts_the_slowest_server"),
    ),
    Guard(
        name="release of the dead",
        keeps="what a dead worker held is never sent",
        at="roadmap.outbox.deliver:release_dead",
        cut=body("return 0"),
        proof=CRASH,
    ),
    Guard(
        name="database's clock",
        keeps="a worker whose clock is wrong takes over what another holds",
        at="roadmap.outbox.moment:database_clock",
        cut=body("return clock.now()"),
        proof=tests("tests/outbox/test_moment.py"),
    ),
    Guard(
        name="committing mark",
        keeps="a mail whose outcome is unknown is sent again at once, a digest too",
        at="roadmap.outbox.marks:note_committing",
        cut=words("committing_at = ", "deliver_after = "),
        proof=CRASH,
    ),
    Guard(
        name="knowing the phase",
        keeps="a mail whose answer was lost counts as not handed over",
        at="roadmap.outbox.smtp:Lane._broke",
        cut=comparison("AFTER_DOT", "False"),
        proof=tests("tests/outbox/test_smtp.py::test_connection_lost_before_the_reply_leaves_an_unknown_outcome"),
    ),
    Guard(
        name="look before the dot",
        keeps="a mail that was taken back or taken over meanwhile is sent",
        at="roadmap.outbox.sending:Sending._note",
        cut=condition("finish", "True"),
        proof=tests("tests/outbox/test_hold.py::test_hold_stops_what_is_about_to_be_handed_over"),
    ),
    Guard(
        name="no dot after a long stop",
        keeps="a worker stopped between its mark and its dot sends what others have settled",
        at="roadmap.outbox.sending:Sending._note",
        cut=condition("unmark", "False"),
        proof=tests("tests/outbox/test_database_away.py"),
    ),
    Guard(
        name="note of a late answer",
        keeps="a mail that was taken, and said so late, goes again",
        at="roadmap.outbox.marks:note_sent",
        cut=call("_released", '("1 = 0", [])'),
        proof=tests("tests/outbox/test_unknown.py::test_late_answer_still_counts_while_the_outcome_is_unknown"),
    ),
    Guard(
        name="answers heard after a fault of ours",
        keeps="a mail that was taken while the database was away is not known to be",
        at="roadmap.outbox.sending:Sending.rescue",
        cut=constant("DATABASE_MAY_BE_AWAY", "-1.0"),
        proof=tests("tests/outbox/test_database_away.py"),
    ),
    Guard(
        name="rendered once",
        keeps="a second copy says something else than the first",
        at="roadmap.outbox.sending:Sending._note",
        cut=statement("keep"),
        proof=CRASH,
    ),
    Guard(
        name="words of the day",
        keeps='"in three days" is told on the next day',
        at="roadmap.outbox.deliver:_made",
        cut=call("_made_today", "True"),
        proof=tests("tests/outbox/test_deliver.py::test_mail_made_on_an_earlier_day_is_made_anew_with_its_message_id"),
    ),
    Guard(
        name="other words, other Message-ID",
        keeps="a mail that may have arrived is replaced by another under its name",
        at="roadmap.outbox.deliver:_made",
        cut=call("renamed", "{0}.message_id"),
        proof=tests("tests/outbox/test_unknown.py"),
    ),
    Guard(
        name="receipts",
        keeps="what had arrived is sent again",
        at="roadmap.outbox.unknown:_received",
        cut=call("arrived", "set()"),
        proof=CRASH,
    ),
    Guard(
        name="silence of a journal that can't be read",
        keeps="what had arrived is sent again while the journal is away",
        at="roadmap.outbox.receipts:arrived",
        cut=refusal("JournalUnreadable", "return set()"),
        proof=tests("tests/outbox/test_receipts.py"),
    ),
    Guard(
        name="grace",
        keeps="the journal is asked before a copy can be in it",
        at="roadmap.outbox.deliver:release_dead",
        cut=argument("grace", of="release_expired", new="0 * {value}"),
        proof=tests("tests/outbox/test_unknown.py"),
    ),
    Guard(
        name="window handed back",
        keeps="what a digest given up would have told is told by none",
        at="roadmap.outbox.unknown:_leave_to_the_next",
        cut=statement("update"),
        proof=CRASH,
    ),
    Guard(
        name="breaker",
        keeps="an outage of days uses up all attempts",
        at="roadmap.outbox.sending:Sending._write_trouble",
        cut=call("note_trouble", "[{call}, False][1]"),
        proof=tests("tests/outbox/test_breaker.py"),
    ),
    Guard(
        name="outage known at once",
        keeps="a mail is counted as tried when nobody could be reached",
        at="roadmap.outbox.sending:Sending._write_trouble",
        cut=branch("note_outage", "pass"),
        proof=tests("tests/outbox/test_breaker.py", "tests/outbox/test_deliver.py"),
    ),
    Guard(
        name="hold",
        keeps="mail goes out that a person has stopped",
        at="roadmap.outbox.sending:Sending._note",
        cut=argument("unless", of="note_committing"),
        proof=tests("tests/outbox/test_hold.py"),
    ),
    Guard(
        name="hold of a restored database",
        keeps="people are told once more what they were told after the backup",
        at="roadmap.outbox.hold:_amiss",
        cut=call("not_the_newest", "''"),
        proof=tests("tests/outbox/test_hold.py"),
    ),
    Guard(
        name="hold when time leaps",
        keeps="everything of months is told because a clock was set wrong",
        at="roadmap.outbox.hold:Watch._jumped",
        cut=body("return ''"),
        proof=tests("tests/outbox/test_hold.py"),
    ),
)
GUARDS = (*OF_SENDING, *OF_PLANNING)
