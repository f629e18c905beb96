"""The form of a milestone: refusals come back on their field, stale edits are told, the rows below are acts."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.models import Deliverable, Dependency, Evidence, Milestone, Person, ProgressUpdate
from roadmap.vocabulary import Door, MilestoneStatus, Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def milestone(db: None) -> Milestone:
    return make.make_milestone()


def page_of(milestone: Milestone) -> str:
    return reverse("admin:roadmap_milestone_change", args=[milestone.pk])


def errors_of(response: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def test_a_change_is_kept_with_who_why_and_door(milestone: Milestone, browser: Client, office: Person, filled: Any):
    sent = {**filled(browser.get(page_of(milestone))), "weight": "3.5", "reason": "It is worth more."}
    assert browser.post(page_of(milestone), sent).status_code == 302
    milestone.refresh_from_db()
    newest = milestone.history.first()
    assert (milestone.weight, milestone.version) == (Decimal("3.5"), 2)
    assert (newest.history_user, newest.history_change_reason, newest.door) == (
        office,
        "It is worth more.",
        Door.ADMIN,
    )


def test_a_date_moves_only_with_a_reason(milestone: Milestone, browser: Client, filled: Any):
    sent = {**filled(browser.get(page_of(milestone))), "due_on": "2027-03-31"}
    response = browser.post(page_of(milestone), sent)
    assert errors_of(response) == {"reason": ["A date changes: give the reason; it is kept."]}
    assert browser.post(page_of(milestone), {**sent, "reason": "Late start."}).status_code == 302
    milestone.refresh_from_db()
    assert milestone.due_on == date(2027, 3, 31)


def test_a_refusal_of_the_act_stands_on_its_field_and_loses_nothing(milestone: Milestone, browser: Client, filled: Any):
    foreign = make.make_phase(make.make_roadmap())
    sent = {**filled(browser.get(page_of(milestone))), "phase": str(foreign.pk), "title_en": "Kept"}
    response = browser.post(page_of(milestone), sent)
    assert errors_of(response) == {"phase": ["This belongs to another roadmap."]}
    assert filled(response)["title_en"] == "Kept"
    milestone.refresh_from_db()
    assert (milestone.version, milestone.title_en == "Kept") == (1, False)


def test_a_refused_row_takes_everything_of_the_form_back(milestone: Milestone, browser: Client, filled: Any):
    sent = {
        **filled(browser.get(page_of(milestone))),
        "weight": "9",
        "progress_updates-0-percent_complete": "50",
        "progress_updates-0-reported_on": "2030-01-01",
    }
    response = browser.post(page_of(milestone), sent)
    row = response.context["inline_admin_formsets"][0].formset.forms[0]
    assert row.errors == {"reported_on": ["A report can't be about a day in the future."]}
    milestone.refresh_from_db()
    assert (milestone.weight, ProgressUpdate.objects.count()) == (Decimal(1), 0)


def test_a_stale_edit_is_told_and_nothing_is_overwritten(milestone: Milestone, browser: Client, filled: Any):
    """Both change the weight, the other one also the English title; saving again keeps that title."""
    seen = filled(browser.get(page_of(milestone)))
    theirs = {**seen, "weight": "5", "title_en": "Theirs", "reason": "first"}
    assert browser.post(page_of(milestone), theirs).status_code == 302
    response = browser.post(page_of(milestone), {**seen, "weight": "7", "title_zh": "我的", "reason": "second"})
    assert response.status_code == 200
    told = {(one.label, one.before, one.now, one.mine) for one in response.context["meanwhile"]}
    assert told == {("weight", "1", "5", "7"), ("title (English)", seen["title_en"], "Theirs", None)}
    milestone.refresh_from_db()
    assert (milestone.weight, milestone.title_en, milestone.version) == (Decimal(5), "Theirs", 2)
    again = filled(response)
    assert (again["weight"], again["title_zh"], again["title_en"], again["seen"]) == ("7", "我的", "Theirs", "2")
    assert browser.post(page_of(milestone), again).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.weight, milestone.title_zh, milestone.title_en) == (Decimal(7), "我的", "Theirs")


def test_a_stale_edit_of_a_row_below_is_told_too(milestone: Milestone, browser: Client, filled: Any):
    item = make.make_deliverable(milestone)
    seen = filled(browser.get(page_of(milestone)))
    assert browser.post(page_of(milestone), {**seen, "deliverables-0-weight": "2"}).status_code == 302
    response = browser.post(page_of(milestone), {**seen, "deliverables-0-weight": "3"})
    assert [(one.label, one.before, one.now, one.mine) for one in response.context["meanwhile"]] == [
        ("weight", "1", "2", "3")
    ]
    item.refresh_from_db()
    assert item.weight == 2
    assert browser.post(page_of(milestone), filled(response)).status_code == 302
    item.refresh_from_db()
    assert item.weight == 3


@pytest.mark.both_databases("roadmap.admin.base")
def test_a_stale_edit_of_an_entry_is_told_too(browser: Client, filled: Any):
    pillar = make.make_pillar(make.make_roadmap())
    page = reverse("admin:roadmap_pillar_change", args=[pillar.pk])
    seen = filled(browser.get(page))
    assert browser.post(page, {**seen, "position": "4"}).status_code == 302
    seen = filled(browser.get(page))
    assert browser.post(page, {**seen, "position": "5"}).status_code == 302
    response = browser.post(page, {**seen, "position": "6"})
    assert [(one.label, one.before, one.now, one.mine) for one in response.context["meanwhile"]] == [
        ("position", "4", "5", "6")
    ]
    pillar.refresh_from_db()
    assert pillar.position == 5


def test_a_report_from_an_old_form_is_not_lost(milestone: Milestone, browser: Client, office: Person, filled: Any):
    seen = filled(browser.get(page_of(milestone)))
    browser.post(page_of(milestone), {**seen, "weight": "5"})
    sent = {**filled(browser.get(page_of(milestone))), "seen": "1", "progress_updates-0-percent_complete": "35"}
    assert browser.post(page_of(milestone), sent).status_code == 302
    update = ProgressUpdate.objects.get()
    assert (update.percent_complete, update.reported_on, update.reported_by, update.door) == (
        Decimal(35),
        date(2026, 11, 23),
        office,
        Door.ADMIN,
    )
    milestone.refresh_from_db()
    assert milestone.status == MilestoneStatus.ACTIVE


def test_the_rows_below_are_written_by_acts(milestone: Milestone, browser: Client, filled: Any):
    kept, dropped = make.make_deliverable(milestone), make.make_deliverable(milestone)
    before = make.make_milestone(milestone.initiative, milestone.phase)
    sent = filled(browser.get(page_of(milestone)))
    sent |= {
        "deliverables-TOTAL_FORMS": "3",
        "deliverables-0-done_on": "2026-11-20",
        "deliverables-1-DELETE": "on",
        "deliverables-2-title_zh": "新交付物",
        "deliverables-2-title_en": "New deliverable",
        "deliverables-2-weight": "2",
        "deliverables-2-position": "9",
        "evidence-TOTAL_FORMS": "1",
        "evidence-0-kind": "link",
        "evidence-0-title": "Report",
        "evidence-0-url": "https://example.org/report",
        "predecessor_links-TOTAL_FORMS": "1",
        "predecessor_links-0-predecessor": str(before.pk),
        "predecessor_links-0-lag_working_days": "2",
    }
    assert browser.post(page_of(milestone), sent).status_code == 302
    kept.refresh_from_db()
    assert kept.done_on == date(2026, 11, 20)
    assert list(Deliverable.objects.values_list("title_en", flat=True)) == [kept.title_en, "New deliverable"]
    assert Evidence.objects.get().url == "https://example.org/report"
    assert Dependency.objects.get().lag_working_days == 2
    doors = {
        row.door
        for model in (Deliverable, Evidence, Dependency)
        for row in model.history.all()
        if row.id != dropped.pk or row.history_type == "-"
        if row.history_type in "~-" or model is not Deliverable
    }
    assert doors == {Door.ADMIN}


def test_a_circle_is_refused_on_its_row(milestone: Milestone, browser: Client, filled: Any):
    after = make.make_milestone(milestone.initiative, milestone.phase)
    Dependency.objects.create(predecessor=milestone, successor=after)
    sent = {
        **filled(browser.get(page_of(milestone))),
        "predecessor_links-TOTAL_FORMS": "1",
        "predecessor_links-0-predecessor": str(after.pk),
        "predecessor_links-0-lag_working_days": "0",
    }
    response = browser.post(page_of(milestone), sent)
    rows = [
        one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "predecessor_links"
    ]
    assert rows[0].forms[0].errors == {
        "predecessor": [f"That would make a circle of dependencies: {milestone} → {after} → {milestone}"]
    }


def test_who_may_only_report_finds_the_plan_read_only(milestone: Milestone, enter: Any, filled: Any):
    owner = make.make_person(role=Role.CONTRIBUTOR, is_staff=True)
    Milestone.objects.filter(pk=milestone.pk).update(owner=owner)
    browser = enter(owner)
    sent = filled(browser.get(page_of(milestone)))
    assert "due_on" not in sent
    sent |= {"due_on": "2030-01-01", "title_en": "Mine", "progress_updates-0-percent_complete": "20"}
    assert browser.post(page_of(milestone), sent).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.title_en == "Mine") == (date(2026, 12, 31), False)
    assert ProgressUpdate.objects.get().percent_complete == 20


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.AUDITOR, Role.VERIFIER, Role.CONTRIBUTOR, Role.LEAD])
def test_who_may_do_nothing_here_reads(role: Role, milestone: Milestone, enter: Any):
    browser = enter(make.make_person(role=role, is_staff=True, organisation=make.make_organisation()))
    page = browser.get(page_of(milestone))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert browser.post(page_of(milestone), {"title_en": "Mine"}).status_code == 403


def test_a_lead_edits_within_her_organisation_only(lead: Person, enter: Any, filled: Any):
    below = make.make_organisation(lead.organisation)
    hers, others = make.make_milestone(organisation=below), make.make_milestone(organisation=make.make_organisation())
    browser = enter(lead)
    sent = {**filled(browser.get(page_of(hers))), "title_en": "Hers"}
    assert browser.post(page_of(hers), sent).status_code == 302
    assert browser.post(page_of(others), sent).status_code == 403
    away = {**filled(browser.get(page_of(hers))), "organisation": str(others.organisation_id)}
    assert errors_of(browser.post(page_of(hers), away)) == {
        "__all__": ["You may edit milestones of your own organisation only, as its lead."]
    }


def test_who_is_not_staff_stays_outside(enter: Any, milestone: Milestone):
    browser = enter(make.make_person(role=Role.OFFICE))
    for page in ("admin:index", "admin:roadmap_milestone_changelist"):
        assert browser.get(reverse(page)).status_code == 302


def test_the_history_tells_who_when_what_why_and_door(
    milestone: Milestone, browser: Client, office: Person, filled: Any
):
    sent = {**filled(browser.get(page_of(milestone))), "weight": "4", "reason": "Counted anew."}
    browser.post(page_of(milestone), sent)
    page = browser.get(reverse("admin:roadmap_milestone_history", args=[milestone.pk]))
    newest = page.context["changes"][0]
    assert (newest.person, newest.door, newest.reason, newest.kind) == (
        str(office),
        "Administration",
        "Counted anew.",
        "~",
    )
    # the factory's row left no history: the first one tells everything that there was
    assert ("weight", "4") in [(one.label, one.after) for one in newest.differences]


def test_the_reason_stands_right_after_the_dates_that_do_not_move_without(
    milestone: Milestone, browser: Client, filled: Any
):
    names = [name for name in filled(browser.get(page_of(milestone))) if name in {"due_on", "reason", "weight"}]
    assert names == ["due_on", "reason", "weight"]


def test_what_is_refused_is_summed_up_above_the_form_with_the_way_to_each_field(
    milestone: Milestone, browser: Client, filled: Any
):
    """Of the form, of its rows, and of none of the fields; each link leads to an element that is there."""
    sent = {
        **filled(browser.get(page_of(milestone))),
        "due_on": "2027-03-31",
        "weight": "",
        "progress_updates-0-percent_complete": "half",
    }
    page = browser.post(page_of(milestone), sent).content.decode()
    summary = page[page.index('class="rm-panel rm-panel-error rm-errors"') : page.index('id="milestone_form"')]
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)
    assert [name for name, _text in links] == ["id_weight", "id_reason", "id_progress_updates-0-percent_complete"]
    assert links[1][1] == "Reason for the change: A date changes: give the reason; it is kept."
    assert 'role="alert" tabindex="-1" autofocus' in summary
    assert all(f'id="{name}"' in page for name, _text in links)
    assert "Please correct" not in page


def test_form_and_page_of_a_milestone_lead_to_each_other(milestone: Milestone, browser: Client):
    assert f'href="/milestones/{milestone.code}/"' in browser.get(page_of(milestone)).content.decode()
    assert f'href="{page_of(milestone)}"' in browser.get(f"/milestones/{milestone.code}/").content.decode()


@pytest.mark.parametrize(
    ("role", "is_staff", "is_offered"),
    [(Role.LEAD, True, True), (Role.LEAD, False, False), (Role.CONTRIBUTOR, True, False), (Role.OBSERVER, True, False)],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_edit_is_offered_on_the_page_to_whom_the_form_is_open(
    role: Role, is_staff: bool, is_offered: bool, is_own: bool, enter: Callable[[Person], Client]
):
    own = make.make_organisation()
    milestone = make.make_milestone(organisation=own if is_own else make.make_organisation())
    reader = make.make_person(role=role, is_staff=is_staff, organisation=own)
    page = enter(reader).get(f"/milestones/{milestone.code}/").content.decode()
    assert (page_of(milestone) in page) == (is_offered and is_own)


def test_deleting_stands_apart_from_saving(browser: Client):
    pillar = make.make_pillar(make.make_roadmap())
    page = browser.get(reverse("admin:roadmap_pillar_change", args=[pillar.pk])).content.decode()
    bar = page[page.index('id="submit-row"') :]
    delete = reverse("admin:roadmap_pillar_delete", args=[pillar.pk])
    assert (page.count(f'href="{delete}"'), delete in bar) == (1, False)


def test_a_baseline_starts_with_today_and_the_only_roadmap_and_asks_for_its_reason(
    milestone: Milestone, browser: Client, filled: Any
):
    here = reverse("admin:roadmap_baseline_add")
    first = filled(browser.get(here))
    assert (first["roadmap"], first["approved_on"]) == (str(milestone.initiative.roadmap_id), "2026-11-23")
    assert errors_of(browser.post(here, {**first, "name": "Approved"})) == {"reason": ["This field is required."]}
    make.make_roadmap()
    assert filled(browser.get(here))["roadmap"] == ""


ADD = "/admin/roadmap/milestone/add/"


def started(milestone: Milestone, browser: Client, filled: Any, **given: str) -> dict[str, str]:
    """A new milestone's form with what can't be left out, beside that one."""
    frame = {"initiative": str(milestone.initiative_id), "phase": str(milestone.phase_id)}
    days = {"planned_start_on": "2026-12-01", "due_on": "2026-12-31"}
    return {**filled(browser.get(ADD)), **frame, **days, **given}


@pytest.mark.parametrize(
    ("titles", "code"),
    [
        ({"title_zh": "竣工验收"}, "review-1"),
        ({"title_en": "Final acceptance"}, "final-acceptance"),
        ({"title_en": "Final acceptance", "code": "own"}, "own"),
        ({"title_en": "x " * 149}, "-".join("x" * 37)),
    ],
)
def test_one_title_is_enough_for_a_new_milestone_and_a_code_is_made(
    titles: dict[str, str], code: str, browser: Client, filled: Any
):
    """It is shown in both languages, and marked in the list and on its form until the other title is there."""
    roadmap = make.make_roadmap()
    beside = make.make_milestone(make.make_initiative(make.make_pillar(roadmap), code="review"))
    assert browser.post(ADD, started(beside, browser, filled, **titles)).status_code == 302
    made = Milestone.objects.exclude(pk=beside.pk).get()
    title = next(iter(titles.values())).strip()
    assert (made.code, made.title) == (code, title)
    missing = "title (English)" if made.title_zh else "title (Chinese)"
    marked = f'<span class="rm-mark rm-amber">missing: {missing}</span>'
    assert browser.get(reverse("admin:roadmap_milestone_changelist")).content.decode().count(marked) == 1
    assert f'<span class="rm-mark rm-amber">{missing}</span>' in browser.get(page_of(made)).content.decode()
    only = browser.get(reverse("admin:roadmap_milestone_changelist"), {"standing": "untitled"})
    assert list(only.context["cl"].result_list) == [made]
    assert browser.get(f"/milestones/{made.code}/").status_code == 200


def test_a_milestone_without_any_title_is_refused(milestone: Milestone, browser: Client, filled: Any):
    response = browser.post(ADD, started(milestone, browser, filled))
    assert errors_of(response) == {"__all__": ["Give a title in at least one language."]}
    assert Milestone.objects.count() == 1


def test_a_new_milestone_is_of_its_owners_organisation_and_the_message_leads_to_it(
    milestone: Milestone, browser: Client, filled: Any
):
    own, other = make.make_organisation(), make.make_organisation()
    owner = make.make_person(organisation=own)
    sent = started(milestone, browser, filled, title_en="One", owner=str(owner.pk))
    page = browser.post(ADD, sent, follow=True).content.decode()
    made = Milestone.objects.get(title_en="One")
    assert (made.organisation, f'<a href="{page_of(made)}">One</a>' in page) == (own, True)
    chosen = started(milestone, browser, filled, title_en="Two", owner=str(owner.pk), organisation=str(other.pk))
    browser.post(ADD, chosen)
    assert Milestone.objects.get(title_en="Two").organisation == other
