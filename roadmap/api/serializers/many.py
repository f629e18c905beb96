"""Many reports or observations in one body, and what became of each."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from roadmap.api.fields import MilestoneNameField, NameField
from roadmap.api.serializers.acts import NewObservation, NewOwner, Report
from roadmap.api.serializers.incoming import Incoming
from roadmap.api.serializers.outgoing import Outgoing
from roadmap.models.tags import LONGEST_TAG

MOST_ITEMS = 1000
MOST_DAYS = 3650
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


class MilestoneOf(Incoming):
    """One of the milestones."""

    milestone = MilestoneNameField()
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="That you have seen; another one stored is refused."
    )


class ManyMilestones(NewOwner):
    """Up to 1,000 milestones, and what is done to each of them: to all, or to none."""

    items = items_of(MilestoneOf)
    due_on = serializers.DateField(required=False, help_text="The new due date of all; needs a reason.")
    days = serializers.IntegerField(
        min_value=-MOST_DAYS,
        max_value=MOST_DAYS,
        required=False,
        help_text="By how many calendar days the due dates move, earlier with a negative number; needs a reason.",
    )
    with_start = serializers.BooleanField(required=False, help_text="Move the planned starts by as much.")
    add_tags = serializers.ListField(child=serializers.CharField(max_length=LONGEST_TAG), required=False)
    remove_tags = serializers.ListField(child=serializers.CharField(max_length=LONGEST_TAG), required=False)
    dry_run = serializers.BooleanField(**DRY_RUN)  # type: ignore[arg-type]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something has to change, due dates in one way."""
        if not attrs.keys() & {"due_on", "days", "owner", "organisation", "add_tags", "remove_tags"}:
            raise serializers.ValidationError(_("Choose what is to change."))
        if attrs.keys() >= {"due_on", "days"}:
            raise serializers.ValidationError({"days": _("Give the new due date or by how many days, not both.")})
        return attrs


class OneChanged(Outgoing):
    """One of the milestones, as it is afterwards."""

    milestone = serializers.IntegerField(source="pk", help_text="Its id.")
    code = serializers.CharField()
    version = serializers.IntegerField()
    planned_start_on = serializers.DateField()
    due_on = serializers.DateField()
    owner = serializers.IntegerField(source="owner_id", allow_null=True, help_text="Their id.")
    organisation = serializers.CharField(source="organisation.code", allow_null=True, help_text="Its code.")
    tags = serializers.ListField(child=serializers.CharField())


class ManyChanged(Outgoing):
    """What became of many milestones, in the order given."""

    dry_run = serializers.BooleanField()
    items = OneChanged(many=True)


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
