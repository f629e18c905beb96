"""Milestones, their deliverables, reports and evidence as they go out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.fields import PercentField
from roadmap.api.serializers.figures import MilestoneFiguresEntry
from roadmap.api.serializers.outgoing import Outgoing, OutgoingModel
from roadmap.api.serializers.references import (
    EntryReference,
    OrganisationReference,
    PersonReference,
    SourceReference,
)
from roadmap.fields import DELIVERABLE, At, at
from roadmap.models import Comment, Deliverable, Evidence, Milestone, ProgressUpdate


class LatestUpdate(OutgoingModel):
    """The report that counts on the day."""

    percent_complete = PercentField()

    class Meta:
        model = ProgressUpdate
        fields = ["id", "reported_on", "percent_complete", "confidence", "forecast_on", "narrative_zh", "narrative_en"]


ABOUT = {one.name: one.about for one in at(At.API)}


class MilestoneEntry(OutgoingModel):
    """A milestone with its figures. ``version`` rises at each change of the plan."""

    roadmap = serializers.CharField(source="initiative.roadmap.code", help_text=ABOUT["roadmap"])
    phase = EntryReference()
    pillar = EntryReference(source="initiative.pillar")
    workstream = EntryReference(allow_null=True)
    initiative = EntryReference()
    organisation = OrganisationReference(allow_null=True)
    owner = PersonReference(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), help_text=ABOUT["tags"])
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source
    progress = serializers.SerializerMethodField()
    latest_update = serializers.SerializerMethodField()

    class Meta:
        model = Milestone
        fields = [*(one.name for one in at(At.API)), "progress", "latest_update"]
        extra_kwargs = {one.name: {"help_text": one.about} for one in at(At.API) if one.about}

    @extend_schema_field(MilestoneFiguresEntry)
    def get_progress(self, milestone: Milestone) -> Any:
        """The figures, measured for the whole page at once (``lines`` of the context)."""
        line, as_of = self.context["lines"][milestone.pk]
        return self._figures.to_representation((line.figures, as_of))

    @extend_schema_field(LatestUpdate(allow_null=True))
    def get_latest_update(self, milestone: Milestone) -> Any:
        """The latest report up to the day; null while there is none."""
        line, _as_of = self.context["lines"][milestone.pk]
        return self._latest.to_representation(line.latest_update) if line.latest_update is not None else None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._figures = MilestoneFiguresEntry()
        self._latest = LatestUpdate()


class DeliverableEntry(OutgoingModel):
    """A checkable item of a milestone."""

    class Meta:
        model = Deliverable
        fields = [one.name for one in at(At.API, DELIVERABLE)]


class CommentEntry(OutgoingModel):
    """What somebody said of a milestone."""

    milestone = serializers.IntegerField(source="milestone_id")
    written_by = PersonReference(allow_null=True)

    class Meta:
        model = Comment
        fields = ["id", "milestone", "text", "written_by", "written_at"]


class MilestoneReference(OutgoingModel):
    """Another milestone."""

    class Meta:
        model = Milestone
        fields = ["id", "code", "title_zh", "title_en", "due_on", "status"]


class WarningEntry(Outgoing):
    """Something to heed: a stable code, and a sentence in the language asked for."""

    code = serializers.CharField(
        help_text="`due_after_gate`, `due_on_day_off`; once it is reported as done `open_deliverables`, `no_evidence`."
    )
    text = serializers.CharField()


class MilestoneDetail(MilestoneEntry):
    """A milestone with its deliverables and what it waits for; ``warnings`` say what to heed of its due date while it
    is open, and once it is reported as done, what is missing for its verification."""

    deliverables = DeliverableEntry(many=True)
    predecessors = MilestoneReference(
        many=True,
        help_text="What has to be done first. "
        "It starts on the working day after their lags, by its roadmap's calendar.",
    )
    warnings = WarningEntry(many=True)

    class Meta(MilestoneEntry.Meta):
        fields = [*MilestoneEntry.Meta.fields, "deliverables", "predecessors", "warnings"]


class ProgressUpdateEntry(OutgoingModel):
    """One report; never changed once it is recorded, but withdrawn where it was wrong: then it counts no more."""

    milestone = EntryReference()
    percent_complete = PercentField()
    reported_by = PersonReference(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Null while the report counts.")
    withdrawn_by = PersonReference(allow_null=True)
    withdrawn_reason = serializers.CharField(help_text="Why it was withdrawn, or empty.")
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = ProgressUpdate
        fields = [
            *["id", "milestone", "reported_on", "recorded_at", "percent_complete", "confidence", "forecast_on"],
            *["narrative_zh", "narrative_en", "reported_by", "door", "external_ref", "provenance", "source"],
            *["withdrawn_at", "withdrawn_by", "withdrawn_reason"],
        ]


class EvidenceEntry(OutgoingModel):
    """What shows that a milestone is as far as reported. A file is fetched at ``evidence/{id}/file/``."""

    milestone = serializers.IntegerField(source="milestone_id")
    progress_update = serializers.IntegerField(source="progress_update_id", allow_null=True)
    url = serializers.CharField(help_text="The address of a link, or empty.")
    file_name = serializers.CharField(help_text="What the bringer of a file called it, or empty.")
    file_type = serializers.CharField(help_text="The media type of a file, told by its content, or empty.")
    file_size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    added_by = PersonReference(allow_null=True)

    class Meta:
        model = Evidence
        fields = [
            *["id", "milestone", "progress_update", "kind", "title", "url", "note"],
            *["file_name", "file_type", "file_size"],
            *["added_by", "added_at", "provenance"],
        ]
