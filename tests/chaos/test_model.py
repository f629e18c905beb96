"""The judge is judged: each broken promise is found, and what is no breach is not called one."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from chaos.facts import Awake, Fact, MilestoneState, Settled, SubscriptionState, Trouble
from chaos.mails import Arrival, Attempt
from chaos.model import Verdict, judge
from chaos.report import is_kept

WALL = 1_000_000.0
START = datetime(2026, 11, 20, 0, 29, 30, tzinfo=UTC)
END = START + timedelta(minutes=3)
READER, DUE = "a@chaos.example", date(2026, 11, 20)
MILESTONE = MilestoneState(
    code="m1-0", due_on=DUE, is_open=True, owner=READER, zone="Asia/Shanghai", send_at=time(8, 30), offsets=(0,),
    overdue_every_days=0, began=START, ended=START,
)  # fmt: skip
SUBSCRIPTION = SubscriptionState(
    reader=READER, is_active=True, frequency="daily", weekday=1, month_day=1, send_at=time(8, 30),
    zone="Asia/Shanghai", began=START, ended=START,
)  # fmt: skip
NEWS = START + timedelta(seconds=30)  # 08:30 in Shanghai
FRAME: list[Fact] = [
    Awake(START, END, WALL),
    Settled(START + timedelta(minutes=2), START + timedelta(minutes=2, seconds=30), in_time=True),
]


def wall(instant: datetime) -> float:
    return WALL + (instant - START).total_seconds()


def mail(at: datetime = NEWS + timedelta(seconds=5), **fields: object) -> Arrival:
    arrival = Arrival(
        message_id="<reminder.1@chaos.example>", kind="reminder", reader=READER, process=7, began=wall(at),
        kept=wall(at), written=at, was_answered=True, digest="1", told=(("m1-0", DUE),),
    )  # fmt: skip
    return replace(arrival, **fields)


def digest(at: datetime = NEWS + timedelta(seconds=5), **fields: object) -> Arrival:
    return mail(at, **{"message_id": "<digest.1@chaos.example>", "kind": "digest", "told": (), **fields})


def broken(verdict: Verdict) -> dict[str, int]:
    """How many cases of each breach there are."""
    names = ("lost", "left_to_next", "doubled", "doubled_in_gap", "untrue", "overtaken", "outdated", "changed")
    return {name: len(getattr(verdict, name)) for name in names if getattr(verdict, name)}


def judged(*arrived: Arrival, facts: tuple[Fact, ...] = (MILESTONE,), refused: tuple[Attempt, ...] = ()) -> Verdict:
    return judge([*FRAME, *facts], arrived, refused, end=END)


def test_a_reminder_told_once_is_a_promise_kept():
    verdict = judged(mail())
    assert (verdict.expected, broken(verdict), is_kept(verdict, receipts=True)) == (1, {}, True)


@pytest.mark.parametrize("fact", [MILESTONE, SUBSCRIPTION])
def test_news_that_nobody_told_is_lost(fact):
    verdict = judged(facts=(fact,))
    assert (broken(verdict), is_kept(verdict, receipts=False)) == ({"lost": 1}, False)


def test_news_told_before_it_was_due_is_lost_all_the_same():
    assert broken(judged(mail(NEWS - timedelta(seconds=10))))["lost"] == 1


def test_news_that_a_move_overtook_need_not_be_told():
    moved = replace(
        MILESTONE, due_on=date(2027, 1, 1), began=NEWS + timedelta(seconds=1), ended=NEWS + timedelta(seconds=1)
    )
    verdict = judged(facts=(MILESTONE, moved))
    assert (verdict.perhaps, broken(verdict)) == (1, {})


def test_a_date_moved_away_and_back_is_to_be_told_once():
    away = replace(
        MILESTONE, due_on=date(2027, 1, 1), began=NEWS + timedelta(seconds=20), ended=NEWS + timedelta(seconds=20)
    )
    back = replace(MILESTONE, began=NEWS + timedelta(seconds=40), ended=NEWS + timedelta(seconds=40))
    late = mail(NEWS + timedelta(seconds=50), message_id="<reminder.2@chaos.example>")
    assert broken(judged(late, facts=(MILESTONE, away, back))) == {}
    assert broken(judged(mail(), facts=(MILESTONE, away, back))) == {}
    assert broken(judged(mail(), late, facts=(MILESTONE, away, back))) == {"doubled": 1}


def test_two_mails_of_one_news_are_a_double_even_under_two_names():
    second = mail(NEWS + timedelta(seconds=40), message_id="<reminder.2@chaos.example>")
    verdict = judged(mail(), second)
    assert (broken(verdict), is_kept(verdict, receipts=False)) == ({"doubled": 1}, False)


def test_a_mail_of_unknown_outcome_that_newer_news_overtakes_is_no_double():
    next_day = NEWS + timedelta(days=1)
    facts = [
        Awake(START, START + timedelta(minutes=1), WALL),
        Awake(next_day - timedelta(seconds=10), next_day + timedelta(minutes=3), WALL + 60),
        Settled(next_day + timedelta(minutes=2), next_day + timedelta(minutes=2, seconds=30), in_time=True),
        replace(MILESTONE, overdue_every_days=1),
    ]
    newer = mail(next_day + timedelta(seconds=40), message_id="<reminder.2@chaos.example>", began=WALL + 110)
    newer = replace(newer, kept=WALL + 110)
    again = mail(NEWS + timedelta(seconds=5), began=WALL + 130, kept=WALL + 130)
    unseen = Attempt("", READER, 7, WALL + 36, WALL + 36, "no end, not kept")
    breaches = [
        broken(judge(facts, [newer, again], refused, end=next_day + timedelta(minutes=3)))
        for refused in ([unseen], [], [replace(unseen, reader="b@chaos.example")])
    ]
    assert breaches == [{}, {"doubled": 1, "outdated": 1}, {"doubled": 1, "outdated": 1}]


def test_a_second_copy_is_a_double_unless_the_first_had_no_answer():
    second = mail(NEWS + timedelta(seconds=40))
    assert broken(judged(mail(), second)) == {"doubled": 1}
    verdict = judged(mail(was_answered=False), second)
    assert broken(verdict) == {"doubled_in_gap": 1}
    assert (is_kept(verdict, receipts=False), is_kept(verdict, receipts=True)) == (True, False)


@pytest.mark.parametrize(
    ("kind", "processes", "after", "breach"),
    [
        ("sender killed", (7,), 1.0, "doubled_in_gap"),
        ("sender killed", (8,), 1.0, "doubled"),
        ("sender killed", (7,), 15.0, "doubled"),
        ("database crashed", (), 1.0, "doubled_in_gap"),
        ("broker emptied", (), 1.0, "doubled"),
    ],
)
def test_a_second_copy_is_excused_only_by_what_struck_the_first_ones_sender(kind, processes, after, breach):
    at = wall(NEWS + timedelta(seconds=5)) + after
    trouble = Trouble(kind, at, at, processes, 0)
    assert broken(judged(mail(), mail(NEWS + timedelta(seconds=40)), facts=(MILESTONE, trouble))) == {breach: 1}


def test_telling_of_a_date_that_moved_before_is_untrue_unless_the_mail_was_on_its_way():
    moved_at = NEWS + timedelta(seconds=10)
    moved = replace(MILESTONE, due_on=date(2027, 1, 1), began=moved_at, ended=moved_at)
    on_its_way, late = mail(moved_at + timedelta(seconds=2)), mail(moved_at + timedelta(seconds=5))
    assert broken(judged(on_its_way, facts=(MILESTONE, moved))) == {"overtaken": 1}
    assert broken(judged(late, facts=(MILESTONE, moved))) == {"untrue": 1}


def test_telling_a_person_who_no_longer_owns_it_or_a_date_that_never_was_is_untrue():
    given_at = NEWS + timedelta(seconds=1)
    given = replace(MILESTONE, owner="b@chaos.example", began=given_at, ended=given_at)
    told_new_owner = mail(given_at + timedelta(seconds=5), reader="b@chaos.example", message_id="<reminder.3@x>")
    told_old_owner = mail(given_at + timedelta(seconds=9))
    assert broken(judged(told_new_owner, told_old_owner, facts=(MILESTONE, given))) == {"untrue": 1}
    assert broken(judged(mail(), mail(told=(("m1-0", date(2026, 1, 1)),), message_id="<reminder.4@x>")))["untrue"] == 1


def test_a_digest_after_the_end_of_its_subscription_is_untrue():
    ended_at = NEWS - timedelta(seconds=10)
    ended = replace(SUBSCRIPTION, is_active=False, began=ended_at, ended=ended_at)
    assert broken(judged(digest(), facts=(SUBSCRIPTION, ended))) == {"untrue": 1}


def test_a_digest_without_an_answer_may_be_left_to_the_next_but_not_with_receipts():
    attempt = Attempt(
        "<digest.1@x>",
        READER,
        1,
        wall(NEWS + timedelta(seconds=5)),
        wall(NEWS + timedelta(seconds=6)),
        "close after the dot, not kept",
    )
    verdict = judged(facts=(SUBSCRIPTION,), refused=(attempt,))
    assert broken(verdict) == {"left_to_next": 1}
    assert (is_kept(verdict, receipts=False), is_kept(verdict, receipts=True)) == (True, False)


def test_a_digest_that_was_refused_is_lost_unless_its_sender_was_struck_before_it_could_note_that():
    at = wall(NEWS + timedelta(seconds=5))
    refused = Attempt("<digest.1@x>", READER, 7, at, at + 1, "refuse the mail for good")
    assert broken(judged(facts=(SUBSCRIPTION,), refused=(refused,))) == {"lost": 1}
    struck = Trouble("sender killed", at, at + 0.5, (7,), 0)
    assert broken(judged(facts=(SUBSCRIPTION, struck), refused=(refused,))) == {"left_to_next": 1}


def test_a_hand_over_whose_content_nobody_saw_may_have_been_any_mail_of_its_readers():
    days_old = mail(written=NEWS - timedelta(days=2))
    unseen = Attempt("", READER, 7, wall(NEWS), wall(NEWS), "no end, not kept")
    assert broken(judged(days_old, refused=(unseen,))) == {}
    assert broken(judged(days_old, refused=(replace(unseen, reader="b@chaos.example"),))) == {"outdated": 1}


def test_old_words_are_untrue_unless_they_may_have_arrived_before():
    days_old = mail(written=NEWS - timedelta(days=2))
    assert broken(judged(days_old)) == {"outdated": 1}
    attempt = Attempt(days_old.message_id, READER, 1, wall(NEWS), wall(NEWS) + 1, "close after the dot, not kept")
    assert broken(judged(days_old, refused=(attempt,))) == {}
    assert broken(judged(days_old, refused=(replace(attempt, outcome="refuse the mail for now"),))) == {"outdated": 1}


def test_other_words_under_a_name_that_has_arrived_are_a_breach():
    verdict = judged(mail(was_answered=False), mail(NEWS + timedelta(seconds=40), digest="2"))
    assert (broken(verdict), is_kept(verdict, receipts=False)) == ({"doubled_in_gap": 1, "changed": 1}, False)


def test_what_came_and_went_while_the_program_was_down_is_folded_into_the_last():
    awake = [
        Awake(START, START + timedelta(seconds=10), WALL),
        Awake(NEWS + timedelta(days=5), NEWS + timedelta(days=6), WALL + 60),
    ]
    settled = Settled(NEWS + timedelta(days=5, minutes=1), NEWS + timedelta(days=5, minutes=2), in_time=True)
    daily = replace(MILESTONE, overdue_every_days=1)
    late = mail(NEWS + timedelta(days=5, seconds=20), kept=WALL + 80, began=WALL + 80)
    verdict = judge([*awake, settled, daily], [late], [], end=settled.at)
    assert (verdict.expected, broken(verdict)) == (1, {})


def test_a_second_copy_of_a_digest_is_never_excused():
    verdict = judged(digest(was_answered=False), digest(NEWS + timedelta(seconds=40)), facts=(SUBSCRIPTION,))
    assert broken(verdict) == {"doubled": 1}


def test_a_run_that_never_settled_or_expected_nothing_proves_nothing():
    never = Settled(START, END, in_time=False)
    assert not is_kept(judged(mail(), facts=(MILESTONE, never)), receipts=False)
    assert not is_kept(judged(facts=()), receipts=False)


def test_lateness_counts_while_the_program_was_awake():
    slept = [Awake(START, NEWS + timedelta(seconds=1), WALL), Awake(NEWS + timedelta(minutes=1), END, WALL + 60)]
    arrival = mail(NEWS + timedelta(minutes=1, seconds=2), kept=WALL + 62, began=WALL + 62)
    verdict = judge([*slept, FRAME[1], MILESTONE], [arrival], [], end=END)
    assert verdict.lateness == pytest.approx([3.0])
