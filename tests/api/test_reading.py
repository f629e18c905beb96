"""What the API shows."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.models import Baseline, BaselineEntry, Dependency, Indicator, Observation, Source
from roadmap.vocabulary import MilestoneStatus, Provenance
from tests import factories as make

pytestmark = pytest.mark.django_db
RESOURCES = (
    "roadmaps",
    "phases",
    "pillars",
    "workstreams",
    "initiatives",
    "milestones",
    "progress-updates",
    "indicators",
    "observations",
    "organisations",
    "external-references",
    "dependencies",
    "baselines",
)


def make_indicator(roadmap, **fields):
    return Indicator.objects.create(
        **{
            "roadmap": roadmap,
            "code": f"indicator-{Indicator.objects.count()}",
            "title_zh": "指标",
            "title_en": "Indicator",
            "unit_zh": "件",
            "unit_en": "cases",
            **fields,
        }
    )


def make_observation(indicator, **fields):
    return Observation.objects.create(
        **{
            "indicator": indicator,
            "period": f"P{Observation.objects.count()}",
            "period_zh": "期",
            "period_en": "period",
            "ends_on": date(2026, 6, 30),
            "value": Decimal("1.5"),
            **fields,
        }
    )


PERSONAL = ("tokens", "service-accounts", "digest-subscriptions", "webhooks", "feeds", "leave", "invitations")


@pytest.mark.parametrize("resource", RESOURCES)
def test_empty_list_is_an_empty_page(stranger, resource):
    assert stranger.get(f"{resource}/").json() == {"next": None, "previous": None, "results": []}


def test_milestone_is_shown_whole_with_its_figures(stranger, milestone):
    baseline = Baseline.objects.create(roadmap=milestone.initiative.roadmap, name="B", approved_on=date(2026, 1, 1))
    BaselineEntry.objects.create(
        baseline=baseline,
        milestone=milestone,
        planned_start_on=date(2026, 1, 1),
        due_on=date(2026, 12, 1),
        weight=Decimal(1),
    )
    item = make.make_deliverable(milestone, title_zh="报告", title_en="Report")
    update = make.make_update(milestone, 40, date(2026, 11, 1), confidence="amber")
    before = make.make_milestone(milestone.initiative, milestone.phase, code="m-0", title_zh="前", title_en="Before")
    Dependency.objects.create(predecessor=before, successor=milestone)

    shown = stranger.get(f"milestones/{milestone.pk}/").json()

    assert (shown.pop("created_at"), shown.pop("updated_at")) == ("2026-11-23T12:00:00+08:00",) * 2
    assert shown == {
        "id": milestone.pk,
        "code": "m-1",
        "roadmap": "smart",
        "phase": {"id": milestone.phase_id, "code": "basic", "title_zh": "基本", "title_en": "Basic"},
        "pillar": {"id": milestone.initiative.pillar_id, "code": "safe", "title_zh": "安全", "title_en": "Safe"},
        "workstream": None,
        "initiative": {"id": milestone.initiative_id, "code": "review", "title_zh": "审图", "title_en": "Review"},
        "organisation": {
            "id": milestone.organisation_id,
            "code": "gacc",
            "name_zh": "单位 gacc",
            "name_en": "Unit gacc",
        },
        "owner": {"id": milestone.owner_id, "name": "Owner"},
        "title_zh": "里程碑",
        "title_en": "Milestone",
        "description_zh": "",
        "description_en": "",
        "acceptance_criteria_zh": "",
        "acceptance_criteria_en": "",
        "planned_start_on": "2026-01-01",
        "due_on": "2026-12-31",
        "completed_on": None,
        "cancelled_on": None,
        "verified_on": None,
        "verify_by": None,
        "status": "planned",
        "weight": 1,
        "budget": None,
        "currency": "",
        "tags": [],
        "progress": {
            "as_of": "2026-11-23",
            "planned_percent": 97.61,
            "earned_percent": 40,
            "verified_percent": 0,
            "rag": "amber",
            "reason": {"code": "reported_amber", "text": "Reported at risk on 1 November 2026", "number": None}
            | {"day": "2026-11-01"},
            "is_done": False,
            "is_verified": False,
            "is_cancelled": False,
            "is_late": False,
            "is_due_soon": False,
            "is_silent": False,
            "is_verification_overdue": False,
            "days_left": 38,
            "slip_days": 30,
        },
        "latest_update": {
            "id": update.pk,
            "reported_on": "2026-11-01",
            "percent_complete": 40,
            "confidence": "amber",
            "forecast_on": None,
            "narrative_zh": "",
            "narrative_en": "",
        },
        "provenance": "entered",
        "source": None,
        "version": 1,
        "deliverables": [
            {
                "id": item.pk,
                "title_zh": "报告",
                "title_en": "Report",
                "weight": 1,
                "done_on": None,
                "position": 0,
                "provenance": "entered",
            }
        ],
        "predecessors": [
            {
                "id": before.pk,
                "code": "m-0",
                "title_zh": "前",
                "title_en": "Before",
                "due_on": "2026-12-31",
                "status": "planned",
            }
        ],
        "warnings": [],
    }


def test_list_shows_milestones_as_detail_does_without_the_items_below(stranger, milestone):
    whole = stranger.get(f"milestones/{milestone.pk}/").json()
    short = {name: value for name, value in whole.items() if name not in {"deliverables", "predecessors", "warnings"}}
    assert stranger.get("milestones/").json()["results"] == [short]


def test_figures_are_as_of_the_day_asked_for(stranger, milestone):
    make.make_update(milestone, 20, date(2026, 3, 1))
    make.make_update(milestone, 50, date(2026, 6, 1))
    by_day = {}
    for day in ("2026-02-28", "2026-05-31", "2026-06-01"):
        one = stranger.get(f"milestones/{milestone.pk}/?as_of={day}").json()["progress"]
        listed = stranger.get(f"milestones/?as_of={day}").json()["results"][0]["progress"]
        assert listed == one
        by_day[one["as_of"]] = one["earned_percent"]
    assert by_day == {"2026-02-28": 0, "2026-05-31": 20, "2026-06-01": 50}


def test_today_is_that_of_each_roadmaps_own_time_zone(stranger, time_machine):
    time_machine.move_to("2026-11-23T20:00:00+00:00", tick=False)
    for code, zone in (("east", "Asia/Shanghai"), ("west", "America/Santiago")):
        roadmap = make.make_roadmap(code=code, time_zone=zone)
        make.make_milestone(make.make_initiative(make.make_pillar(roadmap)), due_on=date(2026, 11, 23))
    shown = stranger.get("milestones/?ordering=id").json()["results"]
    assert [(one["roadmap"], one["progress"]["as_of"], one["progress"]["is_late"]) for one in shown] == [
        ("east", "2026-11-24", True),
        ("west", "2026-11-23", False),
    ]
    assert [one["roadmap"] for one in stranger.get("milestones/?is_late=true").json()["results"]] == ["east"]
    assert [one["roadmap"] for one in stranger.get("milestones/?is_late=false").json()["results"]] == ["west"]


def test_reason_comes_in_the_language_asked_for_and_content_in_both(stranger, milestone):
    english = stranger.get(f"milestones/{milestone.pk}/").json()
    chinese = stranger.get(f"milestones/{milestone.pk}/", Accept_Language="zh-CN").json()
    assert (english["title_zh"], english["title_en"]) == (chinese["title_zh"], chinese["title_en"])
    assert english["progress"]["reason"]["code"] == chinese["progress"]["reason"]["code"] == "behind_plan"
    assert english["progress"]["reason"]["text"] == "90 percentage points behind plan"
    assert chinese["progress"]["reason"]["text"] != english["progress"]["reason"]["text"]


def test_roadmap_progress_rolls_up_by_phase_and_pillar(stranger, milestone):
    make.make_update(milestone, 40, date(2026, 6, 1))
    done = make.make_milestone(
        milestone.initiative,
        milestone.phase,
        weight=Decimal(3),
        status=MilestoneStatus.DONE,
        completed_on=date(2026, 5, 1),
        due_on=date(2026, 6, 30),
        organisation=make.make_organisation(milestone.organisation, code="tianjin"),
    )
    shown = stranger.get("roadmaps/smart/progress/?as_of=2026-06-30").json()
    figures = {
        "weight": 4,
        "planned_percent": 87.4,
        "earned_percent": 85,
        "verified_percent": 0,
        "schedule_variance": -2.4,
        "spi": 0.973,
        "total": 2,
        "done": 1,
        "confirmed": 0,
        "late": 0,
        "due_soon": 0,
        "silent": 0,
        "verification_overdue": 0,
        "rag": "green",
        "reason": {"code": "on_plan", "text": "On plan", "number": None, "day": None},
    }
    phase = {"id": milestone.phase_id, "code": "basic", "title_zh": "基本", "title_en": "Basic"}
    pillar = {"id": milestone.initiative.pillar_id, "code": "safe", "title_zh": "安全", "title_en": "Safe"}
    organisations = shown.pop("organisations")
    assert shown == {
        "roadmap": {"id": milestone.phase.roadmap_id, "code": "smart", "title_zh": "智慧", "title_en": "Smart"},
        "as_of": "2026-06-30",
        "overall": figures,
        "phases": [{"phase": phase, "gate_on": "2026-12-31", "days_to_gate": 184, "figures": figures}],
        "pillars": [{"pillar": pillar, "figures": figures}],
        "workstreams": [],
        "initiatives": [
            {
                "initiative": {
                    "id": milestone.initiative_id,
                    "code": "review",
                    "title_zh": "审图",
                    "title_en": "Review",
                },
                "figures": figures,
            }
        ],
        "phase_pillars": [{"phase": phase, "pillar": pillar, "figures": figures}],
        "phase_workstreams": [],
    }
    assert [(one["organisation"]["code"], one["figures"]["earned_percent"]) for one in organisations] == [
        ("gacc", 85),
        ("tianjin", 100),
    ]
    assert done.organisation is not None


def test_observation_shows_an_exact_value_with_its_source(stranger, milestone):
    source = Source.objects.create(
        code="daily",
        title_zh="题",
        title_en="Title",
        citation_zh="报",
        citation_en="Daily, p. 2",
        published_on=date(2024, 7, 31),
    )
    observation = make_observation(
        make_indicator(milestone.phase.roadmap, code="imports", target_value=Decimal("200000000.0001")),
        period="2023",
        value=Decimal("17990000000000.0000"),
        qualifier="about",
        provenance=Provenance.SOURCED,
        source=source,
    )
    shown = stranger.get(f"observations/{observation.pk}/").json()
    assert shown["value"] == "17990000000000"
    assert shown["indicator"]["code"] == "imports"
    assert (shown["provenance"], shown["qualifier"]) == ("sourced", "about")
    assert shown["source"] == {
        "code": "daily",
        "title_zh": "题",
        "title_en": "Title",
        "citation_zh": "报",
        "citation_en": "Daily, p. 2",
        "published_on": "2024-07-31",
        "url": "",
    }
    assert stranger.get("indicators/").json()["results"][0]["target_value"] == "200000000.0001"
    below = stranger.get(f"indicators/{observation.indicator_id}/observations/").json()["results"]
    assert below == [shown]


def test_progress_updates_are_found_below_their_milestone_and_on_their_own(stranger, milestone):
    first, second = (make.make_update(milestone, percent, date(2026, 6, percent)) for percent in (10, 20))
    below = stranger.get(f"milestones/{milestone.pk}/progress-updates/").json()["results"]
    assert [one["id"] for one in below] == [second.pk, first.pk]
    assert stranger.get("progress-updates/").json()["results"] == below
    assert stranger.get(f"progress-updates/{first.pk}/").json() == below[1]


def test_people_are_shown_by_name_only(stranger, milestone):
    assert "owner@example.org" not in stranger.get(f"milestones/{milestone.pk}/").content.decode()


def test_times_are_written_with_their_offset(stranger, milestone):
    update = make.make_update(milestone, 10, date(2026, 6, 1))
    assert stranger.get(f"progress-updates/{update.pk}/").json()["recorded_at"] == "2026-11-23T12:00:00+08:00"


def test_index_names_every_resource(stranger):
    assert set(stranger.get("").json()) == {*RESOURCES, *PERSONAL, "changes"}
