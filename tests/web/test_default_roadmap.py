"""The roadmap that is shown where none is named is chosen, and stays whatever is added beside it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from roadmap.editing.default_roadmap import show_first
from roadmap.editing.entries import create_entry
from roadmap.errors import NotAllowed
from roadmap.models import Roadmap
from roadmap.models.history import SYSTEM, Actor
from roadmap.vocabulary import Door
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

GIVEN = {"title_zh": "路", "starts_on": "2026-01-01", "provenance": "entered"}


@pytest.fixture
def two(db: None) -> list[Roadmap]:
    """The second comes earlier in the alphabet."""
    codes = ("smart", "another")
    return [create_entry(Roadmap, by=SYSTEM, **GIVEN, code=code, title_en=code.title()) for code in codes]


def shown(client: Client, name: str = "web:overview") -> Any:
    return client.get(reverse(name)).context["frame"].roadmap.code


def test_a_second_roadmap_takes_nobodys_place(two: list[Roadmap], client: Client) -> None:
    pages = ["web:overview", "web:milestones", "web:timeline", "web:organisations"]
    assert [shown(client, page) for page in pages] == ["smart"] * 4
    assert [(one.code, one.is_default) for one in Roadmap.objects.all()] == [("smart", True), ("another", False)]
    entries = client.get("/api/v1/roadmaps/").json()["results"]
    assert {one["code"]: one["is_default"] for one in entries} == {"smart": True, "another": False}


@pytest.mark.both_databases("roadmap.editing.default_roadmap")
def test_the_office_chooses_another_and_the_history_tells(two: list[Roadmap], client: Client) -> None:
    office = make.make_office_person(language="en")
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(office)
    page = browser.get(reverse("admin:roadmap_roadmap_change", args=[two[1].pk])).content.decode()
    address = reverse("admin:roadmap_roadmap_show_this_first", args=[two[1].pk])
    assert address in page
    assert shown(client) == "smart"
    assert browser.post(address, {"reason": "It begins."}).status_code == 302
    assert shown(client) == "another"
    told = {one.code: one.history.first() for one in Roadmap.objects.all()}
    assert {(code, row.is_default, row.history_change_reason, row.door) for code, row in told.items()} == {
        ("smart", False, "It begins.", Door.ADMIN),
        ("another", True, "It begins.", Door.ADMIN),
    }
    assert address not in browser.get(reverse("admin:roadmap_roadmap_change", args=[two[1].pk])).content.decode()


def test_only_the_office_chooses(two: list[Roadmap]) -> None:
    with pytest.raises(NotAllowed):
        show_first(two[1], by=Actor(make.make_person(), Door.ADMIN))
    assert Roadmap.objects.get(is_default=True) == two[0]


def test_there_is_one_default_at_most(two: list[Roadmap]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Roadmap.objects.filter(code="another").update(is_default=True)


def test_roadmaps_that_nobody_chose_stand_in_the_order_of_their_making(client: Client) -> None:
    make.make_roadmap(code="zebra")
    make.make_roadmap(code="aardvark")
    assert shown(client) == "zebra"
