"""Webhooks and their log, as they come in and go out. A secret goes out once."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.fields import ReferenceField
from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import OrganisationReference, PersonReference
from roadmap.models import Organisation, Webhook, WebhookAttempt, WebhookDelivery
from roadmap.models.webhook import ADDRESS_CHARACTERS
from roadmap.vocabulary import HookEvent

EVENTS = {"child": serializers.ChoiceField(choices=HookEvent.choices), "min_length": 1, "max_length": len(HookEvent)}


class NewWebhook(Incoming):
    """An address to be told of events."""

    url = serializers.CharField(max_length=ADDRESS_CHARACTERS, help_text="Public, and https:// in production.")
    events = serializers.ListField(**EVENTS)  # type: ignore[arg-type]
    organisation = ReferenceField(Organisation.objects.all(), required=False, allow_null=True)


class WebhookChange(NewWebhook):
    """Any of it; switched on again, a webhook has a clean slate."""

    is_active = serializers.BooleanField(required=False)


class Redelivery(Incoming):
    """Which delivery to send again."""

    delivery = serializers.UUIDField(help_text="Its number.")


class WebhookEntry(OutgoingModel):
    """An address that is told of events."""

    person = PersonReference()
    organisation = OrganisationReference(allow_null=True)
    events = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = [
            *["id", "person", "url", "events", "organisation", "is_active"],
            *["created_at", "failing_since", "disabled_at"],
        ]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=HookEvent.choices)))
    def get_events(self, webhook: Webhook) -> list[HookEvent]:
        """Of what it is told."""
        return [event for event in HookEvent if event in webhook.event_set]


class MadeWebhook(WebhookEntry):
    """A webhook with its new secret."""

    secret = serializers.SerializerMethodField(
        allow_null=True, help_text="Shown this once; null when the answer comes again under an Idempotency-Key."
    )

    class Meta(WebhookEntry.Meta):
        fields = [*WebhookEntry.Meta.fields, "secret"]

    def get_secret(self, webhook: Webhook) -> str | None:
        """The secret, where it is given along."""
        secret: Any = self.context.get("secret")
        return secret  # type: ignore[no-any-return]


class AttemptEntry(OutgoingModel):
    """One try: what was answered, or why nothing was."""

    class Meta:
        model = WebhookAttempt
        fields = ["tried_at", "milliseconds", "status", "answer", "error"]


class DeliveryEntry(OutgoingModel):
    """One event told, or to be told."""

    body = serializers.CharField(help_text="What is sent, as JSON text.")
    attempts = AttemptEntry(source="tries", many=True)

    class Meta:
        model = WebhookDelivery
        fields = ["number", "event", "state", "created_at", "deliver_after", "sent_at", "body", "attempts"]
