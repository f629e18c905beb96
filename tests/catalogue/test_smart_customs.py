"""The bundled roadmap against the facts of its source, typed here anew from the table of facts."""

import re
from datetime import date
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

import pytest
import yaml
from django.db.models import Q
from django.test import Client

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
from roadmap.progress.rollup import roll_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("smart_customs")]

FACTS = yaml.safe_load(Path(__file__).with_name("facts.yaml").read_text(encoding="utf-8"))
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


def test_every_figure_is_the_sources_row_by_row_both_ways() -> None:
    stored = [
        {
            "indicator": one.indicator.title_zh,
            "english": one.indicator.title_en,
            "value": one.stated_zh or f"{one.value.normalize():f}",
            "qualifier": one.qualifier,
            "preliminary": one.is_preliminary,
            "unit": one.indicator.unit_zh,
            "unit_english": one.indicator.unit_en,
            "period": one.period_zh,
            "period_english": one.period_en,
        }
        for one in Observation.objects.select_related("indicator").order_by("indicator__position", "ends_on")
    ]
    key = itemgetter("indicator", "period")
    assert sorted(stored, key=key) == sorted(FACTS, key=key)


def test_the_stated_figure_is_the_value() -> None:
    """In both languages, as far as its digits go."""
    sizes = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "thousand": 10**3, "million": 10**6, "billion": 10**9}
    sizes["trillion"] = 10**12
    for one in Observation.objects.exclude(stated_zh="").exclude(stated_zh="近一番"):
        for text in (one.stated_zh, one.stated_en):
            number = Decimal(re.search(r"[0-9.]+", text)[0])  # type: ignore[index]
            size = next((sizes[word] for word in sizes if word in text), 1)
            assert number * size == one.value, text


def test_the_source_strives_and_its_reform_goal_is_background() -> None:
    roadmap = Roadmap.objects.get()
    for phase in Phase.objects.all():
        assert ("力争" in phase.description_zh, "strives" in phase.description_en) == (True, True)
    assert "背景：海关改革的总体目标" in roadmap.description_zh
    assert "来源称已基本实现；这不是智慧海关的目标" in roadmap.description_zh
    assert "It is not the aim of Smart Customs" in roadmap.description_en


def test_days_that_the_source_does_not_give_have_a_mark_of_their_own(client: Client) -> None:
    """In what is sourced otherwise; a period that the source names has the days of that period."""
    assert set(Roadmap.objects.values_list("provenance", "days_provenance")) == {("sourced", "derived")}
    assert set(Phase.objects.values_list("provenance", "days_provenance")) == {("sourced", "derived")}
    for one in Observation.objects.all():
        names_its_days = one.period in {"2012", "2023", "2024-H1"}
        assert (one.provenance, one.days_provenance) == ("sourced", "" if names_its_days else "derived"), one
    client.cookies["django_language"] = "en"
    badge = r' <span class="badge derived" title="Our own planning, not stated by the source">Derived</span>'
    overview = client.get("/").content.decode()
    assert re.findall(r"<time datetime=\"(20\d\d-12-31)\">[^<]*</time>" + badge, overview) == [
        "2026-12-31",
        "2029-12-31",
    ]
    indicators = client.get("/indicators/").content.decode()
    assert len(re.findall(r"as told on 2024-07-30" + badge, indicators)) == 11
    assert not re.search(r"first half of 2024" + badge, indicators)
    found = client.get("/api/v1/phases/").json()["results"]
    assert [(one["provenance"], one["days_provenance"]) for one in found] == [("sourced", "derived")] * 2
    table = client.get("/api/v1/observations/", headers={"Accept": "text/csv"}).content.decode()
    assert "days_provenance" in table.splitlines()[0]


@pytest.mark.parametrize(
    ("practice", "codes"),
    [
        ("顺势监管", {"in-flow-supervision"}),
        ("无感通关", {"smart-passenger-inspection"}),
        ("即过即查", {"in-flow-supervision"}),
    ],
)
def test_practices_are_found_by_name(practice: str, codes: set[str], client: Client) -> None:
    shown = client.get("/milestones/", {"q": practice}).content.decode()
    found = set(re.findall(r"/milestones/([a-z-]+)-20[0-9]{2}/", shown))
    assert found == codes


