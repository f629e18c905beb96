"""Plans of no, one and 200 milestones in every state, and the mails about them, made as previews are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import F

from roadmap.digests.preview import digest_preview
from roadmap.editing.milestones import complete_milestone, reschedule_milestone
from roadmap.models import Indicator, Milestone, Observation, Person, ProgressUpdate, ReminderRule, Roadmap
from roadmap.models.history import SYSTEM
from roadmap.reminders.preview import reminder_preview
from roadmap.vocabulary import Frequency, Language, Provenance, Rag, RuleKind
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


@dataclass(frozen=True)
class Case:
    """A mail to look at; ``number`` is how many milestones its plan has."""

    name: str
    language: str
    number: int
    raw: bytes


def make_plan(number: int) -> tuple[Roadmap, Person]:
    """A roadmap with that many milestones, all of one person, and rules of every kind."""
    roadmap = make.make_roadmap(code=f"plan-{number}", title_zh="智慧海关建设路线图", title_en="Smart Customs roadmap")
    unit = make.make_organisation(name_zh="科技发展司", name_en="Department of Science and Technology")
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
    return roadmap, owner


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
    ReminderRule.objects.create(code="due", **common)
    ReminderRule.objects.create(code="silence", kind=RuleKind.SILENCE, offsets=[], after_days=30, **common)
    ReminderRule.objects.create(code="evidence", kind=RuleKind.EVIDENCE, offsets=[14], after_days=5, **common)
    ReminderRule.objects.create(code="unverified", kind=RuleKind.UNVERIFIED, offsets=[], after_days=1, **common)
    ReminderRule.objects.filter(code="due").update(send_at=F("send_at"))


def cases(*numbers: int, languages: tuple[str, ...] = tuple(Language.values)) -> Iterator[Case]:
    """Every mail about plans of that many milestones, in those languages; of no milestone, digests alone."""
    for number in numbers:
        roadmap, person = make_plan(number)
        rules = list(ReminderRule.objects.filter(roadmap=roadmap).order_by("pk")) if number else []
        for language in languages:
            made = {"reminder": reminder_preview(person, language=language, day=DAY) if number else None}
            made |= {
                f"reminder-{rule.code}": reminder_preview(person, language=language, day=DAY, rule=rule)
                for rule in rules
            }
            made |= {
                f"digest-{one}": digest_preview(person, roadmap, frequency=one, language=language, day=DAY)
                for one in Frequency.values
            }
            for name, raw in made.items():
                if raw is not None:
                    yield Case(f"{name}-{number}-{language[:2]}", language, number, raw)
