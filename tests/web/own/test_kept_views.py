"""Views of the list of milestones that people keep on the website: saved, shown, shared by address, removed."""

import re

import pytest
from django.test import Client

from roadmap.editing.views import MOST_VIEWS, save_view
from roadmap.models import SavedView
from roadmap.models.history import Actor
from roadmap.vocabulary import Door, ViewPlace
from tests import factories as make
from tests.web.rows import Frame, make_milestone
from tests.web.test_overview import page

pytestmark = pytest.mark.django_db
VIEW = "/milestones/?columns=owner&sort=-due&state=late"


def chips(client: Client, address: str) -> list[str]:
    html = client.get(address).content.decode()
    found = re.search(r'<nav class="views".*?</nav>', html, re.DOTALL)
    return re.findall(r'<a href="([^"]+)"', found[0].replace("&amp;", "&")) if found else []


def test_view_is_saved_shown_replaced_and_removed_by_its_person_alone(frame: Frame, english: Client) -> None:
    make_milestone(frame)
    assert chips(english, VIEW) == []  # of nobody
    english.force_login(frame.owner)
    new = "/my-views/new/?columns=owner&sort=-due&state=late"
    assert chips(english, VIEW) == [new]
    assert "only you see it" in page(english, new)
    assert english.post(new, {"name": "Late ones"}).headers["Location"] == VIEW
    view = SavedView.objects.get()
    assert (view.person, view.place, view.history.get().door) == (frame.owner, ViewPlace.SITE, Door.WEB)
    assert chips(english, "/milestones/") == [VIEW]
    assert 'aria-current="page">Late ones</a>' in english.get(f"{VIEW}&page=1").content.decode()
    assert english.post("/my-views/new/?state=open", {"name": "Late ones"}).status_code == 302
    assert SavedView.objects.get().query == "state=open"
    other = Client()
    other.force_login(make.make_person())
    assert chips(other, "/milestones/") == []
    other.post(f"/my-views/{view.pk}/end/")
    assert SavedView.objects.count() == 1
    assert english.post(f"/my-views/{view.pk}/end/").headers["Location"] == "/milestones/"
    assert not SavedView.objects.exists()


def test_copy_of_the_list_is_made_anew_when_a_view_is_saved(frame: Frame, english: Client) -> None:
    english.force_login(frame.owner)
    first = english.get("/milestones/")
    save_view(frame.owner, by=Actor(person=frame.owner, door=Door.WEB), name="Mine", query="q=a", place=ViewPlace.SITE)
    again = english.get("/milestones/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, "Mine" in again.content.decode()) == (200, True)


def test_views_of_the_administration_are_told_apart(frame: Frame, english: Client) -> None:
    actor = Actor(person=frame.owner, door=Door.ADMIN)
    save_view(frame.owner, by=actor, name="Same", query="standing=late")
    save_view(frame.owner, by=actor, name="Same", query="state=late", place=ViewPlace.SITE)
    english.force_login(frame.owner)
    assert chips(english, "/milestones/") == ["/milestones/?state=late"]


def test_view_that_cant_be_saved_says_why(frame: Frame, english: Client) -> None:
    english.force_login(frame.owner)
    assert english.get("/my-views/new/").status_code == 404
    assert english.post("/my-views/new/?q=a", {"name": ""}).status_code == 422
    actor = Actor(person=frame.owner, door=Door.WEB)
    for number in range(MOST_VIEWS):
        save_view(frame.owner, by=actor, name=f"v{number}", query="q=a", place=ViewPlace.SITE)
    full = english.post("/my-views/new/?q=a", {"name": "one more"})
    assert (full.status_code, "remove one first" in full.content.decode()) == (422, True)
