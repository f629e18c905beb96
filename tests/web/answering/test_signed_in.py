"""The same answers from the milestone's page, by whoever is signed in."""

from datetime import date

import pytest
from django.test import Client

from roadmap.editing.milestones import complete_milestone
from roadmap.models import Acknowledgement, Answer, ProgressUpdate
from roadmap.models.history import SYSTEM
from roadmap.vocabulary import Door
from tests import factories as make
from tests.web.answering.conftest import Link
from tests.web.answering.test_answers import KEY, NOW, words

pytestmark = pytest.mark.django_db
ADDRESS = "/milestones/gate/answer/"


def test_owner_answers_from_the_milestones_page(english: Client, link: Link) -> None:
    english.force_login(link.person)
    assert f'href="{ADDRESS}"' in english.get("/milestones/gate/").content.decode()
    leads_to = english.post(ADDRESS, {"act": "track", "form_key": KEY, "percent": "60"})["Location"]
    update = ProgressUpdate.objects.latest("pk")
    assert (update.percent_complete, update.reported_by, update.door) == (60, link.person, Door.WEB)
    assert (Acknowledgement.objects.get().door, Answer.objects.get().door) == (Door.WEB, Door.WEB)
    assert leads_to == f"{ADDRESS}{Answer.objects.get().pk}/"
    assert "Recorded: On track" in words(english, leads_to)
    assert "About this link" not in words(english, ADDRESS)


def test_reader_who_is_not_signed_in_is_sent_to_do_so(english: Client, link: Link) -> None:
    assert f'href="{ADDRESS}"' not in english.get("/milestones/gate/").content.decode()
    for method in (english.get, english.post):
        assert method(ADDRESS)["Location"] == f"/sign-in/?next={ADDRESS}"
    assert Acknowledgement.objects.count() == 0


def test_who_does_not_answer_for_it_is_not_offered_to_and_refused(english: Client, link: Link) -> None:
    english.force_login(make.make_person(role="observer"))
    assert f'href="{ADDRESS}"' not in english.get("/milestones/gate/").content.decode()
    refused = english.post(ADDRESS, {"act": "track", "form_key": KEY})
    assert (refused.status_code, Acknowledgement.objects.count()) == (403, 0)


def test_past_days_closed_milestones_and_unknown_ones_offer_nothing(english: Client, link: Link) -> None:
    english.force_login(link.person)
    assert ADDRESS not in english.get(f"/milestones/gate/?as_of={date(2026, 9, 1)}").content.decode()
    complete_milestone(link.milestone, by=SYSTEM, now=NOW)
    assert ADDRESS not in english.get("/milestones/gate/").content.decode()
    assert [english.get(ADDRESS).status_code, english.get("/milestones/none/answer/").status_code] == [410, 404]


def test_answer_of_another_person_is_not_shown(english: Client, link: Link) -> None:
    english.force_login(link.person)
    leads_to = english.post(ADDRESS, {"act": "track", "form_key": KEY})["Location"]
    english.force_login(make.make_office_person())
    assert english.get(leads_to).status_code == 404
