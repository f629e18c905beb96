"""The tick with rules of every kind and audience: who hears what, once, and what ends it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from roadmap.editing.evidence import attach_evidence
from roadmap.editing.milestones import complete_milestone
from roadmap.editing.progress import record_progress
from roadmap.editing.verification import verify_completion
from roadmap.editing.watching import stop_watching, watch
from roadmap.models import Milestone, OutboxMessage, ReminderOccurrence, ReminderRule
from roadmap.models.history import SYSTEM
from roadmap.outbox.render import BatchMemory
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.still_true import reminders_still_true
from roadmap.vocabulary import Audience, MessageState, RuleKind
from tests.factories import make_evidence, make_person, make_update
from tests.reminders.conftest import T14, T30, T90, Scene

AT = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ENTERED = datetime(2026, 1, 1, tzinfo=UTC)


def a_rule(scene: Scene, kind: RuleKind, **fields: object) -> ReminderRule:
    """The scene's one rule, made into this."""
    ReminderRule.objects.update(**{"kind": kind, "offsets": [], "repeat_every_days": None, **fields})
    Milestone.objects.update(remind_at=AT, created_at=ENTERED)
    return ReminderRule.objects.get()


def told() -> list[tuple[str, str]]:
    living = ReminderOccurrence.objects.filter(message__state__in=[MessageState.PENDING, MessageState.SENT])
    return sorted(living.values_list("recipient__username", "occurrence"))


def test_silence_is_told_and_a_report_takes_it_back(scene: Scene) -> None:
    a_rule(scene, RuleKind.SILENCE, after_days=30)
    make_update(scene.milestone, 20, date(2026, 10, 1))
    plan_due_reminders(now=AT)
    assert told() == [("owner", "silent=2026-10-01/1")]
    record_progress(scene.milestone, by=SYSTEM, now=AT, percent_complete=30)
    assert OutboxMessage.objects.get().state == MessageState.WITHDRAWN
    plan_due_reminders(now=AT)
    assert (told(), Milestone.objects.get().remind_at) == ([], datetime(2026, 12, 23, 0, 30, tzinfo=UTC))


def test_a_report_that_comes_while_the_mail_is_held_by_a_worker_takes_it_back(scene: Scene) -> None:
    a_rule(scene, RuleKind.SILENCE, after_days=30)
    make_update(scene.milestone, 20, date(2026, 10, 1))
    plan_due_reminders(now=AT)
    OutboxMessage.objects.update(state=MessageState.SENDING)
    row = OutboxMessage.objects.get()
    assert reminders_still_true(row, BatchMemory(now=AT)) is True
    record_progress(scene.milestone, by=SYSTEM, now=AT, percent_complete=30)
    assert reminders_still_true(row, BatchMemory(now=AT)) is False
    assert not row.reminders.exists()


def test_missing_evidence_of_a_done_milestone_is_told_until_there_is_some(scene: Scene) -> None:
    a_rule(scene, RuleKind.EVIDENCE, after_days=3)
    complete_milestone(scene.milestone, by=SYSTEM, now=AT)
    plan_due_reminders(now=AT)
    assert (told(), Milestone.objects.get().remind_at) == ([], datetime(2026, 11, 26, 0, 30, tzinfo=UTC))
    plan_due_reminders(now=AT + timedelta(days=3))
    assert told() == [("owner", "done=2026-11-23/evidence-1")]
    attach_evidence(scene.milestone, by=SYSTEM, now=AT, kind="note", title="Minutes", note="Accepted.")
    plan_due_reminders(now=AT + timedelta(days=3))
    assert (told(), Milestone.objects.get().remind_at) == ([], None)


def test_unconfirmed_completion_is_told_to_the_lead_until_somebody_confirms(scene: Scene) -> None:
    a_rule(scene, RuleKind.UNVERIFIED, after_days=3, audiences=[Audience.LEAD])
    done = complete_milestone(scene.milestone, by=SYSTEM, now=AT)
    plan_due_reminders(now=AT + timedelta(days=3))
    assert told() == [("lead", "done=2026-11-23/unverified-1")]
    make_evidence(done)
    verify_completion(done, by=SYSTEM, now=AT)
    plan_due_reminders(now=AT + timedelta(days=3))
    assert told() == []


def test_several_audiences_are_told_each_once(scene: Scene) -> None:
    helper = make_person(username="helper", organisation=scene.milestone.organisation)
    make_person(username="elsewhere")
    curious = make_person(username="curious", role="observer")
    for person in (scene.owner, curious):
        watch(person, by=SYSTEM, now=T90 - timedelta(days=1), milestone=scene.milestone)
    watch(curious, by=SYSTEM, now=T90, initiative=scene.milestone.initiative)
    ReminderRule.objects.update(audiences=["owner", "contributors", "lead", "watchers"])
    Milestone.objects.update(remind_at=T90)
    plan_due_reminders(now=T90)
    assert sorted(ReminderOccurrence.objects.values_list("recipient__username", "audience", "occurrence")) == [
        ("curious", "watchers", "due=2026-12-31/T-90"),
        (helper.username, "contributors", "due=2026-12-31/T-90"),
        ("lead", "lead", "due=2026-12-31/T-90"),
        ("owner", "owner", "due=2026-12-31/T-90"),
    ]


def test_watchers_hear_nothing_from_before_they_watched_and_nothing_after(scene: Scene) -> None:
    curious = make_person(username="curious", role="observer")
    row = watch(curious, by=SYSTEM, now=T90 + timedelta(days=1), milestone=scene.milestone)
    ReminderRule.objects.update(audiences=["watchers"])
    Milestone.objects.update(remind_at=T90)
    plan_due_reminders(now=T90 + timedelta(days=2))
    assert told() == []
    plan_due_reminders(now=T30)
    assert told() == [("curious", "due=2026-12-31/T-30")]
    OutboxMessage.objects.update(state=MessageState.SENT, sent_at=T30)
    stop_watching(row, by=SYSTEM)
    plan_due_reminders(now=T14)
    assert told() == [("curious", "due=2026-12-31/T-30")]


@pytest.mark.parametrize("number", [1, 3])
def test_of_several_rules_a_person_hears_the_latest_only(scene: Scene, number: int) -> None:
    for index in range(number):
        ReminderRule.objects.create(
            roadmap=scene.roadmap, code=f"more-{index}", name_zh="规则", name_en="Rule", offsets=[60 + index]
        )
    plan_due_reminders(now=T30)
    assert told() == [("owner", "due=2026-12-31/T-30")]
    assert ReminderOccurrence.objects.filter(message__isnull=True).count() == number
