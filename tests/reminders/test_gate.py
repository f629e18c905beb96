"""The gate of a phase: told so many days before it, once a phase to each of those who have something open in it."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from roadmap.editing.entries import change_entry
from roadmap.errors import InvalidChange
from roadmap.models import Milestone, OutboxMessage, Phase, ReminderOccurrence, ReminderRule
from roadmap.models.history import SYSTEM
from roadmap.outbox.render import BatchMemory, Mail
from roadmap.reminders.ahead import would_be_told
from roadmap.reminders.foretell import foretell
from roadmap.reminders.kinds.facts import MilestoneFacts, RuleFacts
from roadmap.reminders.look import facts_of
from roadmap.reminders.mail import reminder_mail
from roadmap.reminders.plan import next_threshold, thresholds_crossed
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.rules import create_rule
from roadmap.reminders.still_true import reminders_still_true
from roadmap.vocabulary import MessageState, MilestoneStatus, RuleKind
from roadmap.workdays import WorkCalendar
from tests.factories import make_milestone, make_phase
from tests.reminders.conftest import Scene

GATE = date(2026, 12, 31)
RULE = RuleFacts(
    (30, 7), in_working_days=False, repeat_every_days=None, send_at=datetime.min.time(), kind=RuleKind.GATE
)
OPEN = MilestoneFacts(date(2027, 6, 30), gate_on=GATE)
NAMES = {"name_zh": "节点", "name_en": "Gates"}


def at(month: int, day: int, hour: int = 1, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("milestone", "now", "told"),
    [
        (OPEN, at(11, 30), []),
        (OPEN, at(12, 1), ["gate=2026-12-31/T-30"]),
        (OPEN, at(12, 31), ["gate=2026-12-31/T-30", "gate=2026-12-31/T-7"]),
        (OPEN, at(1, 1, year=2027), []),  # after the gate it has nothing to say, whatever was missed
        (MilestoneFacts(GATE, is_open=False, gate_on=GATE), at(12, 31), []),
        (MilestoneFacts(GATE), at(12, 31), []),
    ],
)
def test_gates_are_told_of_before_they_come(milestone: MilestoneFacts, now: datetime, told: list[str]) -> None:
    found = thresholds_crossed(RULE, milestone, zone="UTC", calendar=WorkCalendar(), now=now)
    assert [one.name for one in found] == told


def test_last_lead_time_is_the_last_word() -> None:
    ahead = next_threshold(RULE, OPEN, zone="UTC", calendar=WorkCalendar(), now=at(12, 25))
    assert ahead is None


@pytest.fixture
def phase(scene: Scene) -> Phase:
    """That of the scene's milestone; the rule on gates is its only one, and it has two open milestones of one owner."""
    scene.rule.delete()
    phase = scene.milestone.phase
    _one_more(scene, code="second")
    return phase


def _one_more(scene: Scene, **fields: object) -> Milestone:
    given = {"owner": scene.owner, "organisation": scene.milestone.organisation, "due_on": date(2026, 12, 15)}
    return make_milestone(
        scene.milestone.initiative, scene.milestone.phase, **{"remind_at": at(12, 1), **given, **fields}
    )


@pytest.fixture
def rule(scene: Scene, phase: Phase) -> ReminderRule:
    return create_rule(
        by=SYSTEM, now=at(9, 1), roadmap=scene.roadmap, code="gates", kind=RuleKind.GATE, offsets=[30, 7], **NAMES
    )


def plan(now: datetime) -> int:
    """How many milestones the planner looked at, all of them as after an outage."""
    Milestone.objects.all().let_planner_catch_up()
    return plan_due_reminders(now=now)


def told() -> list[tuple[str, str, str]]:
    rows = ReminderOccurrence.objects.filter(message__isnull=False).order_by("milestone__code")
    return list(rows.values_list("milestone__code", "recipient__username", "occurrence"))


def send() -> None:
    OutboxMessage.objects.update(state=MessageState.SENT, sent_at=at(12, 1))


@pytest.mark.on_postgresql
def test_everything_open_in_the_phase_goes_to_its_owner_in_one_mail(scene: Scene, rule: ReminderRule) -> None:
    _one_more(scene, code="done", status=MilestoneStatus.DONE, completed_on=date(2026, 11, 1))
    plan(at(12, 1))
    assert told() == [("gate", "owner", "gate=2026-12-31/T-30"), ("second", "owner", "gate=2026-12-31/T-30")]
    assert OutboxMessage.objects.count() == 1


@pytest.mark.on_postgresql
def test_nobody_hears_of_a_phase_twice_for_one_lead_time(scene: Scene, rule: ReminderRule) -> None:
    plan(at(12, 1))
    send()
    _one_more(scene, code="third")
    plan(at(12, 2))
    assert OutboxMessage.objects.count() == 1
    plan(at(12, 24))
    assert OutboxMessage.objects.exclude(state=MessageState.SENT).count() == 1
    assert [row[0] for row in told() if row[2].endswith("T-7")] == ["gate", "second", "third"]


