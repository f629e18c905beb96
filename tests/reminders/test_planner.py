"""The reminders' tick: once each, to the right people, merged, and again when the truth changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from roadmap.editing.answers import snooze_reminders, unsnooze
from roadmap.editing.milestones import (
    cancel_milestone,
    change_milestone,
    complete_milestone,
    reassign_milestone,
    reopen_milestone,
    reschedule_milestone,
)
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule, Watch
from roadmap.models.history import SYSTEM, Actor
from roadmap.outbox import claim, marks
from roadmap.outbox.patience import claim_lease
from roadmap.outbox.render import BatchMemory
from roadmap.reminders.calendars import notice_published_years
from roadmap.reminders.missed import heal_missed_reminders
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.rules import change_rule, create_rule
from roadmap.reminders.still_true import reminders_still_true
from roadmap.vocabulary import Audience, DayKind, Door, MessageState
from tests.factories import make_milestone, make_office_person, make_organisation, make_person
from tests.numbers import NUMBERS
from tests.reminders.conftest import BEFORE, T14, T30, T90, Scene

pytestmark = pytest.mark.on_postgresql


def told() -> list[tuple[str, str]]:
    """Who is told what, by mails that wait or went out."""
    living = ReminderOccurrence.objects.filter(message__state__in=[MessageState.PENDING, MessageState.SENT])
    return sorted(living.values_list("recipient__username", "occurrence"))


def mark_all_sent(now: datetime) -> None:
    OutboxMessage.objects.filter(state=MessageState.PENDING).update(state=MessageState.SENT, sent_at=now)


def claimed(now: datetime) -> list[OutboxMessage]:
    return claim.claim(OutboxMessage.objects.all(), now=now, lease=claim_lease(), limit=10)


def next_look_at(milestone: Milestone) -> datetime | None:
    return Milestone.objects.get(pk=milestone.pk).remind_at


def test_planner_waits_for_the_first_threshold(scene: Scene) -> None:
    assert plan_due_reminders(now=BEFORE) == 1
    assert told() == []
    assert next_look_at(scene.milestone) == T90
    assert plan_due_reminders(now=T90 - timedelta(seconds=1)) == 0


@pytest.mark.both_databases("roadmap.reminders.planner")
def test_planner_tells_the_owner_when_a_threshold_is_crossed(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    message = OutboxMessage.objects.get()
    assert told() == [("owner", "due=2026-12-31/T-90")]
    assert (message.recipient, message.address, message.language, message.deliver_after) == (
        scene.owner,
        "owner@example.org",
        "zh-hans",
        T90,
    )
    assert message.key.startswith(f"reminder/p{scene.owner.pk}/")
    assert next_look_at(scene.milestone) == T30


def test_planner_says_nothing_twice(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    for _ in range(3):
        Milestone.objects.update(remind_at=T90)
        assert plan_due_reminders(now=T90) == 1
    assert told() == [("owner", "due=2026-12-31/T-90")]
    assert OutboxMessage.objects.count() == 1


def test_planner_after_downtime_tells_the_latest_which_stands_for_the_rest(scene: Scene) -> None:
    plan_due_reminders(now=T14)
    assert told() == [("owner", "due=2026-12-31/T-14")]
    assert ReminderOccurrence.objects.count() == 1


def test_new_rule_on_an_old_plan_writes_one_row_a_milestone(scene: Scene) -> None:
    """Weekly for three years: what it would have told is stood for by the latest, then and at each further look."""
    late = datetime(2029, 12, 31, tzinfo=UTC)
    create_rule(
        roadmap=scene.roadmap, code="weekly", name_zh="每周", name_en="Weekly", repeat_every_days=7, by=SYSTEM, now=late
    )
    rules = 2
    for days in range(3):
        now = late + timedelta(days=days)
        plan_due_reminders(now=now)
        assert heal_missed_reminders(now=now).put_right == 0
        Milestone.objects.update(remind_at=now)
    assert ReminderOccurrence.objects.count() == rules
    change_rule(ReminderRule.objects.get(code="weekly"), by=SYSTEM, now=late, repeat_every_days=14)
    plan_due_reminders(now=late + timedelta(days=3))
    assert ReminderOccurrence.objects.count() == rules  # oftener or not, nobody hears it again


def test_planner_merges_all_milestones_of_a_person_into_one_mail(scene: Scene) -> None:
    for _ in range(4):
        make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=BEFORE)
    plan_due_reminders(now=T90)
    assert OutboxMessage.objects.count() == 1
    assert OutboxMessage.objects.get().reminders.count() == 5


def test_planner_in_small_batches_still_makes_one_mail_a_person(scene: Scene) -> None:
    for _ in range(4):
        make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=BEFORE)
    while plan_due_reminders(now=T90, limit=2):
        pass
    assert OutboxMessage.objects.count() == 1
    assert OutboxMessage.objects.get().reminders.count() == 5


def test_planner_adds_to_mail_that_still_waits_after_an_outage(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    OutboxMessage.objects.update(rendered=b"made, but never sent")
    plan_due_reminders(now=T30)
    message = OutboxMessage.objects.get()
    assert message.rendered is None
    assert message.reminders.count() == 2


def test_planner_adds_to_mail_that_a_worker_holds_and_takes_it_out_of_its_hands(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    held = claimed(T30)
    plan_due_reminders(now=T30)
    message = OutboxMessage.objects.get()
    assert (message.state, message.leased_until, message.reminders.count()) == (MessageState.PENDING, None, 2)
    assert marks.note_committing(held, now=T30, lease=claim_lease()) == []


def test_planner_leaves_mail_alone_that_is_being_handed_over(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    held = claimed(T30)
    marks.note_committing(held, now=T30, lease=claim_lease())
    plan_due_reminders(now=T30)
    assert [(row.state, row.reminders.count()) for row in OutboxMessage.objects.order_by("pk")] == [
        (MessageState.SENDING, 1),
        (MessageState.PENDING, 1),
    ]
    assert marks.note_sent(held, now=T30) == 1


def test_mails_of_one_person_that_wait_beside_each_other_become_one(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    held = claimed(T30)
    marks.note_committing(held, now=T30, lease=claim_lease())
    plan_due_reminders(now=T30)  # beside what is on its way
    claim.unmark(held, now=T30)  # its final dot was never sent
    plan_due_reminders(now=T14)
    first, second = OutboxMessage.objects.order_by("pk")
    assert [row.state for row in (first, second)] == [MessageState.PENDING, MessageState.WITHDRAWN]
    assert sorted(first.reminders.values_list("occurrence", flat=True)) == [
        "due=2026-12-31/T-14",
        "due=2026-12-31/T-30",
        "due=2026-12-31/T-90",
    ]
    assert second.key.startswith(f"withdrawn/{second.pk}/")


def test_planner_leaves_mail_alone_of_which_a_copy_may_have_arrived(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    OutboxMessage.objects.update(repeats=1, rendered=b"goes again as it was")
    plan_due_reminders(now=T30)
    first, second = OutboxMessage.objects.order_by("pk")
    assert (bytes(first.rendered or b""), first.reminders.count()) == (b"goes again as it was", 1)
    assert second.reminders.count() == 1


def test_planner_makes_a_new_mail_once_the_last_one_was_sent(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    mark_all_sent(T90)
    plan_due_reminders(now=T30)
    assert told() == [("owner", "due=2026-12-31/T-30"), ("owner", "due=2026-12-31/T-90")]
    assert OutboxMessage.objects.count() == 2


def test_due_date_moved_withdraws_and_earns_anew(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2026, 10, 16), reason="Sooner")
    assert told() == []
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    plan_due_reminders(now=T90)
    assert told() == [("owner", "due=2026-10-16/T-14")]


def test_due_date_moved_there_and_back_before_sending_is_told_once(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2027, 12, 31), reason="Later")
    plan_due_reminders(now=T90)
    assert told() == []
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2026, 12, 31), reason="After all")
    plan_due_reminders(now=T90)
    assert told() == [("owner", "due=2026-12-31/T-90")]
    assert sorted(OutboxMessage.objects.values_list("state", flat=True)) == ["pending", "withdrawn"]


def test_due_date_moved_there_and_back_after_sending_is_not_told_again(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    mark_all_sent(T90)
    for due_on in (date(2027, 12, 31), date(2026, 12, 31)):
        reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=due_on, reason="To and fro")
        plan_due_reminders(now=T90)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    "left", [{"state": MessageState.SENT, "sent_at": T90}, {"state": MessageState.FAILED}, {"repeats": 1}]
)
def test_what_a_mail_was_named_by_and_lost_before_it_went_is_told_when_it_is_so_again(
    scene: Scene, left: dict[str, object]
) -> None:
    plan_due_reminders(now=T90)
    named = OutboxMessage.objects.get().key
    other = make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=T90)
    plan_due_reminders(now=T90)  # the same mail tells of both
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2027, 12, 31), reason="Later")
    OutboxMessage.objects.update(**left)
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2026, 12, 31), reason="After all")
    plan_due_reminders(now=T90)
    first, second = OutboxMessage.objects.order_by("pk")
    assert [reminder.milestone for reminder in first.reminders.all()] == [other]
    assert [reminder.milestone for reminder in second.reminders.all()] == [scene.milestone]
    assert (second.state, second.key, first.key) == (MessageState.PENDING, named, f"withdrawn/{first.pk}/{named}")


def test_done_and_cancelled_milestones_are_silent_and_never_looked_at_again(scene: Scene) -> None:
    other = make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=BEFORE)
    plan_due_reminders(now=T90)
    complete_milestone(scene.milestone, by=SYSTEM, now=T90)
    cancel_milestone(other, by=SYSTEM, now=T90, reason="No longer needed")
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    plan_due_reminders(now=T30)
    assert told() == []
    assert (next_look_at(scene.milestone), next_look_at(other)) == (None, None)


def test_reopened_milestone_is_told_again_what_was_withdrawn(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    done = complete_milestone(scene.milestone, by=SYSTEM, now=T90)
    reopen_milestone(done, by=SYSTEM, now=T90, reason="Not accepted")
    plan_due_reminders(now=T90)
    assert told() == [("owner", "due=2026-12-31/T-90")]


def test_withdrawing_one_milestone_leaves_the_others_in_the_mail(scene: Scene) -> None:
    make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=BEFORE)
    plan_due_reminders(now=T90)
    OutboxMessage.objects.update(rendered=b"made already")
    complete_milestone(scene.milestone, by=SYSTEM, now=T90)
    message = OutboxMessage.objects.get()
    assert (message.state, message.rendered, message.reminders.count()) == (MessageState.PENDING, None, 1)


def test_audiences_and_their_fallbacks(scene: Scene) -> None:
    office = make_office_person(username="office")
    make_office_person(username="gone", is_active=False)
    make_office_person(username="no-address", email="")
    for audience in (Audience.LEAD, Audience.OFFICE):
        ReminderRule.objects.create(
            roadmap=scene.roadmap, code=audience, name_zh="规则", name_en="Rule", audiences=[audience], offsets=[90]
        )
    child = make_organisation(scene.milestone.organisation, lead=make_person(username="child-lead", is_active=False))
    initiative = scene.milestone.initiative
    make_milestone(initiative, code="orphan", organisation=child, owner=None, remind_at=BEFORE)
    make_milestone(initiative, code="nobodys", organisation=None, owner=None, remind_at=BEFORE)
    plan_due_reminders(now=T90)
    pairs = sorted(ReminderOccurrence.objects.values_list("milestone__code", "rule__code", "recipient__username"))
    assert pairs == [
        ("gate", "first", "owner"),
        ("gate", "lead", "lead"),
        ("gate", "office", "office"),
        ("nobodys", "first", "office"),
        ("nobodys", "lead", "office"),
        ("nobodys", "office", "office"),
        ("orphan", "first", "lead"),
        ("orphan", "lead", "lead"),
        ("orphan", "office", "office"),
    ]
    assert OutboxMessage.objects.filter(recipient=office).count() == 1


def test_nobody_to_tell_today_is_asked_again_tomorrow(scene: Scene) -> None:
    Milestone.objects.update(owner=None, organisation=None)
    plan_due_reminders(now=T90)
    assert next_look_at(scene.milestone) == T90 + timedelta(days=1)
    make_office_person(username="office")
    plan_due_reminders(now=T90 + timedelta(days=1))
    assert told() == [("office", "due=2026-12-31/T-90")]


def test_rules_speak_of_their_scope_only(scene: Scene) -> None:
    outside = make_organisation()
    ReminderRule.objects.update(organisation=outside)
    plan_due_reminders(now=T90)
    assert (told(), next_look_at(scene.milestone)) == ([], None)
    ReminderRule.objects.update(organisation=scene.milestone.organisation, is_active=False)
    Milestone.objects.update(remind_at=T90)
    plan_due_reminders(now=T90)
    assert told() == []


def test_overdue_milestones_are_told_of_every_week(scene: Scene) -> None:
    at = datetime(2026, 12, 31, 1, tzinfo=UTC)
    for _ in range(5):
        plan_due_reminders(now=at)
        mark_all_sent(at)
        at += timedelta(days=7)
    assert [name for _, name in told()] == [
        "due=2026-12-31/T-0",
        *(f"due=2026-12-31/overdue-{number}" for number in (1, 2, 3, 4)),
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_query_count_does_not_grow_with_mails_that_workers_hold(scene: Scene, number: int) -> None:
    for _ in range(number - 1):
        make_milestone(scene.milestone.initiative, owner=make_person(), remind_at=BEFORE)
    plan_due_reminders(now=T90)
    assert len(claim.claim(OutboxMessage.objects.all(), now=T30, lease=claim_lease(), limit=number)) == number
    with CaptureQueriesContext(connection) as queries:
        assert plan_due_reminders(now=T30) == number
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 16
    assert OutboxMessage.objects.count() == number


@pytest.mark.parametrize("number", [1, 6, pytest.param(60, marks=pytest.mark.everything)])
def test_query_count_does_not_grow_with_milestones(scene: Scene, number: int) -> None:
    people = [make_person() for _ in range(3)]
    for index in range(number - 1):
        make_milestone(scene.milestone.initiative, owner=people[index % 3], remind_at=BEFORE)
    with CaptureQueriesContext(connection) as queries:
        assert plan_due_reminders(now=T90) == number
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 16


@pytest.mark.everything
def test_reads_do_not_grow_at_300_milestones(scene: Scene) -> None:
    for _ in range(299):
        make_milestone(scene.milestone.initiative, owner=scene.owner, remind_at=BEFORE)
    with CaptureQueriesContext(connection) as queries:
        assert plan_due_reminders(now=T90) == 300
    # PostgreSQL gives back the ids of the rows it puts in; SQLite reads them once more
    known = 13 if connection.vendor == "sqlite" else 12
    assert len([query for query in queries if query["sql"].startswith("SELECT")]) == known


def test_tick_with_nothing_due_is_one_query(scene: Scene) -> None:
    Milestone.objects.update(remind_at=T90)
    with CaptureQueriesContext(connection) as queries:
        assert plan_due_reminders(now=BEFORE) == 0
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def snooze(scene: Scene, until: date) -> None:
    snooze_reminders(scene.milestone, by=Actor(person=scene.owner, door=Door.MAIL), now=T90, until=until)


def test_snooze_puts_the_reminder_off_to_its_day_and_tells_the_latest_then(scene: Scene) -> None:
    plan_due_reminders(now=T90)
    snooze(scene, date(2026, 10, 5))
    plan_due_reminders(now=T90)
    ends = T90 + timedelta(days=3)
    assert (told(), next_look_at(scene.milestone)) == ([], ends)
    assert plan_due_reminders(now=ends - timedelta(seconds=1)) == 0
    plan_due_reminders(now=ends)
    assert told() == [("owner", "due=2026-12-31/T-90")]


def test_snooze_silences_the_one_person_only(scene: Scene) -> None:
    ReminderRule.objects.create(
        roadmap=scene.roadmap, code="lead", name_zh="规则", name_en="Rule", audiences=[Audience.LEAD], offsets=[90]
    )
    snooze(scene, date(2026, 10, 5))
    plan_due_reminders(now=T90)
    assert told() == [("lead", "due=2026-12-31/T-90")]


def test_snooze_ends_when_it_is_taken_back_or_the_due_date_moves(scene: Scene) -> None:
    snooze(scene, date(2026, 11, 1))
    unsnooze(scene.milestone, by=Actor(person=scene.owner, door=Door.MAIL), now=T90)
    plan_due_reminders(now=T90)
    assert told() == [("owner", "due=2026-12-31/T-90")]
    mark_all_sent(T90)
    snooze(scene, date(2026, 11, 1))
    reschedule_milestone(scene.milestone, by=SYSTEM, now=T90, due_on=date(2026, 12, 30), reason="Sooner")
    plan_due_reminders(now=T90)
    assert told()[0] == ("owner", "due=2026-12-30/T-90")


NIGHT = datetime(2026, 11, 23, 14, 35, tzinfo=UTC)  # 22:35 in Shanghai
MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # the rule's next hour


def moved(scene: Scene, due_on: date, *, now: datetime) -> None:
    """The date moved at ``now``, and the planner's look right after it; it isn't behind."""
    Milestone.objects.update(remind_at=now + timedelta(days=1))
    reschedule_milestone(scene.milestone, by=SYSTEM, now=now, due_on=due_on, reason="Moved")
    plan_due_reminders(now=now)


def mails() -> list[tuple[str, datetime]]:
    return sorted(OutboxMessage.objects.values_list("recipient__username", "deliver_after"))


@pytest.mark.parametrize("audience", [Audience.OWNER, Audience.LEAD, Audience.OFFICE, Audience.WATCHERS])
def test_a_date_moved_at_night_is_told_at_the_rules_hour_to_everybody(scene: Scene, audience: Audience) -> None:
    ReminderRule.objects.update(audiences=[audience])
    make_office_person(username="office")
    watcher = make_person(username="watcher")
    Watch.objects.create(person=watcher, milestone=scene.milestone, since=BEFORE)
    moved(scene, date(2026, 11, 29), now=NIGHT)
    assert (mails(), next_look_at(scene.milestone)) == ([], MORNING)
    plan_due_reminders(now=MORNING)
    who = {Audience.WATCHERS: "watcher"}.get(audience, audience.value)
    assert (mails(), told()) == ([(who, MORNING)], [(who, "due=2026-11-29/T-7")])


def test_a_date_moved_at_night_to_that_very_day_is_told_at_once(scene: Scene) -> None:
    moved(scene, date(2026, 11, 23), now=NIGHT)
    assert (mails(), told()) == ([("owner", NIGHT)], [("owner", "due=2026-11-23/T-0")])


@pytest.mark.parametrize("hour", [14, 22, 23])  # of UTC: in the evening, and before the rule's hour
def test_a_date_moved_inside_two_lead_times_is_told_once(scene: Scene, hour: int) -> None:
    """Moved to the next day but one of the rule's hour: within 7 days, and that very morning within 1."""
    moved(scene, date(2026, 11, 25), now=datetime(2026, 11, 23, hour, 35, tzinfo=UTC))
    plan_due_reminders(now=MORNING)
    plan_due_reminders(now=MORNING + timedelta(hours=12))
    assert told() == [("owner", "due=2026-11-25/T-1")]
    assert OutboxMessage.objects.count() == 1


