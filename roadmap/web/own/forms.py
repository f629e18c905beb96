"""The form of a digest subscription: when it comes, in which words, about what."""

from datetime import date, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roadmap.models import DigestSubscription, Initiative, Organisation, Person, Phase, Pillar, Roadmap
from roadmap.vocabulary import Frequency, Language
from roadmap.written_days import DayField

FIRST_TIME = time(8, 30)
PARTS = ("phase", "pillar", "initiative", "organisation")


class SubscriptionForm(forms.Form):
    """What an act on the subscription is given, by its own names. ``parts`` of one roadmap only can be chosen."""

    frequency = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Frequency.choices, widget=forms.RadioSelect, initial=Frequency.WEEKLY
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("On which weekday"), coerce=int, initial=1)
    month_day = forms.IntegerField(
        label=gettext_lazy("On which day of the month"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=gettext_lazy("In a shorter month, its last day."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    send_at = forms.TimeField(
        label=gettext_lazy("At what time"),
        initial=FIRST_TIME,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("In which language"), required=False)
    phase = forms.ModelChoiceField(label=gettext_lazy("Phase"), queryset=Phase.objects.none(), required=False)
    pillar = forms.ModelChoiceField(label=gettext_lazy("Pillar"), queryset=Pillar.objects.none(), required=False)
    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Initiative"), queryset=Initiative.objects.none(), required=False
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation, with all below it"), queryset=Organisation.objects.none(), required=False
    )
    only_mine = forms.BooleanField(label=gettext_lazy("Only milestones that I own"), required=False)
    skip_when_empty = forms.BooleanField(
        label=gettext_lazy("Skip an issue that would have nothing to report"), required=False, initial=True
    )

    def __init__(self, person: Person, roadmap: Roadmap, *, of: DigestSubscription | None, data: Any = None) -> None:
        first = {name: getattr(of, name) for name in self.base_fields} if of else {}
        super().__init__(data, initial=first, auto_id="digest-%s")
        chosen: Any = self.fields
        chosen["weekday"].choices = [(number, date_format(date(2024, 1, number), "l")) for number in range(1, 8)]
        own_zone = _("As in my profile: %(value)s") % {"value": person.time_zone}
        chosen["time_zone"].choices = [("", own_zone), *((zone, zone) for zone in zones())]
        own_language = _("As in my profile: %(value)s") % {"value": person.get_language_display()}
        chosen["language"].choices = [("", own_language), *Language.choices]
        for name in PARTS:
            chosen[name].empty_label = _("all")
        chosen["phase"].queryset = Phase.objects.filter(roadmap=roadmap)
        chosen["pillar"].queryset = Pillar.objects.filter(roadmap=roadmap)
        chosen["initiative"].queryset = Initiative.objects.filter(roadmap=roadmap)
        chosen["organisation"].queryset = Organisation.objects.order_by("path")

    @property
    def when(self) -> list[forms.BoundField]:
        """The fields of its rhythm, but for the first, which says which of these matter."""
        return [self[name] for name in ("weekday", "month_day", "send_at", "time_zone", "language")]

    @property
    def what(self) -> list[forms.BoundField]:
        """The fields that limit it to a part."""
        return [self[name] for name in PARTS]

    @property
    def choices(self) -> list[forms.BoundField]:
        """The boxes to tick."""
        return [field for field in self if field.name in ("only_mine", "skip_when_empty", "first_issue_now")]


class NewSubscriptionForm(SubscriptionForm):
    """The same for a new one."""

    first_issue_now = forms.BooleanField(label=gettext_lazy("Send me a first issue at once"), required=False)


class PauseForm(forms.Form):
    """Until which day nothing comes."""

    until = DayField(
        label=gettext_lazy("Nothing before this day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


@cache
def zones() -> tuple[str, ...]:
    """The time zones that are named for places."""
    named = (zone for zone in available_timezones() if "/" in zone)
    return tuple(sorted(zone for zone in named if not zone.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/"))))
