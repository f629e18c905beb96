"""Forms of the administration that no page of it would send, or ask for: bad requests, before any work is done."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from roadmap.models import Leave, Milestone, Person, Watch
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]


def add_page(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def test_a_new_entry_is_not_filled_with_what_its_fields_cannot_have(
    browser: Client, office: Person, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = office
    pages = [model for model, page in admin.site._registry.items() if page.has_add_permission(request)]
    tried = [
        f"{add_page(model)}?{field.name}={value}"
        for model in pages
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        for value in ("abc", "²")
    ]
    assert len(tried) > 20
    assert [address for address in tried if browser.get(address).status_code != 400] == []


@pytest.mark.parametrize("query", ["due_on=abc", "weight=abc", "owner=1,2", "due_on=2026-02-30"])
def test_a_milestone_is_not_filled_with_what_it_cannot_have(query: str, browser: Client) -> None:
    assert browser.get(f"{add_page(Milestone)}?{query}").status_code == 400


def test_a_new_entry_is_filled_from_its_address(browser: Client) -> None:
    milestone, person = make.make_milestone(), make.make_person(full_name="Named in the address")
    for model, query in (
        (Milestone, f"owner={person.pk}&due_on=2026-11-30&phase={milestone.phase_id}&title_en=x"),
        (Leave, f"deputy={person.pk}&from_on=2026-11-30&until_on="),
        (Watch, f"person={person.pk}&milestone={milestone.pk}"),
    ):
        assert "Named in the address" in browser.get(f"{add_page(model)}?{query}").content.decode()
    assert browser.get(f"{add_page(Milestone)}?owner={10**30}").status_code < 500


@pytest.mark.parametrize(
    "told", [{"evidence": "1000"}, {"evidence": "9" * 3000}, {"evidence": "5", "deliverables": "5"}], ids=str
)
def test_a_form_has_no_more_rows_than_it_sends_fields(told: dict[str, Any], browser: Client) -> None:
    address = reverse("admin:roadmap_milestone_change", args=[make.make_milestone().pk])
    form = {f"{prefix}-TOTAL_FORMS": number for prefix, number in told.items()}
    assert browser.post(address, form).status_code == 400
