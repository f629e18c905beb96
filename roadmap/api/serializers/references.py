"""Small objects that stand for another entry, so that a reader needs no second request to name it."""

from rest_framework import serializers

from roadmap.api.serializers.outgoing import Outgoing, OutgoingModel
from roadmap.models import Source


class EntryReference(Outgoing):
    """Another entry of the frame."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()


class OrganisationReference(Outgoing):
    """An organisation."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class PersonReference(Outgoing):
    """A person, by name only: accounts and addresses aren't shown."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="public_name")


class SourceReference(OutgoingModel):
    """The publication that an entry is taken from."""

    url = serializers.CharField(help_text="Its address, or empty.")

    class Meta:
        model = Source
        fields = ["code", "title_zh", "title_en", "citation_zh", "citation_en", "published_on", "url"]
