"""Many reports or observations in one body, and what became of each."""

from typing import Any

from rest_framework import serializers

from roadmap.api.fields import MilestoneNameField, NameField
from roadmap.api.serializers.acts import NewObservation, Report
from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import Outgoing

MOST_ITEMS = 1000
DRY_RUN = {"required": False, "help_text": "Check everything, write nothing."}
RECORDED, KNOWN = "recorded", "known"
OUTCOMES = [(RECORDED, RECORDED), (KNOWN, KNOWN)]


class ReportOf(Report):
    """A progress report of the milestone named."""

    milestone = MilestoneNameField()


class ObservationOf(NewObservation):
    """A value of the indicator named."""

    indicator = NameField()


def items_of(item: type[Incoming]) -> Any:
    """The list of the items."""
    return item(many=True, allow_empty=False, max_length=MOST_ITEMS)  # type: ignore[call-arg]


class ManyReports(Incoming):
    """Up to 1,000 reports: all are recorded, in the order given, or none."""

    items = items_of(ReportOf)
    dry_run = serializers.BooleanField(**DRY_RUN)  # type: ignore[arg-type]


class ManyObservations(Incoming):
    """Up to 1,000 values: all are added or none."""

    items = items_of(ObservationOf)
    dry_run = serializers.BooleanField(**DRY_RUN)  # type: ignore[arg-type]


class ReportTaken(Outgoing):
    """What became of one report."""

    outcome = serializers.ChoiceField(choices=OUTCOMES, help_text="Known: it was recorded before, and isn't doubled.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the progress report; null in a dry run.")
    milestone = serializers.IntegerField(help_text="Its id.")
    external_ref = serializers.CharField(help_text="As you gave it, or empty.")


class ReportsTaken(Outgoing):
    """What became of many reports, in the order given."""

    dry_run = serializers.BooleanField()
    recorded = serializers.IntegerField(help_text="How many are new.")
    known = serializers.IntegerField(help_text="How many were recorded before.")
    items = ReportTaken(many=True)


class ObservationTaken(Outgoing):
    """What became of one value."""

    outcome = serializers.ChoiceField(choices=OUTCOMES, help_text="Known: the same value was stored before.")
    id = serializers.IntegerField(allow_null=True, help_text="Of the observation; null in a dry run.")
    indicator = serializers.IntegerField(help_text="Its id.")
    period = serializers.CharField()


class ObservationsTaken(Outgoing):
    """What became of many values, in the order given."""

    dry_run = serializers.BooleanField()
    recorded = serializers.IntegerField(help_text="How many are new.")
    known = serializers.IntegerField(help_text="How many were stored before.")
    items = ObservationTaken(many=True)
