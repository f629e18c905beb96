"""Indicators and their observations as they go out. Values are exact decimals, written as text."""

from roadmap.api.fields import ExactField
from roadmap.api.serializers.frame import OfRoadmap
from roadmap.api.serializers.outgoing import OutgoingModel
from roadmap.api.serializers.references import EntryReference, SourceReference
from roadmap.fields import INDICATOR, At, at
from roadmap.models import Indicator, Observation


class IndicatorEntry(OfRoadmap):
    """A measured figure with its unit, target and starting value."""

    pillar = EntryReference(allow_null=True)
    target_value = ExactField(allow_null=True)
    baseline_value = ExactField(allow_null=True)

    class Meta:
        model = Indicator
        fields = [one.name for one in at(At.API, INDICATOR)]


class ObservationEntry(OutgoingModel):
    """One value for a period. ``qualifier`` says how exactly the source states it."""

    indicator = EntryReference()
    value = ExactField()
    source = SourceReference(allow_null=True)  # type: ignore[assignment]  # a field called source

    class Meta:
        model = Observation
        fields = [
            *[
                "id",
                "indicator",
                "period",
                "period_zh",
                "period_en",
                "starts_on",
                "ends_on",
                "days_provenance",
                "value",
            ],
            *["stated_zh", "stated_en", "qualifier"],
            *["is_preliminary", "note_zh", "note_en", "provenance", "source"],
        ]
