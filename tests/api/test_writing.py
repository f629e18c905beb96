"""What the API writes, through the acts."""

from datetime import date
from decimal import Decimal

import pytest

from roadmap.models import Evidence, Milestone, Observation, ProgressUpdate
from roadmap.vocabulary import MilestoneStatus
from tests import factories as make
from tests.api.test_reading import make_indicator

pytestmark = pytest.mark.django_db
NEW = {
    "code": "new",
    "initiative": "review",
    "phase": "basic",
    "organisation": "gacc",
    "title_zh": "新",
    "title_en": "New",
    "planned_start_on": "2026-07-01",
    "due_on": "2026-12-31",
}


def version_and_bytes(answer):
    """The parts of a milestone's tag that say what was shown; a reading's third part says when nothing has changed."""
    return answer.headers["ETag"].strip('"').split(".")[:2]


def test_milestone_is_made_with_its_deliverables(office, milestone):
    answer = office.post(
        "milestones/",
        {
            **NEW,
            "owner": "owner",
            "weight": 2.5,
            "reason": "Agreed in July.",
            "deliverables": [{"title_zh": "报告", "title_en": "Report", "weight": 2}],
        },
    )
    assert answer.status_code == 201
    made = Milestone.objects.get(code="new")
    assert answer.headers["Location"] == f"http://testserver/api/v1/milestones/{made.pk}/"
    assert answer.json() == office.get(f"milestones/{made.pk}/").json()
    assert version_and_bytes(answer) == version_and_bytes(office.get(f"milestones/{made.pk}/"))
    assert (made.owner, made.organisation, made.weight) == (milestone.owner, milestone.organisation, Decimal("2.5"))
    assert [(one.title_en, one.weight) for one in made.deliverables.all()] == [("Report", 2)]
    record = made.history.get()
    assert (record.history_user.username, record.door, record.history_change_reason) == (
        "office",
        "api",
        "Agreed in July.",
    )


def test_milestone_may_be_made_by_ids(office, milestone):
    body = {**NEW, "initiative": milestone.initiative_id, "phase": milestone.phase_id, "owner": milestone.owner_id}
    assert office.post("milestones/", body).status_code == 201


def test_new_milestone_names_everything_that_is_wrong(office, milestone):
    other = make.make_phase(make.make_roadmap())
    answer = office.post(
        "milestones/",
        {"code": "a b", "initiative": "nothing", "title_zh": "", "weight": -1, "colour": "red", "deliverables": [{}]},
    )
    assert answer.status_code == 422
    assert sorted((one["pointer"], one["code"]) for one in answer.json()["errors"]) == [
        ("#/code", "invalid"),
        ("#/colour", "unknown"),
        ("#/deliverables/0/title_en", "required"),
        ("#/deliverables/0/title_zh", "required"),
        ("#/due_on", "required"),
        ("#/initiative", "unknown"),
        ("#/phase", "required"),
        ("#/planned_start_on", "required"),
        ("#/weight", "min_value"),
    ]
    foreign = office.post("milestones/", {**NEW, "phase": other.pk, "due_on": "2026-01-01"}).json()["errors"]
    assert [one["pointer"] for one in foreign] == ["#/due_on", "#/phase"]


def test_new_milestone_needs_a_title_in_one_language_and_takes_its_owners_organisation(office, milestone):
    owner = make.make_person(organisation=make.make_organisation())
    body = {name: value for name, value in NEW.items() if name not in {"title_en", "organisation"}}
    made = office.post("milestones/", {**body, "owner": owner.pk}).json()
    assert (made["title_en"], made["organisation"]["id"]) == ("", owner.organisation_id)
    wrong = office.post("milestones/", {**body, "code": "other", "title_zh": ""})
    assert wrong.status_code == 422
    assert [one["detail"] for one in wrong.json()["errors"]] == ["Give a title in at least one language."]


def test_new_milestone_with_a_taken_code_is_refused(office, milestone):
    answer = office.post("milestones/", {**NEW, "code": "m-1"})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/code"]


