"""The frame of a programme as it goes out. Every entry shows its mark (``provenance``) and its source."""

from rest_framework import serializers

from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import (
    EntryReference,
    OrganisationReference,
    PersonReference,
    SourceReference,
)
from roadmap.fields import INITIATIVE, ORGANISATION, PHASE, PILLAR, ROADMAP, WORKSTREAM, At, at
from roadmap.models import Initiative, Organisation, Phase, Pillar, Roadmap, Workstream


class RoadmapEntry(OutgoingModel):
    """A programme."""

    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = Roadmap
        fields = [one.name for one in at(At.API, ROADMAP)]


class OfRoadmap(OutgoingModel):
    """What the parts of a roadmap have in common."""

    roadmap = serializers.CharField(source="roadmap.code", help_text="The roadmap's code.")
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source


class PhaseEntry(OfRoadmap):
    """A dated stage with its gate."""

    class Meta:
        model = Phase
        fields = [one.name for one in at(At.API, PHASE)]


class PillarEntry(OfRoadmap):
    """What results serve."""

    class Meta:
        model = Pillar
        fields = [one.name for one in at(At.API, PILLAR)]


class WorkstreamEntry(OfRoadmap):
    """How the work is done."""

    class Meta:
        model = Workstream
        fields = [one.name for one in at(At.API, WORKSTREAM)]


class InitiativeEntry(OfRoadmap):
    """A named system or measure in a pillar."""

    pillar = EntryReference()

    class Meta:
        model = Initiative
        fields = [one.name for one in at(At.API, INITIATIVE)]


class OrganisationEntry(OutgoingModel):
    """A unit of the tree."""

    parent = OrganisationReference(allow_null=True)
    lead = PersonReference(allow_null=True)
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = Organisation
        fields = [one.name for one in at(At.API, ORGANISATION)]
