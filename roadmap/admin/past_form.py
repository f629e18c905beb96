"""Which roadmap's past somebody wants to see: as of which day, and against which other day."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from roadmap import clock
from roadmap.models import Roadmap
from roadmap.vocabulary import Basis
from roadmap.written_days import DayField


class PastForm(forms.Form):
    """Sent by GET, so that what is shown has an address. What isn't asked for is the first roadmap, today."""

    roadmap = forms.ModelChoiceField(
        label=_("roadmap"), queryset=Roadmap.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    day = DayField(label=_("as of the day"), widget=UnfoldAdminDateWidget)
    basis = forms.ChoiceField(
        label=_("what is meant by the day"), choices=Basis.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    against = DayField(
        label=_("compared with the day"),
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text=_(
            "Empty: the plan of the one day is listed, nothing is compared. Two days are compared by what was "
            "known on each."
        ),
    )

    def __init__(self, asked: Any, *, now: datetime) -> None:
        self.now = now
        first = Roadmap.objects.first()
        if not asked and first is not None:
            asked = {"roadmap": first.pk, "day": clock.day_in(first.time_zone, at=now)}
        super().__init__(asked or None)

    def clean(self) -> dict[str, Any]:
        """Neither day lies ahead, and they are two."""
        given: dict[str, Any] = super().clean() or {}
        given["basis"] = Basis(given.get("basis") or Basis.HAPPENED)
        roadmap = given.get("roadmap")
        if roadmap is not None:
            today = clock.day_in(roadmap.time_zone, at=self.now)
            for name in ("day", "against"):
                if given.get(name) is not None and given[name] > today:
                    self.add_error(name, _("This day lies ahead; what will be planned then isn't known."))
        if given.get("against") is not None and given["against"] == given.get("day"):
            self.add_error("against", _("Give two different days."))
        return given

    @property
    def days(self) -> tuple[date, date]:
        """Both days, the earlier one first."""
        first, last = sorted((self.cleaned_data["day"], self.cleaned_data["against"]))
        return first, last
