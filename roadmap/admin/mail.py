"""Who is told when: reminder rules and digest subscriptions. What became of it is in ``outbox``."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from roadmap import clock
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.stale import refuse_stale
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.models import DigestSubscription, ReminderRule
from roadmap.reminders.rules import change_rule, create_rule, remove_rule
from roadmap.rights import may_administer


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


class RuleForm(ActForm):
    """A rule with its lead times in one line."""

    offsets = OffsetsField(
        label=capfirst(gettext_lazy("days before the due date")),
        required=False,
        help_text=gettext_lazy("With commas, as in 90, 30, 14, 7, 1, 0; 0 is the day itself."),
    )


@admin.register(ReminderRule)
class ReminderRuleAdmin(ActingAdmin):
    """Reminder rules."""

    form = RuleForm
    list_display = ["shown_name", "audience", "shown_offsets", "day_kind", "overdue_every_days", "send_at", "is_active"]
    list_filter = [("audience", ChoicesDropdownFilter), ("phase", RelatedDropdownFilter)]
    search_fields = ["name_zh", "name_en", "code"]
    autocomplete_fields = ["roadmap", "phase", "pillar", "initiative", "organisation"]
    fieldsets = [
        (None, {"fields": [("name_zh", "name_en"), ("code", "roadmap"), "is_active"]}),
        (
            gettext_lazy("Whom and when"),
            {"fields": ["audience", ("offsets", "day_kind"), "overdue_every_days", "send_at"]},
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

    @display(description=gettext_lazy("days before the due date"))
    def shown_offsets(self, rule: ReminderRule) -> str:
        """The lead times in one line."""
        return ", ".join(str(offset) for offset in rule.offsets)

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


@admin.register(DigestSubscription)
class DigestSubscriptionAdmin(ActingAdmin):
    """Subscriptions: one's own, or for the programme office everybody's."""

    list_display = ["person", "frequency", "send_at", "shown_filters", "is_active", "paused_until", "next_issue_at"]
    list_filter = [("frequency", ChoicesDropdownFilter)]
    search_fields = ["person__full_name", "person__username", "person__email"]
    list_select_related = ["person", "roadmap", "phase", "pillar", "organisation"]
    autocomplete_fields = ["person", "roadmap", "phase", "pillar", "organisation"]
    readonly_fields = ["covered_until", "next_issue_at"]
    fieldsets = [
        (None, {"fields": [("person", "roadmap")]}),
        (gettext_lazy("When"), {"fields": [("frequency", "send_at"), ("weekday", "month_day")]}),
        (
            gettext_lazy("About what"),
            {"fields": [("phase", "pillar"), "organisation", ("only_mine", "skip_when_empty")]},
        ),
        (gettext_lazy("State"), {"fields": [("is_active", "paused_until"), ("covered_until", "next_issue_at")]}),
    ]

    @display(description=gettext_lazy("about"))
    def shown_filters(self, subscription: DigestSubscription) -> str:
        """What it is narrowed to."""
        parts = [subscription.phase, subscription.pillar, subscription.organisation]
        told = [str(part) for part in parts if part] + ([_("only mine")] if subscription.only_mine else [])
        return ", ".join(told) or _("everything")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DigestSubscription]:
        """One's own, except for the programme office."""
        rows: QuerySet[DigestSubscription] = super().get_queryset(request)
        return rows if may_administer(person_of(request)) else rows.filter(person=request.user)  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody for themselves."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, except for the programme office."""
        own = obj is None or obj.person_id == request.user.pk
        return self.has_view_permission(request) and (own or may_administer(person_of(request)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a subscription ends, and its row says when."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is and of what stays."""
        return [*self.readonly_fields, "person", "roadmap"] if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one has no state yet."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [*fieldsets[:3], fieldsets[-1]]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """For oneself."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Subscribe."""
        given = form.changed_values()
        person, roadmap = given.pop("person"), given.pop("roadmap")
        reason = form.cleaned_data["reason"]
        return subscribe(person, roadmap, by=actor_of(request), now=clock.now(), reason=reason, **given)

    def change(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Change, pause, end or start anew, as the form says."""
        current = DigestSubscription.objects.select_for_update().get(pk=form.instance.pk)
        if form.asks_for_nothing():
            return current
        refuse_stale(current, form.cleaned_data["seen"])
        given = form.changed_values()
        common: dict[str, Any] = {
            "by": actor_of(request),
            "now": clock.now(),
            "reason": form.cleaned_data["reason"],
        }
        given.pop("is_active", None), given.pop("paused_until", None)
        until, is_active = form.cleaned_data["paused_until"], form.cleaned_data["is_active"]
        starts_anew = is_active and (not current.is_active or (current.paused_until and not until))
        if given or starts_anew:
            current = change_subscription(current, **common, **given)
        if not is_active and current.is_active:
            return unsubscribe(current, **common)
        if is_active and until and until != current.paused_until:
            return pause(current, until=until, **common)
        return current