def test_mail_that_is_not_out_yet_takes_in_what_else_is_open_in_the_phase(scene: Scene, rule: ReminderRule) -> None:
    plan(at(12, 1))
    _one_more(scene, code="third")
    plan(at(12, 2))
    assert [row[0] for row in told()] == ["gate", "second", "third"]
    assert OutboxMessage.objects.count() == 1


def test_preview_of_one_more_milestone_knows_who_has_heard_of_the_phase(scene: Scene, rule: ReminderRule) -> None:
    plan(at(12, 1))
    now = at(12, 31)
    _one_more(scene, code="third")
    third = Milestone.objects.select_related("initiative__roadmap", "organisation", "phase").get(code="third")
    before = would_be_told([third], now=now)[third.pk]
    plan(now)
    ReminderOccurrence.objects.filter(milestone=third).delete()
    send()
    after = would_be_told([third], now=now)[third.pk]
    assert [[one.threshold.name for one in told.at_once] for told in (before, after)] == [["gate=2026-12-31/T-7"], []]


def test_other_phases_and_other_owners_hear_for_themselves(scene: Scene, rule: ReminderRule) -> None:
    other = make_phase(scene.roadmap, gate_on=GATE)
    plan(at(12, 1))
    send()
    make_milestone(scene.milestone.initiative, other, code="elsewhere", owner=scene.owner, due_on=GATE)
    make_milestone(scene.milestone.initiative, scene.milestone.phase, code="of-lead", owner=scene.lead, due_on=GATE)
    plan(at(12, 2))
    assert [row[:2] for row in told() if row[0] in ("elsewhere", "of-lead")] == [
        ("elsewhere", "owner"),
        ("of-lead", "lead"),
    ]


@pytest.mark.on_postgresql
def test_gate_that_moves_takes_its_mail_back_and_earns_another(scene: Scene, phase: Phase, rule: ReminderRule) -> None:
    plan(at(12, 1))
    change_entry(phase, by=SYSTEM, reason="Postponed", gate_on=date(2027, 1, 31))
    assert list(OutboxMessage.objects.values_list("state", flat=True)) == [MessageState.WITHDRAWN]
    assert told() == []
    plan(at(1, 1, year=2027))
    assert {row[2] for row in told()} == {"gate=2027-01-31/T-30"}


def test_what_waited_past_the_gate_or_was_done_meanwhile_is_not_sent(scene: Scene, rule: ReminderRule) -> None:
    plan(at(12, 24))
    row = OutboxMessage.objects.get()
    Milestone.objects.filter(code="second").update(status=MilestoneStatus.DONE, completed_on=date(2026, 12, 24))
    assert reminders_still_true(row, BatchMemory(now=at(12, 31))) is True
    assert [one[0] for one in told()] == ["gate"]
    assert reminders_still_true(row, BatchMemory(now=at(1, 1, year=2027))) is False


@pytest.mark.parametrize("fields", [{"after_days": 3}, {"repeat_every_days": 7}, {"offsets": []}])
def test_rule_on_gates_refuses_what_it_cannot_follow(scene: Scene, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidChange) as refusal:
        create_rule(by=SYSTEM, now=at(9, 1), roadmap=scene.roadmap, code="gates", kind=RuleKind.GATE, **NAMES, **fields)
    assert set(refusal.value.fields) == set(fields)


def test_example_of_a_rule_on_gates(rule: ReminderRule) -> None:
    found = foretell(facts_of(rule), due_on=GATE, escalate_after_days=None, zone="UTC", calendar=WorkCalendar())
    assert (found.before, found.after) == ([date(2026, 12, 1), date(2026, 12, 24)], [])


def mail_of(language: str, now: datetime) -> Mail:
    with translation.override(language):
        mail = reminder_mail(OutboxMessage.objects.get(), BatchMemory(now=now))
    assert mail is not None
    return mail


def test_mail_says_of_the_phase_once_and_of_each_milestone_what_to_do(scene: Scene, rule: ReminderRule) -> None:
    Phase.objects.update(title_en="Basic framework", title_zh="基本框架")
    plan(at(12, 1))
    mail = mail_of("en", at(12, 1))
    assert mail.subject == "Gate of Basic framework (in 30 days): 2 milestones still open"
    said = "Basic framework: gate on 31 December 2026 (in 30 days)."
    assert (mail.text.count(said), mail.html.count(said)) == (1, 1)
    assert "A phase gate is near, and 2 milestones are still open." in mail.text
    assert mail.text.count("To do: ") == 2
    assert mail_of("zh-hans", at(12, 1)).subject == "“基本框架”阶段节点（还有30天）：尚有2项里程碑未完成"


def test_milestone_under_a_more_pressing_heading_still_speaks_of_its_gate(scene: Scene, rule: ReminderRule) -> None:
    Phase.objects.update(title_en="Basic framework")
    create_rule(by=SYSTEM, now=at(9, 1), roadmap=scene.roadmap, code="due", repeat_every_days=7, **NAMES)
    Milestone.objects.filter(code="second").update(due_on=date(2026, 11, 24))
    plan(at(12, 1))
    mail = mail_of("en", at(12, 1))
    assert mail.text.count("The gate of its phase, Basic framework: in 30 days.") == 1
    assert "━━━ Overdue ━━━" in mail.text
