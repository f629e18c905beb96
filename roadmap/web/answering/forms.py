"""The forms of the answers. Each carries a key of its own, by which a form sent twice is known."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from roadmap.editing.answers import latest_snooze
from roadmap.vocabulary import AnswerKind
from roadmap.web.answering.standing import Standing
from roadmap.written_days import DayField

KEY_BYTES = 18
LONGEST_NOTE = 2000
OFFERED_SNOOZES = (1, 3, 7)


def new_form_key() -> str:
    """A key that no other form bears."""
    return secrets.token_urlsafe(KEY_BYTES)


def day_field(label: Any) -> DayField:
    """A required day, in the browser's own calendar, which sends 2026-01-31 whatever the language."""
    day = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, widget=day)


def text_field(label: Any, *, required: bool, rows: int = 3) -> forms.CharField:
    """A few lines of text."""
    return forms.CharField(
        label=label, required=required, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": rows})
    )


class AnswerForm(forms.Form):
    """What all answers have: the key."""

    form_key = forms.CharField(widget=forms.HiddenInput, validators=[RegexValidator(r"^[A-Za-z0-9_-]{24}\Z")])

    def __init__(self, standing: Standing, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"form_key": new_form_key()}, use_required_attribute=True, auto_id="answer-%s")
        self.today, self.due_on = standing.today, standing.milestone.due_on
        self.complete_fields(standing)

    def complete_fields(self, standing: Standing) -> None:
        """Bounds and starting values that depend on who answers about what."""

    def values(self) -> dict[str, Any]:
        """What the act is given."""
        return dict(self.cleaned_data)


class PercentForm(AnswerForm):
    """With progress, which may be left as it is."""

    percent = forms.DecimalField(
        label=_("Progress in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=0,
        help_text=_("Leave it empty if it hasn't changed."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )

    def clean_percent(self) -> Decimal | None:
        """None for nothing."""
        percent: Decimal | None = self.cleaned_data.get("percent")
        return percent


class TrackForm(PercentForm):
    """All goes well, or is seen to."""

    note = text_field(_("Note"), required=False)


class DoneForm(AnswerForm):
    """It is done."""

    completed_on = day_field(_("Completed on"))
    note = text_field(_("Note"), required=False)
    evidence_url = forms.URLField(
        label=_("Link to the evidence"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("A page or document that shows the result."),
    )

    def complete_fields(self, standing: Standing) -> None:
        """Today or before; today unless another day is given."""
        self.fields["completed_on"].widget.attrs["max"] = self.today.isoformat()
        self.fields["completed_on"].initial = self.today


class ForecastForm(PercentForm):
    """It will be another day."""

    forecast_on = day_field(_("Forecast date"))
    why = text_field(_("Why"), required=True)
    field_order = ["forecast_on", "why", "percent"]

    def complete_fields(self, standing: Standing) -> None:
        """Today or later."""
        self.fields["forecast_on"].widget.attrs["min"] = self.today.isoformat()


class SnoozeForm(AnswerForm):
    """Not now; either one of the buttons with a number of days, or a day."""

    days = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[(days, days) for days in OFFERED_SNOOZES]
    )
    until = day_field(_("No reminders until"))

    def complete_fields(self, standing: Standing) -> None:
        """From tomorrow to the latest day that there may be."""
        first, self.latest = self.today + timedelta(days=1), latest_snooze(due_on=self.due_on, today=self.today)
        self.fields["until"].widget.attrs.update({"min": first.isoformat(), "max": self.latest.isoformat()})
        self.fields["until"].required = not self.data.get("days")

    def offered(self) -> list[tuple[int, str]]:
        """The buttons: numbers of days that lie within the limits, and their words."""
        return [
            (days, ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
            for days in OFFERED_SNOOZES
            if self.today + timedelta(days=days) <= self.latest
        ]

    def values(self) -> dict[str, Any]:
        """The day, however it was given."""
        values = super().values()
        days = values.pop("days")
        return {**values, "until": self.today + timedelta(days=days)} if days else values


FORMS: Mapping[str, type[AnswerForm]] = {
    AnswerKind.TRACK: TrackForm,
    AnswerKind.DONE: DoneForm,
    AnswerKind.FORECAST: ForecastForm,
    AnswerKind.NOTED: AnswerForm,
    AnswerKind.SNOOZE: SnoozeForm,
}
