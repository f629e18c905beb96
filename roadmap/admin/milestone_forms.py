"""What is asked on the pages of one milestone: a copy of it, and a dependency."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from roadmap.admin.forms import ReasonField
from roadmap.models import Dependency, Milestone
from roadmap.models.milestone import LONGEST_LAG
from roadmap.written_days import DayField

WAITS_FOR, IS_WAITED_FOR = "after", "before"


class DuplicateForm(forms.Form):
    """What differs from the original, and which of its dependencies the copy gets."""

    title_zh = forms.CharField(label=gettext_lazy("title (Chinese)"), max_length=200, widget=UnfoldAdminTextInputWidget)
    title_en = forms.CharField(label=gettext_lazy("title (English)"), max_length=300, widget=UnfoldAdminTextInputWidget)
    code = forms.SlugField(label=gettext_lazy("code"), max_length=80, widget=UnfoldAdminTextInputWidget)
    planned_start_on = DayField(label=gettext_lazy("planned start"), widget=UnfoldAdminDateWidget)
    due_on = DayField(label=gettext_lazy("due date"), widget=UnfoldAdminDateWidget)
    links = forms.MultipleChoiceField(
        label=gettext_lazy("dependencies to take over"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    reason = ReasonField(required=False)

    def __init__(self, data: Any, *, original: Milestone, links: list[Dependency]) -> None:
        title_zh, title_en = f"{original.title_zh}（副本）", f"{original.title_en} (copy)"
        initial = {"title_zh": title_zh[:200], "title_en": title_en[:300], "code": f"{original.code[:75]}-copy"}
        dates = {"planned_start_on": original.planned_start_on, "due_on": original.due_on}
        super().__init__(data, initial={**initial, **dates})
        field: Any = self.fields["links"]
        field.choices = [(str(link.pk), _told(link, original)) for link in links]
        if not links:
            del self.fields["links"]


def _told(link: Dependency, original: Milestone) -> str:
    other, text = (
        (link.predecessor, _("waits for “%(title)s” (lag: %(lag)d working days)"))
        if link.successor_id == original.pk
        else (link.successor, _("“%(title)s” waits for it (lag: %(lag)d working days)"))
    )
    return text % {"title": other.title, "lag": link.lag_working_days}


class UndoForm(forms.Form):
    """Which change is meant: the one that was shown, and no later one."""

    record = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class LinkForm(forms.Form):
    """Which milestone waits for which, and how long."""

    way = forms.ChoiceField(
        label=gettext_lazy("this milestone"),
        choices=[(WAITS_FOR, gettext_lazy("waits for")), (IS_WAITED_FOR, gettext_lazy("has to be done before"))],
        widget=UnfoldAdminSelectWidget,
    )
    other = forms.ModelChoiceField(label=gettext_lazy("the other one"), queryset=Milestone.objects.none())
    lag_working_days = forms.IntegerField(
        label=gettext_lazy("lag in working days"),
        min_value=0,
        max_value=LONGEST_LAG,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=Dependency._meta.get_field("lag_working_days").help_text,
    )
    reason = ReasonField(required=False)

    def __init__(self, data: Any, *, milestone: Milestone) -> None:
        super().__init__(data)
        field: Any = self.fields["other"]
        related = ("initiative__roadmap", "organisation", "phase")
        field.queryset = Milestone.objects.select_related(*related).exclude(pk=milestone.pk)
        field.widget = AutocompleteSelect(
            Dependency._meta.get_field("predecessor"), admin.site, attrs={"class": " ".join(INPUT_CLASSES)}
        )
        field.widget.choices = field.choices
        self._milestone = milestone

    def ends(self) -> tuple[Milestone, Milestone]:
        """Who is done first, and who waits."""
        other = self.cleaned_data["other"]
        is_first = self.cleaned_data["way"] == IS_WAITED_FOR
        return (self._milestone, other) if is_first else (other, self._milestone)
