"""The frame of a programme as it goes out. Every entry shows its mark (``provenance``) and its source."""

from rest_framework import serializers

from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import (
    EntryReference,
    OrganisationReference,
    PersonReference,
    SourceReference,
)
from roadmap.models import Initiative, Organisation, Phase, Pillar, Roadmap, Workstream

TITLED = ["code", "title_zh", "title_en", "description_zh", "description_en", "provenance", "source"]


class RoadmapEntry(OutgoingModel):
    """A programme."""

    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = Roadmap
        fields = [
            "id",
            *TITLED,
            "starts_on",
            "days_provenance",
            "time_zone",
            "calendar",
            "verify_within_days",
            "is_default",
        ]


class OfRoadmap(OutgoingModel):
    """What the parts of a roadmap have in common."""

    roadmap = serializers.CharField(source="roadmap.code", help_text="The roadmap's code.")
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source


class PhaseEntry(OfRoadmap):
    """A dated stage with its gate."""

    class Meta:
        model = Phase
        fields = ["id", "roadmap", *TITLED, "starts_on", "gate_on", "days_provenance"]


class PillarEntry(OfRoadmap):
    """What results serve."""

    class Meta:
        model = Pillar
        fields = ["id", "roadmap", *TITLED, "position"]


class WorkstreamEntry(OfRoadmap):
    """How the work is done."""

    class Meta:
        model = Workstream
        fields = ["id", "roadmap", *TITLED, "position"]


class InitiativeEntry(OfRoadmap):
    """A named system or measure in a pillar."""

    pillar = EntryReference()

    class Meta:
        model = Initiative
        fields = ["id", "roadmap", "pillar", *TITLED, "position"]


class OrganisationEntry(OutgoingModel):
    """A unit of the tree."""

    parent = OrganisationReference(allow_null=True)
    lead = PersonReference(allow_null=True)
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = Organisation
        fields = ["id", "code", "name_zh", "name_en", "parent", "path", "lead", "provenance", "source"]
