"""The API's forecast, network, dependencies and baselines."""

from datetime import date

import pytest

from roadmap.editing.dependencies import link_milestones
from roadmap.models import Baseline, Dependency, Milestone
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import MilestoneStatus
from tests import factories as make
from tests.api.conftest import Caller, caller_for
from tests.forecast.rows import make_kept_forecast

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


@pytest.fixture
def office(milestone: Milestone) -> Caller:
    return caller_for(make.make_office_person())


def after(milestone: Milestone, code: str) -> Milestone:
    days = {"planned_start_on": date(2026, 12, 1), "due_on": date(2026, 12, 10)}
    return make.make_milestone(milestone.initiative, milestone.phase, code=code, title_en=code, title_zh=code, **days)


def test_forecast_says_what_decides_and_how_past_ones_came_true(stranger: Caller, milestone: Milestone) -> None:
    done = after(milestone, "done")
    make_kept_forecast(milestone, done, day=date(2026, 11, 2))
    Milestone.objects.filter(pk=done.pk).update(status=MilestoneStatus.DONE, completed_on=date(2026, 11, 20))
    told = stranger.get("roadmaps/smart/forecast/").json()
    (gate,) = told["gates"]
    assert (told["day"], told["as_of"], told["made_at"]) == ("2026-11-02", "2026-11-23", "2026-11-02T09:00:00+08:00")
    assert (gate["chance"], gate["span"]["p80"], gate["phase"]["code"]) == (0.62, "2027-01-15", "basic")
    assert gate["text"] == (
        "Basic: 62% to be complete by 31 December 2026; P80 = 15 January 2027, because “Milestone”, which decides "
        "most, is expected on 8 January 2027, 8 days after its due date."
    )
    assert gate["drivers"] == [
        {"milestone": gate["path"][0], "criticality": 0.9, "share_of_variance": 0.75, "days_to_win": 4.2}
    ]
    assert [one["milestone"]["code"] for one in told["milestones"]] == ["m-1", "done"]
    assert told["judged"] == {
        "number": 1, "milestones": 1, "by_p50": 1.0, "by_p80": 1.0, "brier": 0.36, "missed_by": 49.0,
        "due_date_missed_by": 20.0, "owners_missed_by": None,
    }  # fmt: skip


def test_forecast_of_a_day_is_the_last_one_up_to_it(stranger: Caller, milestone: Milestone) -> None:
    for day in (date(2026, 11, 2), date(2026, 11, 9)):
        make_kept_forecast(milestone, day=day)
    days = [stranger.get(f"roadmaps/smart/forecast/?as_of={day}").json() for day in ("2026-11-01", "2026-11-08")]
    assert [(one["day"], len(one["gates"]), len(one["milestones"])) for one in days] == [
        (None, 0, 0), ("2026-11-02", 1, 1),
    ]  # fmt: skip


def test_new_forecast_is_shown_though_the_plan_is_the_same(stranger: Caller, milestone: Milestone) -> None:
    before = stranger.get("roadmaps/smart/forecast/")
    make_kept_forecast(milestone, day=date(2026, 11, 2))
    answer = stranger.get("roadmaps/smart/forecast/", If_None_Match=before.headers["ETag"])
    assert (answer.status_code, answer.json()["day"]) == (200, "2026-11-02")
    assert stranger.get("roadmaps/smart/forecast/", If_None_Match=answer.headers["ETag"]).status_code == 304


def test_network_has_days_and_float_and_follows_each_edit(stranger: Caller, milestone: Milestone) -> None:
    second = after(milestone, "second")
    before = {one["milestone"]["code"]: one for one in stranger.get("roadmaps/smart/network/").json()["milestones"]}
    link_milestones(milestone, second, by=SYSTEM, lag_working_days=2)
    told = stranger.get("roadmaps/smart/network/").json()
    rows = {one["milestone"]["code"]: one for one in told["milestones"]}
    assert (before["second"]["early_start"], before["second"]["total_float"]) == ("2026-12-01", 15)
    assert rows["second"]["waits_for"] == [{"predecessor": milestone.pk, "lag_working_days": 2}]
    assert (rows["second"]["early_start"], rows["second"]["early_finish"]) == ("2027-01-06", "2027-01-15")
    assert (rows["second"]["total_float"], rows["m-1"]["total_float"], rows["m-1"]["free_float"]) == (-10, -10, 0)
    (gate,) = told["gates"]
    assert (gate["path"], gate["early_finish"]) == ([milestone.pk, second.pk], "2027-01-15")


def test_dependency_is_made_and_removed_and_a_circle_is_refused_by_its_names(
    office: Caller, milestone: Milestone
) -> None:
    second = after(milestone, "second")
    made = office.post("dependencies/", {"predecessor": "m-1", "successor": "second", "lag_working_days": 3})
    assert (made.status_code, made.json()["lag_working_days"]) == (201, 3)
    assert office.get(f"dependencies/{made.json()['id']}/").json() == made.json()
    refused = office.post("dependencies/", {"predecessor": "second", "successor": "m-1"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "detail": "That would make a circle of dependencies: Milestone → second → Milestone",
            "code": "invalid",
            "pointer": "#/predecessor",
        }
    ]
    assert office.get(f"dependencies/?successor={second.code}").json()["results"] == [made.json()]
    assert office.get("dependencies/?predecessor=second").json()["results"] == []
    assert office("DELETE", f"dependencies/{made.json()['id']}/").status_code == 204
    assert [one.history_type for one in Dependency.history.all()] == ["-", "+"]


def test_baseline_is_set_with_a_reason_and_shows_what_it_holds(office: Caller, milestone: Milestone) -> None:
    first = office.post("baselines/", {"roadmap": "smart", "name": "First", "approved_on": "2026-10-01"})
    assert (first.status_code, first.json()["approved_on"]) == (201, "2026-10-01")
    assert office.post("baselines/", {"roadmap": "smart", "name": "Second"}).status_code == 422
    (entry,) = office.get(f"baselines/{first.json()['id']}/entries/").json()["results"]
    assert (entry["milestone"]["code"], entry["due_on"], entry["weight"]) == ("m-1", "2026-12-31", 1)
    assert office.get("baselines/?roadmap=smart").json()["results"] == [first.json()]
    assert Baseline.objects.get().history.get().history_user_id is not None
