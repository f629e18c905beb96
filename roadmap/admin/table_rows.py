"""A row of the list as it is edited in place: its form, what its writer touched, what others changed meanwhile."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from roadmap.models import Milestone
from roadmap.models.tags import TagsFormField
from roadmap.written_days import DayField

CLASSES = " ".join([*INPUT_CLASSES, "rm-cell"])
ISO = "%Y-%m-%d"


class _Day(forms.DateInput):
    """The browser's own choice of a day: one for each of a hundred cells has to be cheap."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format=ISO, attrs={"class": CLASSES})


class RowForm(forms.Form):
    """What can be changed in place."""

    planned_start_on = DayField(label=_("planned start"), widget=_Day)
    due_on = DayField(label=_("due date"), widget=_Day)
    weight = forms.DecimalField(
        label=_("weight"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": CLASSES, "step": "any"}),
    )
    tags = TagsFormField(label=_("tags"), required=False, widget=forms.TextInput(attrs={"class": CLASSES}))

    def values(self) -> dict[str, Any]:
        """What differs from the milestone as stored."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


@dataclass
class TableRow:
    """A milestone with its form (None: not the reader's to change), and what others changed of it meanwhile."""

    milestone: Milestone
    form: RowForm | None
    refusal: str = ""
    meanwhile: list[str] = field(default_factory=list)


def prefix_of(milestone: Milestone) -> str:
    """The beginning of the names of a row's fields."""
    return f"row-{milestone.pk}"


def row_form(milestone: Milestone, data: Any, *, as_seen: Any = None) -> RowForm:
    """The form of a row. ``as_seen`` is the milestone as its writer saw it, if others changed it since: what the writer
    left as it was then takes the newer value, so that saving doesn't undo it."""
    now = {name: getattr(milestone, name) for name in RowForm.base_fields}
    form = RowForm(data, prefix=prefix_of(milestone), initial=now)
    if data is None or as_seen is None:
        return form
    then = RowForm(data, prefix=prefix_of(milestone), initial={name: getattr(as_seen, name) for name in now})
    merged = data.copy()
    for name, bound in form.fields.items():
        if name not in then.changed_data:
            merged[form.add_prefix(name)] = bound.widget.format_value(bound.prepare_value(now[name])) or ""
    return RowForm(merged, prefix=prefix_of(milestone), initial=now)
