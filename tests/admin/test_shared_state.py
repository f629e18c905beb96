"""Pages of the administration are made by many threads at once: nothing of one request stands where others find it."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import cycle
from threading import Barrier
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from roadmap.models import Milestone, Organisation, Person
from tests import factories as make

LIST = "admin:roadmap_milestone_changelist"


@pytest.mark.django_db
def test_no_request_leaves_anything_on_a_page_that_all_threads_share(browser: Client, office: Person) -> None:
    milestone = make.make_milestone(organisation=make.make_organisation())
    before = {one: copy(vars(one)) for one in admin.site._registry.values()}
    declared = {
        (one, name): (field, copy(vars(field)))
        for one in before
        for name, field in one.form.declared_fields.items()  # type: ignore[attr-defined]
    }
    for model, page in admin.site._registry.items():
        name = model._meta.model_name
        assert browser.get(reverse(f"admin:roadmap_{name}_changelist")).status_code == 200
        request = RequestFactory().get("/")
        request.user = office
        if page.has_add_permission(request):
            assert browser.get(reverse(f"admin:roadmap_{name}_add")).status_code == 200
    for row in (milestone, milestone.organisation, milestone.phase):
        address = reverse(f"admin:roadmap_{row._meta.model_name}_change", args=[row.pk])
        assert browser.get(address).status_code == 200
    assert {one: vars(one) for one in before} == before
    assert {key: (field, vars(field)) for key, (field, _was) in declared.items()} == declared


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_threads_each_see_the_state_of_their_own_entry(office: Person, enter: Any, filled: Any) -> None:
    rows: list[Any] = [make.make_organisation(), make.make_organisation(), make.make_milestone(version=7)]
    for row in rows[:2]:
        row.save()
    first, second = (Organisation.history.filter(id=row.pk).latest("history_id").history_id for row in rows[:2])
    browsers, start = [enter(office) for _row in rows], Barrier(len(rows))

    def marks_of(number: int) -> set[str]:
        row = rows[number]
        address = reverse(f"admin:roadmap_{row._meta.model_name}_change", args=[row.pk])
        start.wait()
        try:
            return {filled(browsers[number].get(address))["seen"] for _time in range(8)}
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rows)) as threads:
        assert list(threads.map(marks_of, range(len(rows)))) == [{str(first)}, {str(second)}, {"7"}]


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["abc", "9" * 5000, "-1", "²", "1.5"])
def test_a_mark_that_no_page_has_sent_is_a_bad_request(mark: str, browser: Client, filled: Any) -> None:
    milestone = make.make_milestone(organisation=make.make_organisation())
    sent: dict[str, Any]
    for row in (milestone, milestone.organisation):
        page = reverse(f"admin:roadmap_{row._meta.model_name}_change", args=[row.pk])
        sent = filled(browser.get(page)) | {"seen": mark, "title_en": "New", "name_en": "New", "reason": "Because."}
        assert browser.post(page, sent).status_code == 400
    act = f"{reverse('admin:roadmap_milestone_act', args=['cancel'])}?ids={milestone.pk}"
    assert browser.post(act, {"reason": "Merged.", f"version-{milestone.pk}": mark}).status_code == 400
    table = reverse("admin:milestone_table")
    assert browser.post(table, {"row": milestone.pk, f"version-{milestone.pk}": mark}).status_code == 400
    assert Milestone.objects.get().version == 1


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["abc", "9" * 5000, "-1"])
def test_a_chosen_row_that_no_list_has_shown_is_a_bad_request(chosen: str, browser: Client) -> None:
    make.make_milestone()
    sent = {"action": "export_csv", "_selected_action": chosen}
    assert browser.post(reverse(LIST), sent).status_code == 400


@pytest.mark.everything
@pytest.mark.django_db
def test_hidden_fields_of_forms_never_break_a_page(browser: Client, filled: Any) -> None:
    milestone = make.make_milestone()
    make.make_deliverable(milestone)
    page = reverse("admin:roadmap_milestone_change", args=[milestone.pk])
    sent = filled(browser.get(page))
    technical = [name for name in sent if name.endswith(("_FORMS", "-id", "-milestone", "-seen"))]
    assert len(technical) > 8
    wrong = cycle(["abc", "9" * 5000, "-1", "\x00"])
    answers = {name: browser.post(page, {**sent, "title_en": "N", name: next(wrong)}).status_code for name in technical}
    assert {name for name, code in answers.items() if code >= 500} == set()
