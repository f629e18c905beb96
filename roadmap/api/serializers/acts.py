"""What the acts take. The rules are in ``roadmap.editing``; here are only types, bounds and names."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from roadmap.api.fields import PersonField, ReferenceField
from roadmap.api.plan_fields import body_fields
from roadmap.api.serializers.incoming import Incoming
from roadmap.editing.milestones import HAVE_THEIR_OWN_ACT
from roadmap.fields import DELIVERABLE, At, at
from roadmap.models import Milestone, Organisation, Person, ProgressUpdate, Roadmap
from roadmap.models.comment import LONGEST_COMMENT
from roadmap.models.milestone import LONGEST_LAG
from roadmap.texts import LONGEST_TEXT
from roadmap.vocabulary import EvidenceKind, MilestoneStatus, Qualifier, Rag

MOST_DELIVERABLES = 100
ATTACHABLE = [(one.value, one.label) for one in (EvidenceKind.LINK, EvidenceKind.NOTE)]
SETTABLE = [(one.value, one.label) for one in (MilestoneStatus.PLANNED, MilestoneStatus.ACTIVE)]


class Reason(Incoming):
    """Why; kept in the history."""

    reason = serializers.CharField(max_length=LONGEST_TEXT, required=False, help_text="Why; kept in the history.")


class NewDeliverable(Incoming):
    """A deliverable of a new milestone."""

    def get_fields(self) -> dict[str, Any]:
        """Those of the register."""
        return body_fields(at(At.BODY, DELIVERABLE))


class NewMilestone(Reason):
    """A new milestone; phase and workstream belong to the initiative's roadmap."""

    elsewhere = {**HAVE_THEIR_OWN_ACT, "status": _("A new milestone is planned; use complete or cancel later.")}

    deliverables = NewDeliverable(many=True, required=False, max_length=MOST_DELIVERABLES)  # type: ignore[call-arg]

    def get_fields(self) -> dict[str, Any]:
        """Those of the register, and beside them the reason, and what goes along."""
        declared = super().get_fields()
        return {"reason": declared.pop("reason"), **body_fields(at(At.BODY)), **declared}


class MilestoneChange(NewMilestone):
    """Any plain fields of a milestone. ``due_on`` moves only with a ``reason``."""

    elsewhere = {**HAVE_THEIR_OWN_ACT, "deliverables": _("Deliverables are changed one by one.")}

    status = serializers.ChoiceField(
        choices=SETTABLE,
        error_messages={"invalid_choice": HAVE_THEIR_OWN_ACT["status"]},
        help_text="Between planned and active only; complete, reopen and cancel are acts of their own.",
    )
    deliverables = None  # type: ignore[assignment]


class Completion(Reason):
    """The day on which it was done; today without one."""

    completed_on = serializers.DateField(required=False)


class GivenReason(Incoming):
    """A reason is required."""

    reason = serializers.CharField(max_length=LONGEST_TEXT, help_text="Why; kept in the history.")


class NewDates(GivenReason):
    """A new due date, and a new start where given."""

    due_on = serializers.DateField()
    planned_start_on = serializers.DateField(required=False)


class NewOwner(Reason):
    """Who has it from now on; what isn't given stays, null takes it away."""

    owner = PersonField(Person.objects.filter(is_active=True), required=False, allow_null=True)
    organisation = ReferenceField(Organisation.objects.all(), required=False, allow_null=True)


class Report(Incoming):
    """A progress report. ``reported_on`` is the day that it speaks of; today without one."""

    percent_complete = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(100), coerce_to_string=False
    )
    reported_on = serializers.DateField(required=False)
    confidence = serializers.ChoiceField(choices=Rag.choices, required=False)
    forecast_on = serializers.DateField(required=False, allow_null=True, help_text="When it will be done.")
    narrative_zh = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    narrative_en = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    external_ref = serializers.CharField(
        max_length=120,
        required=False,
        help_text="Your own name for this report: sent again under it, the report isn't doubled.",
    )


class NewComment(Incoming):
    """A comment. ``@`` before a name or user name mentions somebody, who then gets a mail."""

    text = serializers.CharField(max_length=LONGEST_COMMENT)


class NewExternalReference(Incoming):
    """What another system calls a milestone."""

    system = serializers.SlugField(max_length=40, help_text="A short name of the system, such as inspection.")
    reference = serializers.CharField(max_length=120, help_text="The milestone's name there; unique in the system.")
    milestone = ReferenceField(Milestone.objects.all())


class NewDependency(Reason):
    """What is to wait for what."""

    predecessor = ReferenceField(Milestone.objects.select_related("initiative"))
    successor = ReferenceField(Milestone.objects.select_related("initiative", "organisation"))
    lag_working_days = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_LAG,
        required=False,
        help_text="Between the end of the one and the other's start.",
    )


class NewBaseline(Reason):
    """The present plan of a roadmap, approved; today without a day."""

    roadmap = ReferenceField(Roadmap.objects.all())
    name = serializers.CharField(max_length=120, help_text="Unique in its roadmap.")
    approved_on = serializers.DateField(required=False)


class NewEvidence(Incoming):
    """A link (with ``url``) or a note (with ``note``)."""

    kind = serializers.ChoiceField(
        choices=ATTACHABLE,
        help_text="A file comes as multipart/form-data, without a kind.",
    )
    title = serializers.CharField(max_length=200)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    note = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    progress_update = serializers.PrimaryKeyRelatedField(
        queryset=ProgressUpdate.objects.all(), required=False, allow_null=True, help_text="The report that it is for."
    )


class NewEvidenceFile(Incoming):
    """A file, in a body of the type multipart/form-data. Its type is told by its content; its name has to fit that."""

    title = serializers.CharField(max_length=200)
    file = serializers.FileField(max_length=200, use_url=False)
    note = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    progress_update = serializers.PrimaryKeyRelatedField(
        queryset=ProgressUpdate.objects.all(), required=False, help_text="The report that it is for."
    )


class NewObservation(Incoming):
    """A value of an indicator for a period."""

    period = serializers.CharField(max_length=40, help_text="For machines, such as 2026-H1; unique in its indicator.")
    period_zh = serializers.CharField(max_length=80)
    period_en = serializers.CharField(max_length=80)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField()
    value = serializers.DecimalField(max_digits=24, decimal_places=4, help_text="A number, or exact as text.")
    qualifier = serializers.ChoiceField(choices=Qualifier.choices, required=False)
    stated_zh = serializers.CharField(max_length=40, required=False, allow_blank=True)
    stated_en = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="The figure as its source gives it, for readers."
    )
    is_preliminary = serializers.BooleanField(required=False)
    note_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