def test_the_page_shows_figures_as_the_source_gives_them(client: Client) -> None:
    shown = client.get("/indicators/").content.decode()
    for text in ("2.9 万", "3 万余", "1.6 万亿", "150 多", "近一番", "70 多亿", "2000 万左右", "11.49 万亿", "概数"):
        assert text in shown, text
    client.cookies["django_language"] = "en"
    shown = client.get("/indicators/").content.decode()
    for text in (
        "29 thousand",
        "more than 30 thousand",
        "about 20 million",
        "nearly doubled",
        "1.6 trillion",
        "rounded",
    ):
        assert text in shown, text
    assert "29,000" not in shown


def test_the_page_says_what_to_do_first(client: Client) -> None:
    client.cookies["django_language"] = "zh-hans"
    assert "尚无责任人。</a> 请先" in " ".join(client.get("/").content.decode().split())
    client.cookies["django_language"] = "en"
    assert "14 open milestones have no owner.</a> Assign" in " ".join(client.get("/").content.decode().split())
    assert "14 milestones" in client.get("/milestones/", {"state": "unowned"}).content.decode()


def test_the_plan_is_one_to_go_by() -> None:
    """Every workstream has milestones, and value is planned from the first year on."""
    assert set(Milestone.objects.values_list("workstream__code", flat=True)) == set(
        Workstream.objects.values_list("code", flat=True)
    )
    roadmap = Roadmap.objects.get()
    planned = [
        roll_up(roadmap, by=(), as_of=day)[()].planned
        for day in (date(2025, 6, 30), date(2026, 1, 1), date(2027, 6, 30))
    ]
    assert planned[0] > 0
    assert planned == sorted(planned)


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


PLACES = {
    "": ("2024年7月30日发布会", "press conference of 2024-07-30"),
    "-security": ("“守国门安全”部分，赵增连", "section on the safety of the national gateway, Zhao Zenglian"),
    "-trade": ("“外贸”部分，赵增连", "section on foreign trade, Zhao Zenglian"),
    "-trade-statistics": ("“外贸”部分，吕大良", "section on foreign trade, Lü Daliang"),
    "-smart-customs": ("“智慧海关”部分，林少滨", "section on Smart Customs, Lin Shaobin"),
}


def test_the_source_is_cited_with_place_and_speaker_in_both_languages() -> None:
    stored = Source.objects.values_list("code", "title_zh", "citation_zh", "citation_en", "published_on")
    assert set(stored) == {
        (
            f"people-daily-2024-07-31{code}",
            "海关监管制度机制不断改革完善",
            f"《人民日报》2024年7月31日第2版，{chinese}",
            f"People's Daily, 2024-07-31, p. 2, {english}",
            date(2024, 7, 31),
        )
        for code, (chinese, english) in PLACES.items()
    }


def test_every_entry_has_its_mark_and_sourced_ones_their_place_in_the_source() -> None:
    marks = {
        (
            model.__name__,
            one.provenance,
            one.source.code.removeprefix("people-daily-2024-07-31") if one.source else None,
        )
        for model in MARKED
        for one in model._default_manager.select_related("source")  # type: ignore[attr-defined]
    }
    places = {
        "-smart-customs": ("Phase", "Pillar", "Workstream", "Initiative"),
        "": ("Roadmap", "Organisation"),
        **dict.fromkeys(("-security", "-trade", "-trade-statistics"), ("Indicator", "Observation")),
    }
    sourced = {(name, "sourced", place) for place, names in places.items() for name in names}
    assert marks == sourced | {("Milestone", "derived", None)}
    told = Indicator.objects.values_list("code", "source__code")
    assert {code for code, source in told if source.endswith("-security")} == {
        "infectious-disease-cases",
        "substandard-food-and-goods",
        "quarantine-pests",
        "trade-support-documents",
        "trade-support-measures",
        "regional-development-documents",
        "regional-development-measures",
    }
    of_observations = Observation.objects.values_list("indicator__code", "source__code")
    assert set(of_observations) == set(told)


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
        ("gates", "gate", ["owner"], [90, 30, 7], None, None, None),
        ("unverified", "unverified", ["lead"], [], 5, 10, None),
    ]
    assert set(ReminderRule.objects.values_list("provenance", flat=True)) == {"derived"}


def test_nobody_is_made_up() -> None:
    assert not Person.objects.exists()
    assert not Deliverable.objects.exists()
