"""The questions that an act asks before it is done."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminDateWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from roadmap.admin.forms import ReasonField
from roadmap.models import Milestone, Organisation, Person
from roadmap.models.tags import TagsFormField, changed_tags
from roadmap.rights import people_seen_by
from roadmap.workdays import WorkCalendar
from roadmap.written_days import DayField

DAYS, WORKING_DAYS, TO_DATE = "days", "working", "date"
SET, TIMES = "set", "times"


class ReasonForm(forms.Form):
    """Why; required."""

    reason = ReasonField(help_text=_("Kept in the change record, for anyone who asks later."))


class RemarkForm(forms.Form):
    """A word on it, if one likes."""

    reason = ReasonField(label=_("remark"), required=False)


class CompleteForm(forms.Form):
    """When it was done."""

    completed_on = DayField(
        label=_("completed on"), required=False, widget=UnfoldAdminDateWidget, help_text=_("Empty: today.")
    )
    reason = ReasonField(label=_("remark"), required=False)


class RescheduleForm(ReasonForm):
    """By how much, or to which day. ``calendars`` are those of the milestones' roadmaps, by code."""

    calendars: dict[str, WorkCalendar]

    how = forms.ChoiceField(
        label=_("move"),
        choices=[(DAYS, _("by calendar days")), (WORKING_DAYS, _("by working days")), (TO_DATE, _("to a date"))],
        widget=UnfoldAdminSelectWidget,
    )
    days = forms.IntegerField(
        label=_("days"),
        required=False,
        min_value=-3650,
        max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Later with a positive number, earlier with a negative one."),
    )
    due_on = DayField(label=_("new due date"), required=False, widget=UnfoldAdminDateWidget)
    with_start = forms.BooleanField(
        label=_("change the planned start too"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    field_order = ["how", "days", "due_on", "with_start", "reason"]

    def clean(self) -> dict[str, Any]:
        """What the chosen way needs has to be there."""
        cleaned = super().clean() or {}
        if cleaned.get("how") == TO_DATE:
            if not cleaned.get("due_on"):
                self.add_error("due_on", _("Choose the new due date."))
        elif not cleaned.get("days"):
            self.add_error("days", _("Say by how many days."))
        return cleaned

    def new_dates(self, milestone: Milestone) -> tuple[date, date]:
        """The milestone's new start and due date, counted in its roadmap's calendar."""
        calendar = self.calendars[milestone.initiative.roadmap.calendar]
        if self.cleaned_data["how"] == TO_DATE:
            due = self.cleaned_data["due_on"]
        elif self.cleaned_data["how"] == WORKING_DAYS:
            due = calendar.shift(milestone.due_on, self.cleaned_data["days"])
        else:
            due = milestone.due_on + timedelta(days=self.cleaned_data["days"])
        start = milestone.planned_start_on
        return (start + (due - milestone.due_on) if self.cleaned_data["with_start"] else start), due


class ReassignForm(forms.Form):
    """To whom; what is left empty stays as it is."""

    owner = forms.ModelChoiceField(label=_("new owner"), required=False, queryset=Person.objects.none())
    organisation = forms.ModelChoiceField(
        label=_("new organisation"), required=False, queryset=Organisation.objects.all()
    )
    without_owner = forms.BooleanField(
        label=_("remove its present owner"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    reason = ReasonField(required=False)

    def __init__(self, data: Any = None, *, by: Person) -> None:
        super().__init__(data)
        people: Any = self.fields["owner"]
        people.queryset = people_seen_by(by).filter(is_active=True)
        for name in ("owner", "organisation"):
            field: Any = self.fields[name]
            field.widget = AutocompleteSelect(
                Milestone._meta.get_field(name), admin.site, attrs={"class": " ".join(INPUT_CLASSES)}
            )
            field.widget.choices = field.choices
            field.help_text = _("Empty: stays as it is.")

    def clean(self) -> dict[str, Any]:
        """Something has to change, and only one way."""
        cleaned = super().clean() or {}
        if cleaned.get("owner") and cleaned.get("without_owner"):
            self.add_error("owner", _("Name a new owner or remove the present one, not both."))
        if not (cleaned.get("owner") or cleaned.get("organisation") or cleaned.get("without_owner")):
            self.add_error(None, _("Choose what is to change."))
        return cleaned

    def new_holders(self, milestone: Milestone) -> dict[str, Any]:
        """The milestone's new owner and organisation."""
        owner = None if self.cleaned_data["without_owner"] else self.cleaned_data["owner"] or milestone.owner
        return {"owner": owner, "organisation": self.cleaned_data["organisation"] or milestone.organisation}


class WeightForm(forms.Form):
    """How much they weigh from now on."""

    how = forms.ChoiceField(
        label=_("change"),
        choices=[(SET, _("set the weight to")), (TIMES, _("multiply the weight by"))],
        widget=UnfoldAdminSelectWidget,
    )
    number = forms.DecimalField(
        label=_("number"), min_value=0, max_digits=9, decimal_places=3, widget=UnfoldAdminDecimalFieldWidget
    )
    reason = ReasonField(required=False)

    def new_weight(self, milestone: Milestone) -> Decimal:
        """The milestone's new weight: as given, for the act to judge, or multiplied, to the hundredth."""
        number: Decimal = self.cleaned_data["number"]
        return number if self.cleaned_data["how"] == SET else (milestone.weight * number).quantize(Decimal("0.01"))


class TagForm(forms.Form):
    """Which tags they get, and which they lose."""

    add = TagsFormField(
        label=_("add tags"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("Commas between them.")
    )
    remove = TagsFormField(label=_("remove tags"), required=False, widget=UnfoldAdminTextInputWidget)
    reason = ReasonField(required=False)

    def clean(self) -> dict[str, Any]:
        """Something has to change."""
        cleaned = super().clean() or {}
        if not (cleaned.get("add") or cleaned.get("remove")):
            self.add_error(None, _("Choose what is to change."))
        return cleaned

    def new_tags(self, milestone: Milestone) -> list[str]:
        """The milestone's tags afterwards."""
        return changed_tags(milestone.tags, add=self.cleaned_data["add"], remove=self.cleaned_data["remove"])
