"""Webhooks through the API; sending them is tested in tests/outbox."""

import pytest

from roadmap.models import Webhook, WebhookDelivery
from roadmap.outbox.signing import secret_of
from roadmap.vocabulary import MessageState

pytestmark = pytest.mark.django_db
NEW = {
    "url": "https://hooks.example/in",
    "events": ["milestone.completed", "progress.recorded"],
    "organisation": "gacc",
}


@pytest.mark.both_databases("roadmap.editing.webhooks")
def test_webhook_is_made_tried_read_and_removed(lead, office, milestone):
    made = lead.post("webhooks/", NEW, Idempotency_Key="k")
    webhook = Webhook.objects.get()
    assert (made.status_code, made.json()["secret"]) == (201, secret_of(webhook))
    assert lead.post("webhooks/", NEW, Idempotency_Key="k").json() == {**made.json(), "secret": None}
    address = f"webhooks/{webhook.pk}/"
    assert lead.get(address).json() == {name: value for name, value in made.json().items() if name != "secret"}
    lead.post(f"milestones/{milestone.pk}/progress-updates/", {"percent_complete": 5})
    assert lead.post(f"{address}ping/", {}).status_code == 202
    log = lead.get(f"{address}deliveries/").json()["results"]
    assert [(one["event"], one["state"], one["attempts"]) for one in log] == [
        ("ping", "pending", []),
        ("progress.recorded", "pending", []),
    ]
    assert lead.patch(address, {"is_active": False}).json()["is_active"] is False
    renewed = lead.post(f"{address}new-secret/", {}).json()
    assert renewed["secret"] not in {made.json()["secret"], None}
    assert [one["id"] for one in office.get("webhooks/").json()["results"]] == [webhook.pk]
    assert lead("DELETE", address).status_code == 204
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (0, 0)


def test_delivery_is_asked_for_again(lead, milestone):
    address = f"webhooks/{lead.post('webhooks/', NEW).json()['id']}/"
    number = lead.post(f"{address}ping/", {}).json()["number"]
    waiting = lead.post(f"{address}redeliver/", {"delivery": number})
    assert (waiting.status_code, waiting.json()["errors"][0]["pointer"]) == (422, "#/delivery")
    WebhookDelivery.objects.update(state=MessageState.FAILED)
    again = lead.post(f"{address}redeliver/", {"delivery": number})
    assert (again.status_code, again.json()["state"]) == (202, "pending")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"url": "https://127.0.0.1/"}, "#/url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "#/url"),
        ({"url": "file:///etc/passwd"}, "#/url"),
        ({"events": ["everything"]}, "#/events/0"),
        ({"events": []}, "#/events"),
        ({"organisation": "none"}, "#/organisation"),
        ({"salt": "x"}, "#/salt"),
    ],
)
def test_webhook_that_cant_be_is_told(lead, milestone, wrong, pointer):
    answer = lead.post("webhooks/", {**NEW, **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
