"""Which mail somebody wants to see: whose, of which kind, in which language, on which day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from roadmap import clock
from roadmap.admin.base import may_see_mail, person_of
from roadmap.digests.preview import digest_preview
from roadmap.models import DigestSubscription, Person, ReminderRule, Roadmap
from roadmap.reminders.preview import reminder_preview
from roadmap.vocabulary import Frequency, Language
from roadmap.written_days import DayField

FURTHEST = timedelta(days=3660)


class PreviewForm(forms.Form):
    """Sent by GET, so that a preview has an address. The programme office sees everybody's mail, others their own."""

    person = forms.ModelChoiceField(label=_("person"), queryset=Person.objects.none())
    kind = forms.ChoiceField(label=_("kind"), widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(
        label=_("language"),
        choices=[("", _("the person's own")), *Language.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    day = DayField(label=_("on the day"), widget=UnfoldAdminDateWidget)

    def __init__(self, request: HttpRequest, asked: Any = None) -> None:
        own = person_of(request)
        first = {"person": own.pk, "day": clock.day_in(own.time_zone, at=clock.now())}
        super().__init__(asked, initial=first)
        person: Any = self.fields["person"]
        person.queryset = Person.objects.all() if may_see_mail(request) else Person.objects.filter(pk=own.pk)
        relation = DigestSubscription._meta.get_field("person")
        person.widget = AutocompleteSelect(relation, admin.site, attrs={"class": " ".join(INPUT_CLASSES)})
        person.widget.choices = person.choices
        kind: Any = self.fields["kind"]
        kind.choices = list(_kinds())

    def clean_day(self) -> Any:
        """A day within reach."""
        day = self.cleaned_data["day"]
        if abs(day - clock.now().date()) > FURTHEST:
            raise forms.ValidationError(_("Give a day within ten years from today."))
        return day

    def mail(self) -> bytes | None:
        """The mail asked for; None when there would be none."""
        given = self.cleaned_data
        common = {"language": given["language"] or given["person"].language, "day": given["day"]}
        what, _dash, which = given["kind"].partition("-")
        if what == "digest":
            frequency, _dash, number = which.partition("-")
            return digest_preview(given["person"], Roadmap.objects.get(pk=number), frequency=frequency, **common)
        rule = ReminderRule.objects.get(pk=which) if which else None
        return reminder_preview(given["person"], rule=rule, **common)


def _kinds() -> Iterator[tuple[str, Any]]:
    yield "reminder", _("Reminder, by all rules")
    rules = [(f"reminder-{rule.pk}", rule.name) for rule in ReminderRule.objects.order_by("pk")]
    if rules:
        yield str(_("Reminder, by one rule")), rules
    for roadmap in Roadmap.objects.all():
        yield (
            f"{_('Digest')} · {roadmap.title}",
            [(f"digest-{one.value}-{roadmap.pk}", one.label) for one in Frequency],
        )
