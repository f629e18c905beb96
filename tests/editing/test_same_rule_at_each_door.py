"""A bad value is refused alike whichever way it comes in by: the act, the API, each form of the admin, a file."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing.dependencies import link_milestones
from roadmap.editing.milestones import change_milestone, create_milestone, reassign_milestone
from roadmap.errors import InvalidChange
from roadmap.models import Dependency, Milestone, Organisation, Person
from roadmap.models.history import SYSTEM
from tests import factories as make
from tests.api.conftest import NOW, caller_for

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


@pytest.fixture(autouse=True)
def _at_a_fixed_time(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office() -> Person:
    return make.make_office_person(language="en")


@pytest.fixture
def browser(office: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(office)
    return client


@pytest.fixture
def milestone(db: None) -> Milestone:
    return make.make_milestone(organisation=make.make_organisation(), owner=make.make_person())


@pytest.fixture
def left(db: None) -> Person:
    return make.make_person(is_active=False)


def form_of(milestone: Milestone, **more: Any) -> dict[str, Any]:
    names = ("code", "title_zh", "title_en", "planned_start_on", "due_on", "weight", "provenance")
    frame = {"initiative": milestone.initiative_id, "phase": milestone.phase_id, "owner": milestone.owner_id or ""}
    inlines = ("progress_updates", "deliverables", "evidence", "predecessor_links", "successor_links")
    counts = {f"{name}-{kind}_FORMS": 0 for name in inlines for kind in ("TOTAL", "INITIAL")}
    return {**{name: getattr(milestone, name) for name in names}, **frame, **counts, "tags": "", **more}


def test_nobody_gives_a_milestone_to_a_closed_account(
    milestone: Milestone, left: Person, office: Person, browser: Client
) -> None:
    with pytest.raises(InvalidChange) as refused:
        change_milestone(milestone, by=SYSTEM, now=NOW, owner=left)
    assert list(refused.value.fields) == ["owner"]
    with pytest.raises(InvalidChange):
        reassign_milestone(milestone, by=SYSTEM, now=NOW, owner=left, organisation=None)
    new = {name: getattr(milestone, name) for name in ("initiative", "phase", "planned_start_on", "due_on")}
    with pytest.raises(InvalidChange):
        create_milestone(by=SYSTEM, now=NOW, code="new", title_zh="新", title_en="New", owner=left, **new)
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    answer = browser.post(page, form_of(milestone, owner=left.pk))
    assert list(answer.context["adminform"].form.errors) == ["owner"]
    act = f"{reverse('admin:roadmap_milestone_act', args=['reassign'])}?ids={milestone.pk}"
    assert list(browser.post(act, {"owner": left.pk}).context["form"].errors) == ["owner", "__all__"]
    api = caller_for(office)
    tag = api.get(f"milestones/{milestone.pk}/").headers["ETag"]
    assert api.patch(f"milestones/{milestone.pk}/", {"owner": left.pk}, If_Match=tag).status_code == 422
    milestone.refresh_from_db()
    assert milestone.owner_id != left.pk


def test_whoever_owns_a_milestone_already_may_stay_when_the_account_closes(milestone: Milestone) -> None:
    Person.objects.filter(pk=milestone.owner_id).update(is_active=False)
    again = Milestone.objects.select_related("owner").get(pk=milestone.pk)
    assert change_milestone(again, by=SYSTEM, now=NOW, title_en="Renamed").title_en == "Renamed"


def test_nobody_leads_an_organisation_from_a_closed_account(left: Person, browser: Client) -> None:
    unit = {"name_zh": "单", "name_en": "Unit", "code": "unit", "provenance": "entered", "lead": left.pk}
    answer = browser.post(reverse("admin:roadmap_organisation_add"), unit)
    assert list(answer.context["adminform"].form.errors) == ["lead"]
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("lag", [-1, 1001, 32767, 3_000_000])
def test_a_lag_has_one_limit(lag: int, milestone: Milestone, browser: Client) -> None:
    other = make.make_milestone(milestone.initiative, milestone.phase)
    with pytest.raises(InvalidChange) as refused:
        link_milestones(other, milestone, by=SYSTEM, lag_working_days=lag)
    assert "lag_working_days" in refused.value.fields
    sent = {"predecessor": other.pk, "successor": milestone.pk, "lag_working_days": lag}
    answer = browser.post(reverse("admin:roadmap_dependency_add"), sent)
    assert list(answer.context["adminform"].form.errors) == ["lag_working_days"]
    link = reverse("admin:milestone_link", args=[milestone.pk])
    for button in ("_preview", "_do"):
        sent = {"way": "after", "other": other.pk, "lag_working_days": lag, button: ""}
        assert list(browser.post(link, sent).context["form"].errors) == ["lag_working_days"]
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    inline = {"predecessor": other.pk, "lag_working_days": lag}
    row = {f"predecessor_links-0-{name}": value for name, value in inline.items()}
    answer = browser.post(page, form_of(milestone, **row, **{"predecessor_links-TOTAL_FORMS": 1}))
    assert answer.status_code == 200
    assert not Dependency.objects.exists()


def test_a_due_date_on_a_day_off_or_after_the_gate_is_told_wherever_it_is_given(
    milestone: Milestone, browser: Client, office: Person
) -> None:
    told = [
        f"“{milestone.title_en}” is due on 2027-01-09: after the gate of its phase (2026-12-31)",
        f"“{milestone.title_en}” is due on 2027-01-09: not a working day",
    ]
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    answer = browser.post(page, form_of(milestone, due_on="2027-01-09", reason="Later."), follow=True)
    assert [str(one) for one in answer.context["messages"] if one.level_tag == "warning"] == told
    api = caller_for(office)
    warned = [
        {"code": code, "text": text} for code, text in zip(("due_after_gate", "due_on_day_off"), told, strict=True)
    ]
    assert api.get(f"milestones/{milestone.pk}/").json()["warnings"] == warned
    Milestone.objects.update(due_on="2026-12-31")
    assert api.get(f"milestones/{milestone.pk}/").json()["warnings"] == []
    moved = api.post(
        f"milestones/{milestone.pk}/reschedule/", {"due_on": "2027-01-09", "reason": "Later."}, If_Match="*"
    )
    assert (moved.status_code, moved.json()["warnings"]) == (200, warned)
    Milestone.objects.update(due_on="2026-12-31")
    prefix = f"row-{milestone.pk}"
    sent = {"row": milestone.pk, f"{prefix}-planned_start_on": "2026-01-01", f"{prefix}-due_on": "2027-01-09"}
    sent |= {f"{prefix}-weight": "1", f"{prefix}-tags": "", "reason": "Later."}
    answer = browser.post(reverse("admin:milestone_table"), sent, follow=True)
    assert [str(one) for one in answer.context["messages"] if one.level_tag == "warning"] == told


@pytest.mark.parametrize(
    ("weight", "is_taken"), [("999999.99", True), ("1000000", False), ("1.005", False), ("-1", False)]
)
def test_a_weight_has_one_limit(
    weight: str, is_taken: bool, milestone: Milestone, browser: Client, office: Person
) -> None:
    act = f"{reverse('admin:roadmap_milestone_act', args=['weigh'])}?ids={milestone.pk}"
    assert (browser.post(act, {"how": "set", "number": weight}).status_code == 302) == is_taken
    answer = caller_for(office).patch(f"milestones/{milestone.pk}/", {"weight": float(weight)}, If_Match="*")
    assert (answer.status_code == 200) == is_taken
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    milestone.refresh_from_db()
    assert (browser.post(page, form_of(milestone, weight=weight)).status_code == 302) == is_taken


def test_what_is_open_is_forecast_for_no_day_before_the_reports(
    milestone: Milestone, browser: Client, office: Person
) -> None:
    api, page = caller_for(office), reverse("admin:roadmap_progressupdate_add")
    for percent, on, forecast, is_taken in (
        (40, "2026-11-20", "2026-11-19", False),
        (40, "2026-11-20", "2026-11-20", True),
        (40, "2026-11-20", None, True),
        (100, "2026-11-20", "2026-11-19", True),  # done since
    ):
        said = {"percent_complete": percent, "reported_on": on, "forecast_on": forecast}
        one = api.post(f"milestones/{milestone.pk}/progress-updates/", said)
        many = api.post("progress-updates/bulk/", {"items": [{**said, "milestone": milestone.pk}]})
        assert [one.status_code, many.status_code] == ([201, 201] if is_taken else [422, 422]), said
        if not is_taken:
            assert [error["pointer"] for error in one.json()["errors"]] == ["#/forecast_on"]
            sent = {**said, "milestone": milestone.pk, "confidence": "green"}
            assert list(browser.post(page, sent).context["adminform"].form.errors) == ["forecast_on"]
