"""Who enters the administration sees the people of the own branch; those of others nowhere in it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from roadmap.editing.entries import change_entry
from roadmap.models import Person
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Role
from tests import factories as make

pytestmark = pytest.mark.django_db
SECRETLY = "secret.address@example.org"
NARROW = [role for role in Role if role not in {Role.OFFICE, Role.AUDITOR}]


@dataclass(frozen=True)
class Branches:
    """An organisation, one below it and one beside it, each with a person."""

    own: Person
    below: Person
    foreign: Person


@pytest.fixture
def branches(db: None) -> Branches:
    top = make.make_organisation(code="top")
    own = make.make_organisation(top, code="own")
    people = [
        make.make_person(organisation=organisation, username=name, full_name=name, email=f"{name}@example.org")
        for organisation, name in ((own, "near"), (make.make_organisation(own, code="low"), "lower"), (top, "afar"))
    ]
    foreign = people[-1]
    change_entry(foreign, by=SYSTEM, email=SECRETLY)
    return Branches(*people)


def pages_of(person: Person) -> list[str]:
    return [reverse(f"admin:roadmap_person_{page}", args=[person.pk]) for page in ("change", "history", "password")]


def choices(client: Client, term: str, model: str = "milestone", field: str = "owner") -> list[str]:
    asked = {"app_label": "roadmap", "model_name": model, "field_name": field, "term": term}
    return [one["text"] for one in client.get(reverse("admin:autocomplete"), asked).json()["results"]]


@pytest.mark.parametrize("role", NARROW)
def test_people_of_other_branches_are_nowhere(role: Role, branches: Branches, enter: Callable[[Person], Client]):
    reader = make.make_person(role=role, is_staff=True, organisation=branches.own.organisation, full_name="reader")
    client = enter(reader)
    listed = client.get(reverse("admin:roadmap_person_changelist"))
    assert sorted(person.full_name for person in listed.context["cl"].result_list) == ["lower", "near", "reader"]
    for page in pages_of(branches.foreign):
        answer = client.get(page, follow=True)
        assert SECRETLY not in answer.content.decode()
        assert answer.status_code in {200, 404}
    assert client.get(pages_of(branches.foreign)[0]).status_code == 302
    assert client.get(pages_of(branches.own)[0]).status_code == 200
    found = client.get(reverse("admin:search"), {"s": "afar", "extended": "1"}).content.decode()
    assert "afar" not in found
    for term in ("afar", SECRETLY[:10]):
        assert choices(client, term) == []
        assert choices(client, term, "leave", "deputy") == []
        assert choices(client, term, "organisation", "lead") == []
    assert choices(client, "near") == ["near"]
    for page in ("", "?q=secret", f"?organisation__id__exact={branches.foreign.organisation_id}", "?all="):
        assert SECRETLY not in client.get(f"{reverse('admin:roadmap_person_changelist')}{page}").content.decode()


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_office_and_auditors_see_everybody(role: Role, branches: Branches, enter: Callable[[Person], Client]):
    client = enter(make.make_person(role=role, is_staff=True))
    assert [client.get(page).status_code for page in pages_of(branches.foreign)[:2]] == [200, 200]
    assert choices(client, "afar") == ["afar"]


def test_whoever_belongs_nowhere_sees_themselves(branches: Branches, enter: Callable[[Person], Client]):
    reader = make.make_person(role=Role.CONTRIBUTOR, is_staff=True, organisation=None)
    listed = enter(reader).get(reverse("admin:roadmap_person_changelist"))
    assert list(listed.context["cl"].result_list) == [reader]


def test_the_name_by_which_somebody_signs_in_is_their_branchs_to_know(
    branches: Branches, enter: Callable[[Person], Client]
):
    nameless = make.make_person(full_name="", username="afar@example.org", organisation=branches.foreign.organisation)
    milestone = make.make_milestone(owner=nameless, organisation=nameless.organisation)
    make.make_update(milestone, 40, milestone.planned_start_on, reported_by=nameless)
    change_entry(nameless.organisation, by=SYSTEM, lead=nameless)
    pages = [
        "/admin/",
        *(f"/admin/roadmap/{model}/" for model in ("milestone", "organisation", "progressupdate")),
        *(f"/admin/roadmap/milestone/{milestone.pk}/{page}/" for page in ("change", "history")),
        f"/admin/roadmap/organisation/{nameless.organisation_id}/history/",
    ]
    reader = make.make_person(role=Role.LEAD, is_staff=True, organisation=branches.own.organisation)
    for page in pages:
        answer = enter(reader).get(page)
        assert (page, answer.status_code) == (page, 200)
        assert "afar@example.org" not in answer.content.decode(), page
    listed = enter(make.make_office_person()).get("/admin/roadmap/person/").content.decode()
    assert "afar@example.org" in listed
