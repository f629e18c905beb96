"""The feed of changes as it goes out."""

from rest_framework import serializers

from roadmap.api.serializers.outgoing import Outgoing
from roadmap.api.serializers.references import PersonReference
from roadmap.vocabulary import Door

CHANGES = ["created", "changed", "deleted"]


class ChangeEntry(Outgoing):
    """One change of one entry. Null ``change``: its record isn't kept any more, as that of a removed sample."""

    cursor = serializers.CharField(help_text="Where a reader stands who has seen it; send it as `after`.")
    revision = serializers.IntegerField(help_text="Changes of one transaction share it.")
    kind = serializers.CharField(help_text="`milestone`, `progressupdate`, `deliverable` and so on.")
    object = serializers.IntegerField(help_text="The id of the entry.")
    change = serializers.ChoiceField(choices=CHANGES, allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    by = PersonReference(allow_null=True)
    door = serializers.ChoiceField(choices=Door.choices, allow_null=True)
    reason = serializers.CharField()
    changed = serializers.ListField(child=serializers.CharField(), help_text="Names of the values that differ.")
    values = serializers.DictField(help_text="The entry after the change, or as deleted; other entries by id.")


class ChangesEntry(Outgoing):
    """A stretch of the feed."""

    cursor = serializers.CharField(help_text="Send it as `after` next time, be there more or not.")
    has_more = serializers.BooleanField(help_text="Whether there is more to fetch at once.")
    results = ChangeEntry(many=True)