def test_two_rules_do_not_tell_the_same_days_left_twice_on_a_day(scene: Scene) -> None:
    ReminderRule.objects.create(
        roadmap=scene.roadmap, code="noon", name_zh="规则", name_en="Rule", offsets=[90], send_at=time(12)
    )
    plan_due_reminders(now=T90)
    mark_all_sent(T90)
    plan_due_reminders(now=T90 + timedelta(hours=4))
    assert told() == [("owner", "due=2026-12-31/T-90")]


def test_what_was_told_late_on_a_day_is_not_told_again_at_its_hour(scene: Scene) -> None:
    """After an outage from before T-1 until the morning of the due date, shortly before its hour."""
    plan_due_reminders(now=T14)
    mark_all_sent(T14)
    late = datetime(2026, 12, 31, 0, 0, tzinfo=UTC)
    plan_due_reminders(now=late)
    mark_all_sent(late)
    plan_due_reminders(now=late + timedelta(minutes=30))
    assert told() == [("owner", "due=2026-12-31/T-1"), ("owner", "due=2026-12-31/T-14")]


@pytest.mark.parametrize("is_held", [False, True])
def test_what_was_left_out_as_known_is_told_where_the_mail_that_told_it_never_went(scene: Scene, is_held: bool) -> None:
    """As above, but the late mail still waits, or a worker holds it, when the date is moved away and back."""
    plan_due_reminders(now=T14)
    mark_all_sent(T14)
    late, hour = datetime(2026, 12, 31, 0, 0, tzinfo=UTC), datetime(2026, 12, 31, 0, 30, tzinfo=UTC)
    plan_due_reminders(now=late)
    plan_due_reminders(now=hour)
    assert told() == [("owner", "due=2026-12-31/T-1"), ("owner", "due=2026-12-31/T-14")]
    moments = [hour + timedelta(minutes=minutes) for minutes in (1, 2, 3)]
    held = OutboxMessage.objects.get(state=MessageState.PENDING)
    if is_held:
        OutboxMessage.objects.filter(pk=held.pk).update(state=MessageState.SENDING, committing_at=moments[0])
    reschedule_milestone(scene.milestone, by=SYSTEM, now=moments[0], due_on=date(2027, 3, 31), reason="Later")
    if is_held:
        assert not reminders_still_true(held, BatchMemory(now=moments[0]))
    reschedule_milestone(scene.milestone, by=SYSTEM, now=moments[1], due_on=date(2026, 12, 31), reason="After all")
    plan_due_reminders(now=moments[2])
    assert told() == [("owner", "due=2026-12-31/T-0"), ("owner", "due=2026-12-31/T-14")]


