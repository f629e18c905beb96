"""One's own leave on the website: entered, changed, taken back; nobody else's is there."""

from datetime import date

import pytest
from django.test import Client

from roadmap.models import Leave, Person
from roadmap.vocabulary import Door
from tests import factories as make
from tests.web.own.test_my_mail import HERE, reader, words  # noqa: F401 (a fixture)
from tests.web.rows import Frame

pytestmark = pytest.mark.django_db
DAYS = {"from_on": "2026-10-05", "until_on": "2026-10-09"}


def test_leave_is_entered_changed_and_taken_back(english: Client, frame: Frame, reader: Person) -> None:  # noqa: F811
    deputy = make.make_person(full_name="Deng", organisation=frame.organisation)
    make.make_person(full_name="Elsewhere", organisation=make.make_organisation())
    page = english.get("/my-mail/leave/new/").content.decode()
    assert ("Deng" in page, "Elsewhere" in page) == (True, False)
    answer = english.post("/my-mail/leave/new/", {**DAYS, "deputy": deputy.pk, "digests_pause": "on"})
    assert answer["Location"] == "/my-mail/#leave"
    leave = Leave.objects.get()
    assert (leave.person, leave.deputy, leave.from_on) == (reader, deputy, date(2026, 10, 5))
    assert "5 October 2026 to 9 October 2026 Deng stands in for you. Your digests pause." in words(english)
    english.post(f"/my-mail/leave/{leave.pk}/", {**DAYS, "until_on": "2026-10-10", "deputy": deputy.pk})
    assert "10 October 2026 Deng stands in for you. Your digests are sent as usual." in words(english)
    english.force_login(deputy)
    assert "You stand in for" in words(english)
    assert english.get(f"/my-mail/leave/{leave.pk}/").status_code == 404
    english.post(f"/my-mail/leave/{leave.pk}/end/")
    assert Leave.objects.exists()
    english.force_login(reader)
    assert english.post(f"/my-mail/leave/{leave.pk}/end/")["Location"] == "/my-mail/#leave"
    assert not Leave.objects.exists()
    assert set(Leave.history.values_list("history_user", "door")) == {(reader.pk, Door.WEB)}


def test_leave_that_makes_no_sense_is_told_at_its_field(english: Client, frame: Frame, reader: Person) -> None:  # noqa: F811
    deputy = make.make_person(organisation=frame.organisation)
    Leave.objects.create(person=reader, deputy=deputy, from_on=date(2026, 10, 1), until_on=date(2026, 10, 6))
    answer = english.post("/my-mail/leave/new/", {**DAYS, "deputy": deputy.pk})
    assert answer.status_code == 422
    assert "Another leave of this person covers some of these days." in answer.content.decode()
    assert english.post("/my-mail/leave/new/", {**DAYS, "deputy": reader.pk}).status_code == 422
    assert english.get(HERE).status_code == 200
    assert Leave.objects.count() == 1