def test_change_writes_plain_fields_with_a_new_version(office, milestone):
    address = f"milestones/{milestone.pk}/"
    answer = office.patch(
        address,
        {"title_en": "Better", "weight": "3", "owner": None, "status": "active"},
        If_Match=office.get(address).headers["ETag"],
    )
    assert answer.status_code == 200
    assert answer.json() == office.get(address).json()
    assert version_and_bytes(answer) == version_and_bytes(office.get(address))
    milestone.refresh_from_db()
    assert (milestone.title_en, milestone.weight, milestone.owner, milestone.status, milestone.version) == (
        "Better",
        3,
        None,
        MilestoneStatus.ACTIVE,
        2,
    )


def test_change_of_the_due_date_needs_a_reason_and_is_one_transaction(office, milestone):
    address = f"milestones/{milestone.pk}/"
    refused = office.patch(address, {"due_on": "2027-01-31", "weight": 3}, If_Match="*")
    assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (422, ["#/reason"])
    milestone.refresh_from_db()
    assert (milestone.version, milestone.weight) == (1, 1)
    accepted = office.patch(address, {"due_on": "2027-01-31", "weight": 3, "reason": "Late supplier."}, If_Match="*")
    assert accepted.status_code == 200
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.weight) == (date(2027, 1, 31), 3)
    written = milestone.history.order_by("version").values_list("version", "history_change_reason")
    assert list(written) == [(1, ""), (2, "Late supplier."), (3, "Late supplier.")]


def test_change_to_what_it_is_already_changes_nothing(office, milestone):
    answer = office.patch(f"milestones/{milestone.pk}/", {"due_on": "2026-12-31", "weight": 1}, If_Match="*")
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"status": "done"}, "#/status"),
        ({"completed_on": "2026-11-01"}, "#/completed_on"),
        ({"deliverables": []}, "#/deliverables"),
        ({"version": 7}, "#/version"),
        ({"phase": "nothing"}, "#/phase"),
    ],
)
def test_change_refuses_what_has_its_own_act_or_is_no_field(office, milestone, body, pointer):
    answer = office.patch(f"milestones/{milestone.pk}/", body, If_Match="*")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_acts_move_a_milestone_through_its_life(office, milestone):
    def act(name, body=None):
        tag = office.get(f"milestones/{milestone.pk}/").headers["ETag"]
        answer = office.post(f"milestones/{milestone.pk}/{name}/", body, If_Match=tag)
        assert answer.status_code == 200, answer.content
        shown = answer.json()
        return shown["status"], shown["completed_on"], shown["cancelled_on"], shown["due_on"], shown["version"]

    tianjin = make.make_organisation(milestone.organisation, code="tianjin")
    assert [
        act("reschedule", {"due_on": "2027-02-01", "reason": "Late."}),
        act("complete", {"completed_on": "2026-11-20"}),
        act("reopen", {"reason": "Test failed."}),
        act("complete"),
        act("reopen", {"reason": "Again."}),
        act("cancel", {"reason": "Merged."}),
    ] == [
        ("planned", None, None, "2027-02-01", 2),
        ("done", "2026-11-20", None, "2027-02-01", 3),
        ("active", None, None, "2027-02-01", 4),
        ("done", "2026-11-23", None, "2027-02-01", 5),
        ("active", None, None, "2027-02-01", 6),
        ("cancelled", None, "2026-11-23", "2027-02-01", 7),
    ]
    act("reassign", {"organisation": "tianjin"})
    milestone.refresh_from_db()
    assert (milestone.organisation, milestone.owner.username) == (tianjin, "owner")


@pytest.mark.parametrize(
    ("act", "body", "pointer"),
    [
        ("reschedule", {"due_on": "2027-01-01"}, "#/reason"),
        ("reschedule", {"reason": "?"}, "#/due_on"),
        ("complete", {"completed_on": "2026-11-24"}, "#/completed_on"),
        ("reopen", {"reason": "It is open."}, "#/status"),
        ("cancel", {"reason": "  "}, "#/reason"),
        ("reassign", {"owner": "nobody"}, "#/owner"),
    ],
)
def test_act_says_what_is_missing_or_wrong(office, milestone, act, body, pointer):
    answer = office.post(f"milestones/{milestone.pk}/{act}/", body, If_Match="*")
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


