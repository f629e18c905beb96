"""Requests sent again under their key: done once, answered alike. Real races: tests/journeys."""

from datetime import timedelta

import pytest

from roadmap import tasks
from roadmap.editing.repeats import LEASE
from roadmap.models import Milestone, ProgressUpdate, RepeatableRequest
from tests import factories as make
from tests.api.conftest import NOW, caller_for

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
BODY = {"milestone": "m-1", "percent_complete": 5}


@pytest.mark.both_databases("roadmap.editing.repeats")
def test_same_request_is_done_once_and_answered_alike(office, milestone):
    first, again = (office.post("progress-updates/", BODY, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    for name in ("Content-Type", "Location"):
        assert first.headers[name] == again.headers[name]
    assert ProgressUpdate.objects.count() == 1
    office.post("progress-updates/", BODY)
    assert ProgressUpdate.objects.count() == 2


def test_act_done_once_shows_its_milestone_with_the_same_tag(office, milestone):
    address = f"milestones/{milestone.pk}/complete/"
    seen = office.get(f"milestones/{milestone.pk}/").headers["ETag"]
    first, again = (office.post(address, {}, Idempotency_Key='"k"', If_Match=seen) for _ in range(2))
    assert (first.status_code, again.status_code, first.headers["ETag"]) == (200, 200, again.headers["ETag"])
    assert Milestone.objects.get(pk=milestone.pk).version == 2
    other = office.post(address, {}, Idempotency_Key="k", If_Match="*")
    assert (other.status_code, other.json()["type"].split("/")[-2]) == (422, "key-reused")


def test_key_stands_for_one_request_of_one_person(office, lead, milestone):
    office.post("progress-updates/", BODY, Idempotency_Key="k")
    other = office.post("progress-updates/", {**BODY, "percent_complete": 6}, Idempotency_Key="k")
    assert (other.status_code, other.headers["Content-Type"]) == (422, "application/problem+json")
    assert office.post("progress-updates/bulk/", {"items": [BODY]}, Idempotency_Key="k").status_code == 422
    mine = lead.post("progress-updates/", BODY, Idempotency_Key="k")
    assert (mine.status_code, mine.headers.get("Idempotency-Replayed")) == (201, None)


def test_refusal_is_kept_too(office, milestone):
    wrong = {**BODY, "percent_complete": 101}
    first, again = (office.post("progress-updates/", wrong, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (422, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"


def test_fault_of_ours_is_not_kept(office, milestone, monkeypatch):
    office.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("roadmap.api.viewsets.reports.ProgressUpdateEntry", None)
        assert office.post("progress-updates/", BODY, Idempotency_Key="k").status_code == 500
    assert (ProgressUpdate.objects.count(), RepeatableRequest.objects.count()) == (0, 0)
    assert office.post("progress-updates/", BODY, Idempotency_Key="k").status_code == 201


def test_request_under_way_is_409_until_its_lease_is_over(office, milestone, time_machine):
    office.post("progress-updates/", BODY, Idempotency_Key="k")
    RepeatableRequest.objects.update(status=None)  # as a worker that died midway left it
    ProgressUpdate.objects.all().delete()
    held = office.post("progress-updates/", BODY, Idempotency_Key="k")
    assert (held.status_code, held.headers["Retry-After"]) == (409, "1")
    assert held.json()["type"].endswith("/key-in-flight/")
    time_machine.move_to(NOW + LEASE, tick=False)
    assert office.post("progress-updates/", BODY, Idempotency_Key="k").status_code == 201
    assert ProgressUpdate.objects.count() == 1


def test_lease_of_a_clock_that_was_ahead_holds_nobody_up(office, milestone):
    office.post("progress-updates/", BODY, Idempotency_Key="k")
    RepeatableRequest.objects.update(status=None, leased_until=NOW + timedelta(days=10))
    assert office.post("progress-updates/", BODY, Idempotency_Key="k").status_code == 201


def test_who_overslept_the_lease_writes_nothing(office, milestone, monkeypatch):
    def taken_over_meanwhile(*_arguments, **_options):
        RepeatableRequest.objects.update(holder="another")
        return []

    monkeypatch.setattr("roadmap.api.viewsets.reports.ProgressUpdateEntry.data", property(taken_over_meanwhile))
    answer = office.post("progress-updates/", BODY, Idempotency_Key="k")
    assert (answer.status_code, ProgressUpdate.objects.count()) == (409, 0)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, '"'])
def test_key_that_is_none_is_told(office, milestone, key):
    answer = office.post("progress-updates/", BODY, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["type"].split("/")[-2]) == (400, "malformed")
    assert ProgressUpdate.objects.count() == 0


def test_answers_are_kept_for_two_days_and_then_forgotten(office, milestone, time_machine):
    office.post("progress-updates/", BODY, Idempotency_Key="k")
    time_machine.move_to(NOW + timedelta(hours=48), tick=False)
    tasks.forget()
    assert RepeatableRequest.objects.count() == 1
    time_machine.move_to(NOW + timedelta(hours=48) + timedelta(seconds=1), tick=False)
    tasks.forget()
    assert RepeatableRequest.objects.count() == 0


def test_method_or_caller_that_is_refused_uses_up_no_key(stranger, milestone):
    assert stranger.post("progress-updates/", BODY, Idempotency_Key="k").status_code == 401
    assert caller_for(make.make_person()).post("phases/", {}, Idempotency_Key="k").status_code == 405
    assert RepeatableRequest.objects.count() == 0
