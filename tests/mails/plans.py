"""Plans of no, one and 200 milestones in every state, and the mails about them, made as previews are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from roadmap.digests.preview import digest_preview
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.models import (
    Indicator,
    Milestone,
    Observation,
    OutboxMessage,
    Person,
    ProgressUpdate,
    ReminderRule,
    Roadmap,
    SuppressedAddress,
    Watch,
)
from roadmap.models.history import SYSTEM
from roadmap.reminders.planner import plan_due_reminders
from roadmap.reminders.preview import reminder_preview
from roadmap.vocabulary import (
    Audience,
    Frequency,
    Language,
    MessageState,
    MilestoneStatus,
    Provenance,
    Rag,
    Role,
    RuleKind,
    SuppressionReason,
)
from tests import factories as make

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)
LONG_ZH = "跨境贸易大数据智能审图与非侵入式顺势监管一体化平台第{}阶段联调验收"
LONG_EN = "Integrated acceptance of intelligent image review and non-intrusive in-flow supervision, stage {}"
NARRATIVE_ZH = "与各直属海关完成联调，两项指标待复核，设备到货延后，已协商补充人员。" * 2
NARRATIVE_EN = (
    "Joint trials with the districts are over; two figures are to be checked again and equipment is late. " * 2
)
DUE = [-60, -9, 0, 3, 21, 38, 90, 400]  # days from today
FIRST_TOLD = NOW - timedelta(days=12)  # what was passed up since


@dataclass(frozen=True)
class Case:
    """A mail to look at; ``number`` is how many milestones its plan has."""

    name: str
    language: str
    number: int
    raw: bytes


@dataclass(frozen=True)
class Plan:
    """A roadmap and those who read its mails: ``owner`` of all milestones, ``lead`` of their unit, ``watcher``."""

    roadmap: Roadmap
    owner: Person
    lead: Person
    watcher: Person


def make_plan(number: int) -> Plan:
    """A roadmap with that many milestones, all of one person, and rules of every kind."""
    roadmap = make.make_roadmap(code=f"plan-{number}", title_zh="智慧海关建设路线图", title_en="Smart Customs roadmap")
    lead = make.make_person(full_name="周航", role=Role.LEAD)
    unit = make.make_organisation(name_zh="科技发展司", name_en="Department of Science and Technology", lead=lead)
    Person.objects.filter(pk=lead.pk).update(organisation=unit)
    owner = make.make_person(full_name="欧阳 文静 Wenjing", organisation=unit)
    phases = [
        make.make_phase(roadmap, title_zh="基本框架", title_en="Basic framework"),
        make.make_phase(roadmap, title_zh="完整体系", title_en="Complete system", gate_on=date(2029, 12, 31)),
    ]
    initiative = make.make_initiative(
        make.make_pillar(roadmap, title_zh="便利", title_en="Convenient"),
        title_zh="智能非侵入式顺势监管",
        title_en="Intelligent non-intrusive in-flow supervision",
    )
    for position in range(number):
        due_on = DAY + timedelta(days=DUE[position % len(DUE)] if number > 1 else 38)
        milestone = make.make_milestone(
            initiative,
            phases[position % 2],
            title_zh=LONG_ZH.format(position + 1),
            title_en=LONG_EN.format(position + 1),
            owner=owner,
            organisation=unit,
            due_on=due_on,
            planned_start_on=min(date(2026, 1, 1), due_on),
            provenance=[Provenance.ENTERED, Provenance.SAMPLE, Provenance.DERIVED][position % 3],
        )
        make.make_update(
            milestone, position * 7 % 100, DAY - timedelta(days=position % 50), reported_by=owner,
            confidence=list(Rag)[position % 3], narrative_zh=NARRATIVE_ZH, narrative_en=NARRATIVE_EN,
        )  # fmt: skip
    ProgressUpdate.objects.update(recorded_at=NOW - timedelta(days=2))
    Milestone.history.update(history_date=LONG_AGO)
    if number > 1:
        _let_things_happen(initiative.milestones.order_by("pk"), roadmap)
    _make_rules(roadmap)
    watcher = make.make_person(full_name="吴敏", role=Role.OBSERVER)
    Watch.objects.create(person=watcher, initiative=initiative, since=LONG_AGO)
    return Plan(roadmap, owner, Person.objects.get(pk=lead.pk), watcher)


def _let_things_happen(milestones: "Iterator[Milestone]", roadmap: Roadmap) -> None:
    """Since the last digest: done, moved, observed."""
    rows = list(milestones)
    for milestone in rows[4::16]:
        complete_milestone(milestone, by=SYSTEM, now=NOW - timedelta(days=1))
    for milestone in rows[5::16]:
        later = milestone.due_on + timedelta(days=30)
        reschedule_milestone(
            milestone, by=SYSTEM, now=NOW - timedelta(days=1), due_on=later, reason="设备到货延后 Equipment is late"
        )
    Milestone.history.filter(history_date__gt=LONG_AGO).update(history_date=NOW - timedelta(days=1))
    indicator = Indicator.objects.create(
        roadmap=roadmap, code="parcels", title_zh="跨境电商包裹量", title_en="Cross-border parcels", unit_zh="亿件",
        unit_en="hundred million parcels",
    )  # fmt: skip
    Observation.objects.create(
        indicator=indicator, period="2026", period_zh="2026年", period_en="2026", ends_on=DAY, value=7
    )


def _make_rules(roadmap: Roadmap) -> None:
    common = {"roadmap": roadmap, "name_zh": "规则", "name_en": "Rule"}
    ReminderRule.objects.create(code="due", escalate_after_days=3, **common)
    ReminderRule.objects.create(code="silence", kind=RuleKind.SILENCE, offsets=[], after_days=30, **common)
    ReminderRule.objects.create(code="evidence", kind=RuleKind.EVIDENCE, offsets=[14], after_days=5, **common)
    ReminderRule.objects.create(
        code="unverified", kind=RuleKind.UNVERIFIED, audiences=[Audience.LEAD], offsets=[], after_days=1, **common
    )
    ReminderRule.objects.create(code="gate", kind=RuleKind.GATE, offsets=[38, 400], repeat_every_days=None, **common)
    ReminderRule.objects.create(code="watched", audiences=[Audience.WATCHERS], **common)


def cases(*numbers: int, languages: tuple[str, ...] = tuple(Language.values)) -> Iterator[Case]:
    """Every mail about plans of that many milestones, in those languages; of no milestone, digests alone."""
    for number in numbers:
        plan = make_plan(number)
        for language in languages:
            made = {**(_reminders(plan, language) if number else {}), **_digests(plan, language)}
            for name, raw in made.items():
                assert raw is not None, f"nobody gets a {name} of {number}"
                yield Case(f"{name}-{number}-{language[:2]}", language, number, raw)


def _reminders(plan: Plan, language: str) -> dict[str, bytes | None]:
    """What the owner is told by all rules and by each, and what others are told, and why."""
    rules = {rule.code: rule for rule in ReminderRule.objects.filter(roadmap=plan.roadmap)}

    def told(person: Person, *codes: str, after: Callable[[Plan], object] = str) -> bytes | None:
        """The mail by that rule, or by all, once something has happened; which is taken back."""
        with transaction.atomic():
            after(plan)
            rule = rules[codes[0]] if codes else None
            raw = reminder_preview(person, language=language, day=DAY, rule=rule)
            transaction.set_rollback(True)
        return raw

    return {
        "reminder": told(plan.owner),
        "reminder-overdue": told(plan.owner, "due", after=_all_are_late),
        "reminder-silence": told(plan.owner, "silence", after=_nobody_reports),
        "reminder-evidence": told(plan.owner, "evidence", after=_all_are_near),
        "reminder-unverified": told(plan.lead, "unverified", after=_all_are_done),
        "reminder-gate": told(plan.owner, "gate"),
        "reminder-watched": told(plan.watcher, "watched"),
        "reminder-passed-up": told(plan.lead, "due", after=_owner_was_told),
        "reminder-rerouted": told(plan.lead, "due", after=_owner_is_unreached),
    }


def _digests(plan: Plan, language: str) -> dict[str, bytes | None]:
    return {
        f"digest-{one}": digest_preview(plan.owner, plan.roadmap, frequency=one, language=language, day=DAY)
        for one in Frequency.values
    }


def _all_are_late(plan: Plan) -> None:
    plan.owner.milestones.update(due_on=DAY - timedelta(days=9))


def _nobody_reports(plan: Plan) -> None:
    ProgressUpdate.objects.filter(milestone__owner=plan.owner).update(reported_on=DAY - timedelta(days=45))


def _all_are_near(plan: Plan) -> None:
    plan.owner.milestones.update(due_on=DAY + timedelta(days=10))


def _all_are_done(plan: Plan) -> None:
    done_on = DAY - timedelta(days=6)
    plan.owner.milestones.update(status=MilestoneStatus.DONE, completed_on=done_on, created_at=LONG_AGO)


def _owner_was_told(plan: Plan) -> None:
    ProgressUpdate.objects.filter(milestone__owner=plan.owner).update(recorded_at=LONG_AGO)
    plan.owner.milestones.update(remind_at=FIRST_TOLD)
    plan_due_reminders(now=FIRST_TOLD)
    OutboxMessage.objects.update(state=MessageState.SENT, sent_at=FIRST_TOLD)


def _owner_is_unreached(plan: Plan) -> None:
    SuppressedAddress.objects.create(address=plan.owner.email, reason=SuppressionReason.REFUSED, since=FIRST_TOLD)
