"""Secret addresses of feeds, as they come in and go out. A secret goes out once."""

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.models import FeedAddress


class NewFeed(Incoming):
    """A new address of one's own."""

    name = serializers.CharField(max_length=80, help_text="Where it is used, such as phone.")


class FeedEntry(OutgoingModel):
    """An address; its secret isn't known any more."""

    class Meta:
        model = FeedAddress
        fields = ["id", "name", "created_at", "revoked_at"]


class MadeFeed(FeedEntry):
    """An address that was just made, with where its feeds are."""

    due_dates = serializers.SerializerMethodField(
        allow_null=True,
        help_text="The iCalendar file, shown this once; null when the answer comes again under an Idempotency-Key.",
    )
    changes = serializers.SerializerMethodField(allow_null=True, help_text="The Atom feed, likewise.")

    class Meta(FeedEntry.Meta):
        fields = [*FeedEntry.Meta.fields, "due_dates", "changes"]

    def get_due_dates(self, feed: FeedAddress) -> str | None:
        """The address of the calendar, where it is given along."""
        return self._address("api:feed-due-dates")

    def get_changes(self, feed: FeedAddress) -> str | None:
        """The address of the feed of changes, where it is given along."""
        return self._address("api:feed-changes")

    def _address(self, name: str) -> str | None:
        secret = self.context.get("secret")
        return f"{settings.SITE_URL}{reverse(name, args=[secret])}" if secret else None
