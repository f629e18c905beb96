"""What waits for what, and the plans as they were approved, as they go out."""

from roadmap.api.serializers.milestones import MilestoneReference
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import EntryReference, PersonReference
from roadmap.models import Baseline, BaselineEntry, Dependency


class DependencyEntry(OutgoingModel):
    """One milestone waits for another."""

    predecessor = MilestoneReference()
    successor = MilestoneReference()

    class Meta:
        model = Dependency
        fields = ["id", "predecessor", "successor", "lag_working_days", "provenance"]


class ApprovedPlan(OutgoingModel):
    """A baseline: the plan as it was approved on a day. The one approved last applies."""

    roadmap = EntryReference()
    approved_by = PersonReference(allow_null=True)

    class Meta:
        model = Baseline
        fields = ["id", "roadmap", "name", "approved_on", "approved_by", "reason"]


class ApprovedMilestone(OutgoingModel):
    """A milestone's dates and weight in a baseline."""

    milestone = EntryReference()

    class Meta:
        model = BaselineEntry
        fields = ["id", "milestone", "planned_start_on", "due_on", "weight"]
