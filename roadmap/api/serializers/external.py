"""Other systems' names of milestones as they go out."""

from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import EntryReference
from roadmap.models import ExternalReference


class ExternalReferenceEntry(OutgoingModel):
    """What another system calls a milestone."""

    milestone = EntryReference()

    class Meta:
        model = ExternalReference
        fields = ["id", "system", "reference", "milestone"]
