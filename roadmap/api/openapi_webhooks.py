"""The OpenAPI description of webhooks."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view

from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.webhooks import (
    DeliveryEntry,
    MadeWebhook,
    NewWebhook,
    Redelivery,
    WebhookChange,
    WebhookEntry,
)


class Nothing(Incoming):
    """An empty object."""


NO_MEMBERS = {"application/json": {"type": "object", "maxProperties": 0}}
EMPTY = OpenApiExample("Nothing to say", value={}, request_only=True)

described_webhooks = extend_schema_view(
    list=extend_schema(summary="List webhooks", description="Your own; for the programme office everybody's."),
    retrieve=extend_schema(summary="Show a webhook"),
    create=extend_schema(
        summary="Make a webhook",
        description="The address is told of each event by a signed POST, within seconds. The secret is in this answer, "
        "and never again.",
        request=NewWebhook,
        responses={201: MadeWebhook},
        examples=[
            OpenApiExample(
                "Progress of one branch",
                value={
                    "url": "https://inspection.example/hooks/roadmap",
                    "events": ["progress.recorded", "milestone.completed"],
                    "organisation": "gacc",
                },
                request_only=True,
            )
        ],
    ),
    partial_update=extend_schema(
        summary="Change a webhook",
        request=WebhookChange,
        responses=WebhookEntry,
        examples=[OpenApiExample("Switch it on again", value={"is_active": True}, request_only=True)],
    ),
    destroy=extend_schema(
        summary="Remove a webhook", description="With its log; what waits isn't sent.", responses={204: None}
    ),
)
new_secret = extend_schema(
    summary="Give a webhook a new secret",
    description="From now on; the old one signs nothing any more.",
    request=NO_MEMBERS,
    responses=MadeWebhook,
    examples=[EMPTY],
)
ping = extend_schema(
    summary="Try a webhook",
    description="It is told an event `ping`.",
    request=NO_MEMBERS,
    responses={202: DeliveryEntry},
    examples=[EMPTY],
)
deliveries = extend_schema(
    summary="List what a webhook was told",
    description="The latest first, with each try: what was answered (its first KiB), or why nothing was. Kept 30 days.",
    responses=DeliveryEntry(many=True),
    filters=False,
)
redeliver = extend_schema(
    summary="Tell a webhook something again",
    description="Under the same number, by which its receiver knows the repetition.",
    request=Redelivery,
    responses={202: DeliveryEntry},
    examples=[
        OpenApiExample("By its number", value={"delivery": "0b6ff3a4-6d0b-4c7b-9e0e-4f4a1c9d2e11"}, request_only=True)
    ],
)
