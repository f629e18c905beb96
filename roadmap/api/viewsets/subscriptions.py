"""Digest subscriptions: one's own, and for the programme office everybody's."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.filtersets import SubscriptionFilters
from roadmap.api.serializers.subscriptions import NewSubscription, Pause, SubscriptionChange, SubscriptionEntry
from roadmap.api.viewsets.accounts import Personal
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.errors import InvalidChange
from roadmap.models import DigestSubscription, Person
from roadmap.rights import may_administer


@extend_schema_view(
    list=extend_schema(
        summary="List digest subscriptions", description="Your own; for the programme office everybody's."
    ),
    retrieve=extend_schema(summary="Show a digest subscription"),
    create=extend_schema(
        summary="Subscribe to a digest",
        request=NewSubscription,
        responses={201: SubscriptionEntry},
        examples=[
            OpenApiExample(
                "Each Friday afternoon, of one pillar",
                value={
                    "roadmap": "smart-customs",
                    "frequency": "weekly",
                    "weekday": 5,
                    "send_at": "16:30",
                    "pillar": "safe",
                },
                request_only=True,
            )
        ],
    ),
    partial_update=extend_schema(
        summary="Change a digest subscription",
        description="A paused or ended one starts again. Nothing falls between two issues.",
        request=SubscriptionChange,
        responses=SubscriptionEntry,
        examples=[OpenApiExample("Daily instead", value={"frequency": "daily"}, request_only=True)],
    ),
    destroy=extend_schema(
        summary="Unsubscribe",
        description="An issue that waits isn't sent. The subscription stays in the list, ended.",
        responses={204: None},
    ),
)
class DigestSubscriptions(Personal):
    """Who gets which digest when."""

    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    serializer_class = SubscriptionEntry
    filterset_class = SubscriptionFilters
    ordering_fields = ("id",)
    queryset = DigestSubscription.objects.select_related(
        "person", "roadmap", "phase", "pillar", "initiative", "organisation"
    )

    def get_queryset(self) -> QuerySet[DigestSubscription]:
        """One's own, or all."""
        rows: QuerySet[DigestSubscription] = super().get_queryset()
        return rows if may_administer(self.person) else rows.filter(person=self.person)

    def create(self, request: Request) -> Response:
        """Subscribe."""
        values = self.accepted(NewSubscription)
        reader = self._reader(values.pop("person", None))
        made = subscribe(reader, values.pop("roadmap"), by=self.actor, now=clock.now(), **values)
        address = reverse("api:digest-subscription-detail", args=[made.pk], request=request)
        return Response(SubscriptionEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change schedule or filters."""
        values = self.accepted(SubscriptionChange, partial=True)
        change_subscription(self.get_object(), by=self.actor, now=clock.now(), **values)
        return Response(SubscriptionEntry(self.get_object()).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Unsubscribe."""
        unsubscribe(self.get_object(), by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Pause a digest subscription",
        description="No issue before that day; the first after it covers the whole pause.",
        request=Pause,
        responses=SubscriptionEntry,
        examples=[OpenApiExample("Over a holiday", value={"until": "2027-03-01"}, request_only=True)],
    )
    @action(detail=True, methods=["post"], url_name="pause")
    def pause(self, request: Request, pk: str) -> Response:
        """Pause."""
        until = self.accepted(Pause)["until"]
        try:
            pause(self.get_object(), by=self.actor, now=clock.now(), until=until)
        except InvalidChange as error:
            raise InvalidChange({"until": error.message}) from error
        return Response(SubscriptionEntry(self.get_object()).data)

    def _reader(self, pk: int | None) -> Person:
        if pk is None or pk == self.person.pk:
            return self.person
        reader = Person.objects.filter(pk=pk, is_active=True).first() if may_administer(self.person) else None
        if reader is None:
            raise InvalidChange({"person": _("There is no such account, or you don't manage it.")})
        return reader
