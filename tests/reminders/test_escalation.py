"""Passing up what nobody answers: the pure chain, and the tick with people."""

from datetime import UTC, date, datetime, time

import pytest

from roadmap.editing.answers import acknowledge_reminder, snooze_reminders
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.models.history import Actor
from roadmap.outbox.render import BatchMemory
from roadmap.reminders.escalation import Heard, next_escalation
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.still_true import reminders_still_true
from roadmap.vocabulary import Door, MessageState
from roadmap.workdays import WorkCalendar
from tests.factories import make_office_person, make_update
from tests.reminders.conftest import Scene

T7, T1 = "due=2026-10-16/T-7", "due=2026-10-16/T-1"
UP = "due=2026-10-16/unanswered-T-7-"


def at(month: int, day: int) -> datetime:
    """Half past eight in Shanghai."""
    return datetime(2026, month, day, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("heard", "answered_at", "step"),
    [
        ([], None, None),
        ([Heard(1, T7, at(9, 29))], None, (UP + "1", at(10, 9), 1)),  # three working days, over the National Day week
        ([Heard(1, T7, at(9, 29)), Heard(1, T1, at(10, 9))], None, (UP + "1", at(10, 9), 1)),  # one stretch
        ([Heard(1, T7, at(9, 29))], at(9, 30), None),
        (
            [Heard(1, T7, at(9, 29)), Heard(1, T1, at(10, 9))],
            at(9, 30),
            ("due=2026-10-16/unanswered-T-1-1", at(10, 13), 1),
        ),
        ([Heard(1, T7, at(9, 29)), Heard(2, UP + "1", at(10, 9))], None, (UP + "2", at(10, 13), 2)),  # make-up Saturday
        ([Heard(1, T7, at(9, 29)), Heard(2, UP + "1", at(10, 9))], at(10, 10), None),
        ([Heard(1, T7, at(9, 29)), Heard(2, UP + "1", at(10, 9)), Heard(3, UP + "2", at(10, 13))], None, None),
        ([Heard(1, "due=2026-09-30/T-1", at(9, 29))], None, None),  # the date has moved since
        ([Heard(1, T7, at(9, 29), is_told=False)], None, None),  # folded: nobody read it
    ],
)
def test_unanswered_reminders_go_up_a_step_at_a_time(
    heard: list[Heard], answered_at: datetime | None, step: tuple[str, datetime, int] | None
) -> None:
    found = next_escalation(
        heard,
        current={T7, T1},
        answered_at=answered_at,
        after_days=3,
        send_at=time(8, 30),
        zone="Asia/Shanghai",
        calendar=WorkCalendar(),
    )
    assert (found and (found.threshold.name, found.threshold.at, found.step)) == step


def test_a_reminder_that_is_not_out_yet_holds_the_next_step_up() -> None:
    found = next_escalation(
        [Heard(1, T7, at(9, 29), is_waiting=True)],
        current={T7},
        answered_at=None,
        after_days=3,
        send_at=time(8, 30),
        zone="Asia/Shanghai",
        calendar=WorkCalendar(),
    )
    assert found is not None
    assert (found.is_held_up, found.knowing) == (True, frozenset({1}))


def told() -> list[tuple[str, str]]:
    living = ReminderOccurrence.objects.filter(message__state__in=[MessageState.PENDING, MessageState.SENT])
    return sorted(living.values_list("recipient__username", "occurrence"))


def tick(now: datetime) -> None:
    """Plan, and send at once."""
    while plan_due_reminders(now=now):
        pass
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=now)


@pytest.fixture
def chain(scene: Scene) -> Scene:
    """The owner is told seven days ahead; after three working days without an answer the lead, then the office."""
    make_office_person(username="office")
    ReminderRule.objects.update(offsets=[7], repeat_every_days=None, escalate_after_days=3)
    Milestone.objects.update(due_on=date(2026, 10, 6), remind_at=at(9, 29))
    scene.milestone.refresh_from_db()
    return scene


FIRST = ("owner", "due=2026-10-06/T-7")
TO_LEAD = ("lead", "due=2026-10-06/unanswered-T-7-1")
TO_OFFICE = ("office", "due=2026-10-06/unanswered-T-7-2")


def test_without_an_answer_the_lead_and_then_the_office_are_told(chain: Scene) -> None:
    looks = []
    for now in (at(9, 29), at(10, 9), at(10, 13), at(11, 2)):
        tick(now)
        looks.append((told(), Milestone.objects.get().remind_at))
    assert looks == [
        ([FIRST], at(10, 9)),
        ([TO_LEAD, FIRST], at(10, 13)),
        ([TO_LEAD, TO_OFFICE, FIRST], None),
        ([TO_LEAD, TO_OFFICE, FIRST], None),
    ]


def test_after_downtime_the_office_still_leaves_the_lead_their_days(chain: Scene) -> None:
    tick(at(9, 29))
    tick(at(10, 30))
    assert told() == [TO_LEAD, FIRST]
    assert Milestone.objects.get().remind_at == at(11, 4)


@pytest.mark.parametrize("answer", ["acknowledged", "reported"])
def test_an_answer_ends_the_way_up(chain: Scene, answer: str) -> None:
    tick(at(9, 29))
    if answer == "acknowledged":
        acknowledge_reminder(chain.milestone, by=Actor(chain.owner, Door.MAIL), now=at(9, 30))
    else:
        make_update(chain.milestone, 40, date(2026, 9, 30))
    tick(at(10, 9))
    assert told() == [FIRST]


def test_an_answer_that_comes_while_it_is_being_sent_up_takes_it_back(chain: Scene) -> None:
    tick(at(9, 29))
    plan_due_reminders(now=at(10, 9))
    row = OutboxMessage.objects.get(state=MessageState.PENDING)
    assert reminders_still_true(row, BatchMemory(now=at(10, 9))) is True
    acknowledge_reminder(chain.milestone, by=Actor(chain.owner, Door.MAIL), now=at(10, 9))
    assert reminders_still_true(row, BatchMemory(now=at(10, 9))) is False


def test_mail_that_could_not_go_out_is_not_held_against_anybody(chain: Scene) -> None:
    plan_due_reminders(now=at(9, 29))
    plan_due_reminders(now=at(10, 9))
    assert told() == [FIRST]
    assert Milestone.objects.get().remind_at == at(10, 10)


def test_without_a_lead_the_office_is_the_next_in_line(chain: Scene) -> None:
    Milestone.objects.update(organisation=None)
    tick(at(9, 29))
    tick(at(10, 9))
    assert told() == [("office", "due=2026-10-06/unanswered-T-7-1"), FIRST]


def test_whoever_put_it_off_is_told_again_on_the_day_they_chose(chain: Scene) -> None:
    tick(at(9, 29))
    snooze_reminders(chain.milestone, by=Actor(chain.owner, Door.MAIL), now=at(9, 29), until=date(2026, 10, 5))
    for now in (at(9, 29), at(10, 4), at(10, 5), at(10, 8)):
        Milestone.objects.update(remind_at=now)
        tick(now)
    assert told() == [("owner", "due=2026-10-06/T-7"), ("owner", "due=2026-10-06/again-2026-10-05")]
