"""Webhooks: one's own, and for the programme office everybody's; their log, and sending again."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api import openapi_webhooks as docs
from roadmap.api.filtersets import WebhookFilters
from roadmap.api.serializers.webhooks import (
    DeliveryEntry,
    MadeWebhook,
    NewWebhook,
    Redelivery,
    WebhookChange,
    WebhookEntry,
)
from roadmap.api.viewsets.accounts import Personal
from roadmap.editing.webhooks import (
    change_webhook,
    create_webhook,
    deliver_again,
    remove_webhook,
    renew_secret,
    try_webhook,
)
from roadmap.errors import InvalidChange
from roadmap.models import Webhook
from roadmap.rights import may_administer


@docs.described_webhooks
class Webhooks(Personal):
    """Addresses that are told of events."""

    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    serializer_class = WebhookEntry
    filterset_class = WebhookFilters
    ordering_fields = ("id",)
    shapes_below = {"deliveries": DeliveryEntry}
    queryset = Webhook.objects.select_related("person", "organisation")

    def get_queryset(self) -> QuerySet[Webhook]:
        """One's own, or all."""
        rows: QuerySet[Webhook] = super().get_queryset()
        return rows if may_administer(self.person) else rows.filter(person=self.person)

    def create(self, request: Request) -> Response:
        """Make one; its secret is in this answer only."""
        made, secret = create_webhook(self.person, by=self.actor, **self.accepted(NewWebhook))
        response = self._with_secret(made, secret, status_code=status.HTTP_201_CREATED)
        response.headers["Location"] = reverse("api:webhook-detail", args=[made.pk], request=request)
        return response

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change it."""
        changed = change_webhook(self.get_object(), by=self.actor, **self.accepted(WebhookChange, partial=True))
        return Response(WebhookEntry(changed).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Remove it with its log."""
        remove_webhook(self.get_object(), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @docs.new_secret
    @action(detail=True, methods=["post"], url_path="new-secret", url_name="new-secret")
    def new_secret(self, request: Request, pk: str) -> Response:
        """Another secret from now on."""
        self.accepted(docs.Nothing)
        changed, secret = renew_secret(self.get_object(), by=self.actor)
        return self._with_secret(changed, secret, status_code=status.HTTP_200_OK)

    @docs.ping
    @action(detail=True, methods=["post"], url_name="ping")
    def ping(self, request: Request, pk: str) -> Response:
        """Let it be told a ping."""
        self.accepted(docs.Nothing)
        made = try_webhook(self.get_object(), by=self.actor, now=clock.now())
        return Response(DeliveryEntry(made).data, status=status.HTTP_202_ACCEPTED)

    @docs.deliveries
    @action(detail=True, url_name="deliveries", filter_backends=[])
    def deliveries(self, request: Request, pk: str) -> Response:
        """What it was told, the latest first."""
        return self.page_of(self.get_object().deliveries.prefetch_related("tries"), DeliveryEntry)

    @docs.redeliver
    @action(detail=True, methods=["post"], url_name="redeliver")
    def redeliver(self, request: Request, pk: str) -> Response:
        """Send one of them again."""
        number = self.accepted(Redelivery)["delivery"]
        delivery = self.get_object().deliveries.select_related("webhook").filter(number=number).first()
        if delivery is None:
            raise InvalidChange({"delivery": _("There is no such entry.")})
        again = deliver_again(delivery, by=self.actor, now=clock.now())
        return Response(DeliveryEntry(again).data, status=status.HTTP_202_ACCEPTED)

    def _with_secret(self, webhook: Webhook, secret: str, *, status_code: int) -> Response:
        """The answer that shows the secret; what is kept of it for repetitions doesn't."""
        response = Response(MadeWebhook(webhook, context={"secret": secret}).data, status=status_code)
        response.kept_data = MadeWebhook(webhook).data  # type: ignore[attr-defined]
        return response
