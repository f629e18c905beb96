"""The bundled roadmap against the facts of its source, typed here anew from the table of facts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Q

from roadmap.models import (
    Deliverable,
    Indicator,
    Initiative,
    Milestone,
    Observation,
    Organisation,
    Person,
    Phase,
    Pillar,
    ReminderRule,
    Roadmap,
    Source,
    Workstream,
)
from roadmap.models.source import Marked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("smart_customs")]

# indicator (zh), indicator (en), unit (en), period, value, stated as, preliminary
FIGURES = {
    ("检出传染病", "Infectious-disease cases detected", "cases", "2024-H1", "29000", "exact", False),
    ("检出不合格食品商品", "Substandard food and goods detected", "batches", "2024-H1", "30000", "more_than", False),
    ("截获检疫性有害生物", "Quarantine pests intercepted", "species-times", "2024-H1", "37000", "exact", False),
    ("助企纾困促外贸政策", "Support policies for firms and trade", "packages", "to-2024-07", "9", "exact", False),
    ("助企纾困促外贸政策", "Support policies for firms and trade", "measures", "to-2024-07", "209", "exact", False),
    ("区域协调发展政策", "Regional-development policies", "packages", "to-2024-07", "12", "exact", False),
    ("区域协调发展政策", "Regional-development policies", "measures", "to-2024-07", "227", "exact", False),
    ("外贸年均增量", "Mean yearly growth of foreign trade", "CNY", "since-2012", "1600000000000", "exact", False),
    ("货物贸易总额世界排名", "World rank in goods trade", "rank", "2023", "1", "exact", False),
    (
        "货物贸易总额连续居世界首位的年数",
        "Years running as first in world goods trade",
        "years",
        "to-2023",
        "7",
        "exact",
        False,
    ),
    (
        "主要贸易伙伴",
        "Countries and regions whose main trading partner China is",
        "countries and regions",
        "2024",
        "150",
        "more_than",
        False,
    ),
    ("外贸企业数量", "Number of trading enterprises", "times the number of 2012", "2024", "2", "nearly", False),
    ("跨境电商进出口", "Cross-border e-commerce trade", "times (growth)", "2023", "1.2", "exact", False),
    ("跨境电商进出口", "Cross-border e-commerce trade", "CNY", "2024-H1", "1220000000000", "exact", True),
    ("跨境电商进出口", "Cross-border e-commerce trade", "%", "2024-H1", "10.5", "exact", True),
    (
        "监管跨境电商、邮快件包裹量",
        "Cross-border parcels supervised a year",
        "parcels",
        "2024",
        "7000000000",
        "more_than",
        False,
    ),
    ("日均监管包裹量", "Cross-border parcels supervised a day", "parcels a day", "2024", "20000000", "about", False),
    ("进口规模", "Imports", "CNY", "2012", "11490000000000", "exact", False),
    ("进口规模", "Imports", "CNY", "2023", "17990000000000", "exact", False),
    ("进口世界排名", "World rank in imports", "rank", "2023", "2", "exact", False),
}
SYSTEMS = {
    "智能长城": "safe",
    "智能审图": "safe",
    "智慧旅检": "convenient",
    "一体化智能通道": "convenient",
    "先期机检": "convenient",
    "协运机器人": "convenient",
    "智能非侵入式顺势监管": "efficient",
}
MARKED: list[type[Marked]] = [
    Roadmap, Phase, Pillar, Workstream, Initiative, Indicator, Observation, Organisation, Milestone,
]  # fmt: skip


def test_every_figure_is_the_sources_with_unit_period_and_qualifier() -> None:
    stored = {
        (
            one.indicator.title_zh.split("：")[0],
            one.indicator.title_en.split(": ")[0],
            one.indicator.unit_en,
            one.period,
            f"{one.value.normalize():f}",
            one.qualifier,
            one.is_preliminary,
        )
        for one in Observation.objects.select_related("indicator")
    }
    assert stored == FIGURES
    assert Observation.objects.count() == len(FIGURES)


def test_no_target_is_made_up() -> None:
    invented = Q(target_value__isnull=False) | Q(baseline_value__isnull=False) | Q(target_on__isnull=False)
    assert list(Indicator.objects.filter(invented)) == []


def test_the_frame_is_the_sources() -> None:
    roadmap = Roadmap.objects.get()
    assert (roadmap.code, roadmap.title_zh, roadmap.title_en) == ("smart-customs", "智慧海关", "Smart Customs")
    assert list(Phase.objects.values_list("title_zh", "title_en", "starts_on", "gate_on")) == [
        ("基本框架", "Basic framework", date(2024, 1, 1), date(2026, 12, 31)),
        ("完整体系", "Complete system", date(2027, 1, 1), date(2029, 12, 31)),
    ]
    assert list(Pillar.objects.values_list("title_zh", "title_en")) == [
        ("安全", "Safe"),
        ("便利", "Convenient"),
        ("高效", "Efficient"),
    ]
    assert list(Workstream.objects.values_list("title_zh", "title_en")) == [
        ("流程优化", "Process optimisation"),
        ("信息互通", "Information interchange"),
        ("系统集成", "System integration"),
    ]
    assert dict(Initiative.objects.values_list("title_zh", "pillar__code")) == SYSTEMS
    assert list(Organisation.objects.values_list("path", "name_zh")) == [
        ("gacc/", "海关总署"),
        ("gacc/gacc-general-operations/", "海关总署综合业务司"),
        ("gacc/gacc-statistics/", "海关总署统计分析司"),
    ]


def test_the_source_is_cited_in_both_languages() -> None:
    source = Source.objects.get()
    assert (source.title_zh, source.citation_en, source.citation_zh, source.published_on) == (
        "海关监管制度机制不断改革完善",
        "People's Daily, 2024-07-31, p. 2",
        "《人民日报》2024年7月31日第2版",
        date(2024, 7, 31),
    )


def test_every_entry_has_its_mark_and_sourced_ones_their_source() -> None:
    marks = {
        (model.__name__, one.provenance, one.source and one.source.code)
        for model in MARKED
        for one in model._default_manager.select_related("source")  # type: ignore[attr-defined]
    }
    sourced = {(model.__name__, "sourced", "people-daily-2024-07-31") for model in MARKED if model is not Milestone}
    assert marks == sourced | {("Milestone", "derived", None)}


def test_each_initiative_has_a_derived_milestone_at_each_gate() -> None:
    stored = Milestone.objects.values_list("initiative__title_zh", "phase__gate_on", "due_on", "weight", "status")
    assert set(stored) == {
        (system, gate, gate, Decimal(1), "planned")
        for system in SYSTEMS
        for gate in (date(2026, 12, 31), date(2029, 12, 31))
    }
    assert len(stored) == 14
    milestone = Milestone.objects.get(code="intelligent-image-review-2026")
    assert (milestone.title_zh, milestone.owner, milestone.organisation) == ("智能审图：纳入基本框架", None, None)
    assert not Milestone.objects.filter(Q(acceptance_criteria_zh="") | Q(acceptance_criteria_en="")).exists()


def test_no_derived_text_gives_a_figure() -> None:
    texts = Milestone.objects.values_list("title_zh", "title_en", "acceptance_criteria_zh", "acceptance_criteria_en")
    assert not any(character.isdigit() for row in texts for text in row for character in text)


def test_all_texts_are_there_in_both_languages() -> None:
    for model in (*MARKED, Source, ReminderRule):
        pairs = [field.name[:-3] for field in model._meta.fields if field.name.endswith("_zh")]
        for row in model._default_manager.values():
            halves = [name for name in pairs if bool(row[f"{name}_zh"]) != bool(row[f"{name}_en"])]
            assert halves == [], row


def test_the_first_rules_are_useful_and_not_noisy() -> None:
    fields = ("code", "kind", "audiences", "offsets", "after_days", "repeat_every_days", "escalate_after_days")
    assert list(ReminderRule.objects.values_list(*fields)) == [
        ("owners-early", "due", ["owner"], [90, 30], None, None, None),
        ("owners", "due", ["owner"], [14, 7, 1, 0], None, 7, 3),
        ("leads-due-or-overdue", "due", ["lead"], [0], None, 7, None),
        ("silence", "silence", ["owner"], [], 30, 30, None),
        ("evidence", "evidence", ["owner"], [5], 3, 10, None),
        ("unverified", "unverified", ["lead"], [], 5, 10, None),
    ]
    assert set(ReminderRule.objects.values_list("provenance", flat=True)) == {"derived"}


def test_nobody_is_made_up() -> None:
    assert not Person.objects.exists()
    assert not Deliverable.objects.exists()
