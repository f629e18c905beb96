"""Figures as they go out: percentages from 0 to 100 with two places, the SPI with three."""

from datetime import date
from typing import Any

from rest_framework import serializers

from roadmap.api.fields import NumberField, PercentField
from roadmap.api.serializers.outgoing import Outgoing
from roadmap.progress.measure import Reason
from roadmap.progress.reasons import reason_text
from roadmap.vocabulary import Rag


class ReasonEntry(Outgoing):
    """Why something is on track, at risk or off track: a stable code, and a sentence in the language asked for."""

    code = serializers.CharField()
    text = serializers.SerializerMethodField()
    number = NumberField(allow_null=True, help_text="The number that the sentence speaks of.")
    day = serializers.DateField(allow_null=True, help_text="The day that the sentence speaks of.")

    def get_text(self, reason: Reason) -> str:
        """The sentence."""
        return reason_text(reason)


class MilestoneFiguresEntry(Outgoing):
    """Where one milestone stands on the day ``as_of``."""

    as_of = serializers.DateField()
    planned_percent = PercentField(help_text="Planned value: how far it should be.")
    earned_percent = PercentField(help_text="Actual progress (earned value): how far it is, as reported.")
    verified_percent = PercentField(help_text="100 once somebody else than its reporters verified that it is done.")
    rag = serializers.ChoiceField(choices=Rag.choices, allow_null=True, help_text="null once it is cancelled.")
    reason = ReasonEntry()
    is_done = serializers.BooleanField(help_text="As reported.")
    is_verified = serializers.BooleanField(help_text="Done, and verified by somebody else than its reporters.")
    is_cancelled = serializers.BooleanField()
    is_late = serializers.BooleanField(help_text="Open past its due date.")
    is_due_soon = serializers.BooleanField(help_text="Open and due within 30 days.")
    is_silent = serializers.BooleanField(
        help_text="Open, without a report for 30 days since its start, its entry or the last report."
    )
    is_verification_overdue = serializers.BooleanField(
        help_text="Reported as done, and not verified by its day `verify_by`."
    )
    days_left = serializers.IntegerField(allow_null=True, help_text="Negative when overdue; null once closed.")
    slip_days = serializers.IntegerField(
        allow_null=True, help_text="Days from the baseline's due date to the present one; null outside a baseline."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of a pair: the figures and their day."""
        figures, as_of = instance
        return super().to_representation(_Dated(figures, as_of))


class _Dated:
    """Figures that know their day."""

    def __init__(self, figures: Any, as_of: date) -> None:
        self._figures = figures
        self.as_of = as_of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._figures, name)


class GroupFigures(Outgoing):
    """Where a group of milestones stands; cancelled ones don't count."""

    weight = NumberField()
    planned_percent = PercentField(source="planned")
    earned_percent = PercentField(source="earned", help_text="As reported.")
    verified_percent = PercentField(source="verified", help_text="The part of it whose completion was verified.")
    schedule_variance = NumberField(help_text="Actual minus planned, in percentage points.")
    spi = NumberField(places=3, allow_null=True, help_text="Actual over planned; null while nothing is planned yet.")
    total = serializers.IntegerField(help_text="Milestones that count.")
    done = serializers.IntegerField(help_text="As reported.")
    confirmed = serializers.IntegerField(help_text="Those of the done ones that are verified.")
    late = serializers.IntegerField()
    due_soon = serializers.IntegerField()
    silent = serializers.IntegerField()
    verification_overdue = serializers.IntegerField(help_text="Those of the done ones that should be verified by now.")
    rag = serializers.ChoiceField(
        choices=Rag.choices,
        allow_null=True,
        help_text="null for a group without milestones, or of none that weighs anything and is overdue.",
    )
    reason = ReasonEntry()