@pytest.mark.parametrize(
    "edit",
    [
        lambda scene: change_rule(scene.rule, by=SYSTEM, now=NIGHT, offsets=[120, 60]),
        lambda scene: create_rule(
            by=SYSTEM, now=NIGHT, roadmap=scene.roadmap, code="new", name_zh="规则", name_en="Rule", offsets=[60]
        ),
        lambda scene: reassign_milestone(
            scene.milestone, by=SYSTEM, now=NIGHT, owner=make_person(username="new"), organisation=None, reason="On"
        ),
    ],
)
def test_whatever_is_edited_at_night_brings_no_mail_before_the_rules_hour(
    scene: Scene, edit: Callable[[Scene], object]
) -> None:
    plan_due_reminders(now=T90)
    mark_all_sent(T90)
    edit(scene)
    plan_due_reminders(now=NIGHT)
    assert OutboxMessage.objects.count() == 1
    plan_due_reminders(now=MORNING)
    assert list(OutboxMessage.objects.order_by("pk").values_list("deliver_after", flat=True))[1:] == [MORNING]


@pytest.mark.parametrize("late", [timedelta(seconds=20), timedelta(hours=14), timedelta(days=3)])
def test_an_edit_while_a_look_is_due_puts_off_nothing(scene: Scene, late: timedelta) -> None:
    plan_due_reminders(now=BEFORE)
    change_milestone(scene.milestone, by=SYSTEM, now=T90 + late, title_en="Renamed")
    plan_due_reminders(now=T90 + late)
    assert told() == [("owner", "due=2026-12-31/T-90")]


def test_what_catches_up_is_told_at_any_hour_also_at_the_first_tick_of_a_new_site(scene: Scene) -> None:
    """As the sample is loaded at night: the calendar's years are new to the site, too."""
    ReminderRule.objects.update(day_kind=DayKind.WORKING)
    Milestone.objects.let_planner_catch_up()
    assert notice_published_years(now=NIGHT)
    plan_due_reminders(now=NIGHT)
    assert mails() == [("owner", NIGHT)]
