"""One's own secret addresses of feeds: made, shown without their secret, revoked."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.serializers.feeds import FeedEntry, MadeFeed, NewFeed
from roadmap.api.viewsets.accounts import Personal
from roadmap.editing.feeds import make_feed_address, revoke_feed_address
from roadmap.models import FeedAddress


@extend_schema_view(
    list=extend_schema(summary="List feeds", description="Your own secret addresses, without their secrets."),
    retrieve=extend_schema(summary="Show a feed"),
    create=extend_schema(
        summary="Make a feed's address",
        description="A secret address for calendar programs and feed readers, which can't sign in. Whoever has it "
        "reads on your behalf until it is revoked. It is in this answer, and never again.",
        request=NewFeed,
        responses={201: MadeFeed},
        examples=[OpenApiExample("For a telephone's calendar", value={"name": "phone"}, request_only=True)],
    ),
    destroy=extend_schema(
        summary="Revoke a feed's address",
        description="It stays in the list, with the time of its end.",
        responses={204: None},
    ),
)
class Feeds(Personal):
    """Addresses of one's own."""

    serializer_class = FeedEntry
    ordering_fields = ("id", "created_at")
    queryset = FeedAddress.objects.select_related("person")

    def get_queryset(self) -> QuerySet[FeedAddress]:
        """The caller's."""
        return super().get_queryset().filter(person=self.person)

    def create(self, request: Request) -> Response:
        """Make one; the answer that is kept for repetitions doesn't have the secret."""
        feed, secret = make_feed_address(self.person, by=self.actor, **self.accepted(NewFeed))
        response = Response(
            MadeFeed(feed, context={"secret": secret}).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("api:feed-detail", args=[feed.pk], request=request)},
        )
        response.kept_data = MadeFeed(feed).data  # type: ignore[attr-defined]
        return response

    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke."""
        revoke_feed_address(self.get_object(), by=self.actor, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
