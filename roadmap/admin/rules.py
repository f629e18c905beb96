"""Reminder rules: whom to tell when of which milestones, with an example of what a rule would tell."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from roadmap import clock
from roadmap.admin.base import ActingAdmin, actor_of, may_see_mail, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.marks import MarkedColumns
from roadmap.admin.rule_example import example_text
from roadmap.admin.stale import refuse_stale
from roadmap.clock import day_in
from roadmap.models import Milestone, ReminderRule, WorkdayOverride
from roadmap.models.reminder import first_audiences
from roadmap.reminders.foretell import foretell
from roadmap.reminders.kinds import KINDS
from roadmap.reminders.look import facts_of
from roadmap.reminders.rules import WAITS, change_rule, create_rule, remove_rule, wrong_waits
from roadmap.reminders.scope import milestones_in_scope
from roadmap.vocabulary import Audience


class OffsetsField(forms.CharField):
    """A list of whole numbers, written with commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        """``[90, 30]`` as ``90, 30``."""
        return ", ".join(str(item) for item in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """``90, 30`` as ``[90, 30]``; Chinese commas will do."""
        words = [word.strip() for word in str(value or "").replace("，", ",").replace("、", ",").split(",")]
        try:
            return [int(word) for word in words if word]
        except ValueError as error:
            raise ValidationError(_("Write whole numbers with commas between them, as in 90, 30, 14.")) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as numbers, in any order."""
        try:
            return sorted(initial or []) != sorted(self.to_python(data))
        except (ValidationError, TypeError):
            return True


class AudiencesField(forms.MultipleChoiceField):
    """One or more audiences, as boxes to tick."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def has_changed(self, initial: Any, data: Any) -> bool:
        """In any order."""
        return set(initial or []) != set(data or [])


class RuleForm(ActForm):
    """A rule with its lead times in one line."""

    HELP = {
        "after_days": gettext_lazy("From the last report or from completion; not for kinds that look ahead."),
        "repeat_every_days": gettext_lazy("After the due date, or after the first time; empty: once only."),
        "escalate_after_days": gettext_lazy(
            "First to the organisation lead, then after as long again to the programme office. Empty: to nobody else."
        ),
    }
    audiences = AudiencesField(label=capfirst(gettext_lazy("whom")), choices=Audience.choices, initial=first_audiences)

    offsets = OffsetsField(
        label=capfirst(gettext_lazy("days before the due date or gate")),
        required=False,
        help_text=gettext_lazy("With commas, as in 90, 30, 14, 7, 1, 0; 0 is the day itself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = format_html_join("", "{}<br>", ((kind.help,) for kind in KINDS.values()))
        helps: dict[str, Any] = {**self.HELP, "kind": kinds}
        for name, text in helps.items():
            if name in self.fields:
                self.fields[name].help_text = text

    def clean(self) -> dict[str, Any] | None:
        """What the act would find wrong with the waits, before the model's constraints say it of no field."""
        cleaned = super().clean() or self.cleaned_data
        waits = {name: cleaned[name] for name in ("kind", *WAITS) if name in cleaned}
        for name, message in wrong_waits(ReminderRule(**waits)).items():
            if name in cleaned:
                self.add_error(name, message)
        return cleaned


@admin.register(ReminderRule)
class ReminderRuleAdmin(MarkedColumns, ActingAdmin):
    """Reminder rules."""

    form = RuleForm
    list_display = [
        "shown_name",
        "kind",
        "shown_audiences",
        "shown_offsets",
        "after_days",
        "repeat_every_days",
        "is_active",
        "mark",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), ("phase", RelatedDropdownFilter)]
    search_fields = ["name_zh", "name_en", "code"]
    autocomplete_fields = ["roadmap", "phase", "pillar", "initiative", "organisation"]
    readonly_fields = ["foretold"]
    actions_detail = ["preview"]
    fieldsets = [
        (None, {"fields": [("name_zh", "name_en"), ("code", "roadmap"), "is_active"]}),
        (
            gettext_lazy("Whom and when"),
            {
                "fields": [
                    "kind",
                    "audiences",
                    ("offsets", "after_days"),
                    ("repeat_every_days", "day_kind"),
                    ("escalate_after_days", "send_at"),
                    "foretold",
                ]
            },
        ),
        (
            gettext_lazy("About which milestones"),
            {
                "fields": [("phase", "pillar"), ("initiative", "organisation")],
                "description": gettext_lazy("An empty field means all of the roadmap."),
            },
        ),
    ]

    @display(description=gettext_lazy("name"), ordering="name_zh")
    def shown_name(self, rule: ReminderRule) -> str:
        """In the reader's language."""
        return rule.name

    @display(description=gettext_lazy("whom"))
    def shown_audiences(self, rule: ReminderRule) -> str:
        """The audiences in words."""
        return ", ".join(str(Audience(audience).label) for audience in rule.audiences)

    @display(description=gettext_lazy("days before the due date or gate"))
    def shown_offsets(self, rule: ReminderRule) -> str:
        """The lead times in one line."""
        return ", ".join(str(offset) for offset in rule.offsets)

    @display(description=gettext_lazy("for example"))
    def foretold(self, rule: ReminderRule) -> str:
        """What the rule, as it is stored, would tell of a milestone due at the end of the year."""
        if rule.pk is None:
            return _("Once saved, an example stands here.")
        zone = rule.roadmap.time_zone
        example = foretell(
            facts_of(rule),
            due_on=day_in(zone, at=clock.now()).replace(month=12, day=31),
            escalate_after_days=rule.escalate_after_days,
            zone=zone,
            calendar=WorkdayOverride.objects.calendar(rule.roadmap.calendar),
        )
        return example_text(rule.kind, example)

    @action(description=gettext_lazy("Preview of mails"), icon="preview")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the rule would send today to the owner of the first open milestone that it is about."""
        rule = self.get_object(request, object_id)
        if rule is None:
            raise Http404
        reader = person_of(request)
        asked = {"kind": f"reminder-{rule.pk}", "person": reader.pk, "language": ""}
        if may_see_mail(request):
            owned = Milestone.objects.still_open().filter(milestones_in_scope(rule), owner__is_active=True).first()
            asked["person"] = owned.owner_id if owned is not None and owned.owner_id else reader.pk
        asked["day"] = day_in(rule.roadmap.time_zone, at=clock.now())
        return HttpResponseRedirect(f"{reverse('admin:mail_preview')}?{urlencode(asked)}")

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """A new rule."""
        reason = form.cleaned_data["reason"]
        return create_rule(by=actor_of(request), now=clock.now(), reason=reason, **form.changed_values())

    def change(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Change the rule."""
        current = ReminderRule.objects.select_for_update().get(pk=form.instance.pk)
        if form.asks_for_nothing():
            return current
        refuse_stale(current, form.cleaned_data["seen"])
        reason = form.cleaned_data["reason"]
        return change_rule(current, by=actor_of(request), now=clock.now(), reason=reason, **form.changed_values())

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Remove the rule with its unsent reminders."""
        remove_rule(instance, by=actor_of(request), now=clock.now())
