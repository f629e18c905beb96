"""What the API says of states and shares: the same rules as everywhere, on the day that is asked for."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from roadmap.editing.milestones import complete_milestone, create_milestone
from roadmap.models import Milestone, ProgressUpdate
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW, Caller

pytestmark = pytest.mark.django_db


def codes(answer) -> list[str]:
    return [one["code"] for one in answer.json()["results"]]


def entered(code: str, at: datetime, **fields) -> Milestone:
    initiative = make.make_initiative(make.make_pillar(make.make_roadmap()))
    return create_milestone(
        by=SYSTEM,
        now=at,
        initiative=initiative,
        phase=make.make_phase(initiative.roadmap),
        code=code,
        title_zh=code,
        title_en=code,
        planned_start_on=date(2026, 1, 1),
        **{"due_on": date(2026, 12, 31), **fields},
    )


def test_a_report_is_missed_from_the_day_of_entry_on(office: Caller) -> None:
    entered("old", datetime(2026, 10, 24, 1, tzinfo=UTC))
    entered("new", datetime(2026, 10, 25, 1, tzinfo=UTC))
    assert codes(office.get("milestones/?is_silent=true")) == ["old"]
    assert codes(office.get("milestones/?is_silent=true&as_of=2026-11-24")) == ["old", "new"]
    shown = office.get("milestones/").json()["results"]
    assert [one["progress"]["is_silent"] for one in shown] == [True, False]


def test_open_is_asked_of_the_same_day_as_overdue(office: Caller) -> None:
    make.make_milestone(code="closed", status="done", completed_on=date(2026, 11, 20), due_on=date(2026, 11, 10))
    assert codes(office.get("milestones/?is_open=true&as_of=2026-11-19")) == ["closed"]
    assert codes(office.get("milestones/?is_late=true&as_of=2026-11-19")) == ["closed"]
    assert codes(office.get("milestones/?is_open=true")) == []


@pytest.mark.parametrize(("weight", "earned"), [(Decimal("99999.99"), 99.99), (Decimal("0.01"), 0.01)])
def test_a_share_is_100_only_where_all_is_done_and_0_only_where_nothing_is(
    office: Caller, weight: Decimal, earned: float
) -> None:
    done = make.make_milestone(weight=weight, status="done", completed_on=date(2026, 11, 1))
    rest = Decimal("0.01") if weight > 1 else Decimal("99999.99")
    make.make_milestone(done.initiative, done.phase, weight=rest, due_on=date(2027, 12, 31))
    answer = office.get(f"roadmaps/{done.initiative.roadmap.code}/progress/").json()
    assert answer["overall"]["earned_percent"] == earned


def test_completing_warns_of_what_is_still_missing(office: Caller) -> None:
    milestone = make.make_milestone(code="gate")
    make.make_deliverable(milestone)
    etag = office.get(f"milestones/{milestone.pk}/")["ETag"]
    answer = office.post(f"milestones/{milestone.pk}/complete/", {}, If_Match=etag).json()
    assert answer["status"] == "done"
    assert [one["code"] for one in answer["warnings"]] == ["open_deliverables", "no_evidence"]
    assert answer["warnings"][0]["text"] == "1 deliverable is still open."
    assert answer["verify_by"] == "2026-12-07"  # ten working days


def test_what_waits_too_long_for_its_verification_is_amber_with_the_reason(office: Caller) -> None:
    waiting = entered("waiting", datetime(2026, 1, 1, 1, tzinfo=UTC))
    complete_milestone(waiting, by=SYSTEM, now=NOW, completed_on=date(2026, 11, 6))
    found = office.get(f"milestones/{waiting.pk}/?as_of=2026-11-20").json()["progress"]
    assert (found["rag"], found["reason"]["code"]) == ("green", "done_unverified")
    found = office.get(f"milestones/{waiting.pk}/").json()["progress"]
    assert (found["rag"], found["earned_percent"], found["verified_percent"]) == ("amber", 100, 0)
    assert found["reason"]["text"] == "Reported done on 6 November 2026, still not verified"
    assert office.get(f"milestones/{waiting.pk}/", Accept_Language="zh-hans").json()["progress"]["reason"]["text"] == (
        "2026年11月6日填报完成，仍未核验"
    )
    assert codes(office.get("milestones/?is_verification_overdue=true")) == ["waiting"]
    overall = office.get(f"roadmaps/{waiting.initiative.roadmap.code}/progress/").json()["overall"]
    assert (overall["rag"], overall["verification_overdue"]) == ("amber", 1)


def test_progress_that_falls_asks_for_a_reason(office: Caller) -> None:
    milestone = make.make_milestone(code="gate")
    make.make_update(milestone, 95, date(2026, 11, 20))
    reports = f"milestones/{milestone.pk}/progress-updates/"
    refused = office.post(reports, {"percent_complete": 40})
    assert [one["pointer"] for one in refused.json()["errors"]] == ["#/narrative_en"]
    items = {"items": [{"milestone": "gate", "percent_complete": 40}]}
    refused = office.post("progress-updates/bulk/", items)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["#/items/0/narrative_en"]
    assert ProgressUpdate.objects.count() == 1
    earlier = {"percent_complete": 40, "reported_on": "2026-11-01"}  # what was so before falls from nothing
    assert office.post(reports, earlier).status_code == 201
    given = {"percent_complete": 40, "narrative_en": "The test failed."}
    assert office.post(reports, given).status_code == 201