def test_progress_is_recorded_and_shown_at_once(office, milestone):
    answer = office.post(
        f"milestones/{milestone.pk}/progress-updates/",
        {"percent_complete": 42.5, "confidence": "amber", "forecast_on": "2027-01-15", "narrative_en": "Slow."},
    )
    assert answer.status_code == 201
    update = ProgressUpdate.objects.get()
    assert answer.headers["Location"] == f"http://testserver/api/v1/progress-updates/{update.pk}/"
    assert answer.json() == office.get(f"progress-updates/{update.pk}/").json()
    assert answer.json() == {
        "id": update.pk,
        "milestone": {"id": milestone.pk, "code": "m-1", "title_zh": "里程碑", "title_en": "Milestone"},
        "reported_on": "2026-11-23",
        "recorded_at": "2026-11-23T12:00:00+08:00",
        "percent_complete": 42.5,
        "confidence": "amber",
        "forecast_on": "2027-01-15",
        "narrative_zh": "",
        "narrative_en": "Slow.",
        "reported_by": {"id": update.reported_by_id, "name": str(update.reported_by)},
        "door": "api",
        "external_ref": "",
        "provenance": "entered",
        "source": None,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdrawn_reason": "",
    }
    shown = office.get(f"milestones/{milestone.pk}/").json()
    assert (shown["status"], shown["progress"]["earned_percent"], shown["latest_update"]["id"]) == (
        "active",
        42.5,
        update.pk,
    )


def test_progress_of_a_cancelled_milestone_is_refused(office, milestone):
    office.post(f"milestones/{milestone.pk}/cancel/", {"reason": "Merged."}, If_Match="*")
    answer = office.post(f"milestones/{milestone.pk}/progress-updates/", {"percent_complete": 10})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/milestone")
    assert not ProgressUpdate.objects.exists()


def test_evidence_is_attached_to_its_report(office, milestone):
    update = make.make_update(milestone, 10, date(2026, 6, 1))
    address = f"milestones/{milestone.pk}/evidence/"
    link = {"kind": "link", "title": "Report", "url": "https://example.org/r.pdf", "progress_update": update.pk}
    assert office.post(address, link).status_code == 201
    assert office.get(address).json()["results"][0] == {
        "id": Evidence.objects.get().pk,
        "milestone": milestone.pk,
        "progress_update": update.pk,
        "kind": "link",
        "title": "Report",
        "url": "https://example.org/r.pdf",
        "note": "",
        "file_name": "",
        "file_type": "",
        "file_size": None,
        "added_by": {"id": Evidence.objects.get().added_by_id, "name": str(Evidence.objects.get().added_by)},
        "added_at": "2026-11-23T12:00:00+08:00",
        "provenance": "entered",
    }
    foreign = make.make_update(make.make_milestone(), 10, date(2026, 6, 1))
    wrong = [
        {"kind": "link", "title": "No address"},
        {"kind": "note", "title": "Foreign", "note": "n", "progress_update": foreign.pk},
        {"kind": "file", "title": "File"},
    ]
    refused = [office.post(address, body).json()["errors"][0]["pointer"] for body in wrong]
    assert refused == ["#/url", "#/progress_update", "#/kind"]


def test_observation_is_added_by_the_office(office, lead, milestone):
    indicator = make_indicator(milestone.phase.roadmap)
    address = f"indicators/{indicator.pk}/observations/"
    body = {"period": "2026-H1", "period_zh": "上半年", "period_en": "first half", "ends_on": "2026-06-30"}
    answer = office.post(address, {**body, "value": "31000.1234"})
    assert (answer.status_code, answer.json()["value"]) == (201, "31000.1234")
    made = Observation.objects.get()
    assert answer.headers["Location"] == f"http://testserver/api/v1/observations/{made.pk}/"
    assert answer.json() == office.get(f"observations/{made.pk}/").json()
    assert lead.post(address, {**body, "period": "2025", "value": 1}).status_code == 403
    again = office.post(address, {**body, "value": 5})
    assert again.status_code == 422
