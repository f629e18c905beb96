"""Roll-ups along chosen dimensions, curves over months, and what a figure is made of, as they go out."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from roadmap.api.fields import EXACT, AmountField, PercentField
from roadmap.api.serializers.figures import GroupFigures
from roadmap.api.serializers.milestones import LatestUpdate
from roadmap.api.serializers.outgoing import Outgoing
from roadmap.api.serializers.references import EntryReference, OrganisationReference

PLANNED_FROM = ["baseline", "plan"]
EARNED_FROM = ["completion", "report", "deliverables", "nothing"]


@extend_schema_field(EXACT)
class ExactSum(serializers.Field):
    """A Decimal as text, exact, so that sums of such can be checked to the last digit."""

    def to_representation(self, value: Decimal) -> str:
        """``61.333333``; ``0`` for nothing."""
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class RollUpGroup(Outgoing):
    """One combination of the dimensions asked for."""

    phase = EntryReference(allow_null=True, help_text="null unless asked for in `by`, and for milestones without.")
    pillar = EntryReference(allow_null=True, help_text="null unless asked for in `by`, and for milestones without.")
    workstream = EntryReference(allow_null=True, help_text="null unless asked for in `by`, and for milestones without.")
    initiative = EntryReference(allow_null=True, help_text="null unless asked for in `by`, and for milestones without.")
    organisation = OrganisationReference(
        allow_null=True, help_text="null unless asked for in `by`; it counts with everything below it."
    )
    figures = GroupFigures()


class RollUpEntry(Outgoing):
    """Figures of each combination that has milestones that count."""

    roadmap = serializers.CharField(help_text="The roadmap's code.")
    as_of = serializers.DateField()
    by = serializers.ListField(child=serializers.CharField())
    groups = RollUpGroup(many=True)


class SeriesPoint(Outgoing):
    """The roadmap at the end of a month."""

    day = serializers.DateField()
    planned_percent = PercentField(source="planned")
    earned_percent = PercentField(source="earned", allow_null=True, help_text="null on days ahead.")
    verified_percent = PercentField(source="verified", allow_null=True, help_text="null on days ahead.")


class SeriesEntry(Outgoing):
    """Planned and actual progress, month by month."""

    roadmap = serializers.CharField(help_text="The roadmap's code.")
    as_of = serializers.DateField()
    points = SeriesPoint(many=True)


class ContributionEntry(Outgoing):
    """What one milestone adds. Its values are its weight times its percentages, over a hundred."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    weight = AmountField()
    counts = serializers.BooleanField(help_text="False once it is cancelled; its values are then 0.")
    planned_percent = ExactSum()
    earned_percent = ExactSum()
    verified_percent = ExactSum()
    planned_value = ExactSum()
    earned_value = ExactSum()
    verified_value = ExactSum()
    planned_from = serializers.ChoiceField(choices=PLANNED_FROM)
    starts_on = serializers.DateField(help_text="From which planned value rises.")
    due_on = serializers.DateField(help_text="On which planned value is full.")
    earned_from = serializers.ChoiceField(choices=EARNED_FROM)
    latest_update = LatestUpdate(allow_null=True)


class ExplainedTotals(Outgoing):
    """What all contributions, of all pages, add up to."""

    weight = ExactSum()
    planned_value = ExactSum()
    earned_value = ExactSum()
    verified_value = ExactSum()
    figures = GroupFigures()


class ExplainedEntry(Outgoing):
    """A figure's parts, a page at a time, and their totals."""

    roadmap = serializers.CharField(help_text="The roadmap's code.")
    as_of = serializers.DateField()
    totals = ExplainedTotals()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ContributionEntry(many=True)
