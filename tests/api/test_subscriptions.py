"""Digest subscriptions through the API."""

from datetime import time

import pytest

from roadmap.models import DigestSubscription
from roadmap.vocabulary import Door, Frequency
from tests.admin.rows import make_subscription

pytestmark = pytest.mark.django_db


def test_reader_subscribes_changes_pauses_and_leaves(lead, milestone):
    made = lead.post("digest-subscriptions/", {"roadmap": "smart", "weekday": 5, "send_at": "16:30", "pillar": "safe"})
    assert (made.status_code, made.json()["next_issue_at"]) == (201, "2026-11-27T16:30:00+08:00")
    address = f"digest-subscriptions/{made.json()['id']}/"
    assert lead.get(address).json() == made.json()
    changed = lead.patch(address, {"frequency": "daily"}).json()
    assert (changed["frequency"], changed["send_at"], changed["weekday"]) == ("daily", "16:30:00", 5)
    paused = lead.post(f"{address}pause/", {"until": "2027-01-05"}).json()
    assert (paused["paused_until"], paused["next_issue_at"]) == ("2027-01-05", "2027-01-05T16:30:00+08:00")
    assert lead("DELETE", address).status_code == 204
    stored = DigestSubscription.objects.get()
    assert (stored.is_active, stored.frequency, stored.send_at) == (False, Frequency.DAILY, time(16, 30))
    assert {(one.door, one.history_user.username) for one in stored.history.all()} == {(Door.API, "lead")}


def test_office_subscribes_others_and_others_only_themselves(office, lead, milestone):
    body = {"roadmap": "smart", "person": milestone.owner.pk}
    assert office.post("digest-subscriptions/", body).json()["person"]["id"] == milestone.owner.pk
    refused = lead.post("digest-subscriptions/", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/person")
    make_subscription()
    assert len(office.get("digest-subscriptions/").json()["results"]) == 2
    assert lead.get("digest-subscriptions/").json()["results"] == []
    assert len(office.get(f"digest-subscriptions/?person={milestone.owner.pk}").json()["results"]) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"weekday": 8}, "#/weekday"),
        ({"reason": 0}, "#/reason"),
        ({"send_at": "25:00"}, "#/send_at"),
        ({"time_zone": "Mars/Base"}, "#/time_zone"),
        ({"phase": "none"}, "#/phase"),
        ({"covered_until": "2026-01-01"}, "#/covered_until"),
    ],
)
def test_subscription_that_cant_be_is_told(lead, milestone, wrong, pointer):
    answer = lead.post("digest-subscriptions/", {"roadmap": "smart", **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    made = lead.post("digest-subscriptions/", {"roadmap": "smart"}).json()["id"]
    yesterday = lead.post(f"digest-subscriptions/{made}/pause/", {"until": "2026-11-22"})
    assert (yesterday.status_code, yesterday.json()["errors"][0]["pointer"]) == (422, "#/until")
