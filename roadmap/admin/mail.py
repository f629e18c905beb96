"""Digest subscriptions. Reminder rules are in ``rules``; what became of both is in ``outbox``."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from roadmap import clock
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.stale import refuse_stale
from roadmap.digests.subscriptions import change_subscription, pause, subscribe, unsubscribe
from roadmap.models import DigestSubscription
from roadmap.rights import may_administer, may_read_mail


@admin.register(DigestSubscription)
class DigestSubscriptionAdmin(ActingAdmin):
    """Subscriptions: one's own, or for the programme office everybody's."""

    list_display = ["person", "frequency", "send_at", "shown_filters", "is_active", "paused_until", "next_issue_at"]
    list_filter = [("frequency", ChoicesDropdownFilter)]
    search_fields = ["person__full_name", "person__username", "person__email"]
    list_select_related = ["person", "roadmap", "phase", "pillar", "initiative", "organisation"]
    autocomplete_fields = ["person", "roadmap", "phase", "pillar", "initiative", "organisation"]
    readonly_fields = ["covered_until", "next_issue_at"]
    fieldsets = [
        (None, {"fields": [("person", "roadmap")]}),
        (
            gettext_lazy("When"),
            {"fields": [("frequency", "send_at"), ("weekday", "month_day"), ("time_zone", "language")]},
        ),
        (
            gettext_lazy("Subject matter"),
            {"fields": [("phase", "pillar"), ("initiative", "organisation"), ("only_mine", "skip_when_empty")]},
        ),
        (gettext_lazy("State"), {"fields": [("is_active", "paused_until"), ("covered_until", "next_issue_at")]}),
    ]

    @display(description=gettext_lazy("about"))
    def shown_filters(self, subscription: DigestSubscription) -> str:
        """What it is narrowed to."""
        parts = [subscription.phase, subscription.pillar, subscription.initiative, subscription.organisation]
        told = [str(part) for part in parts if part] + ([_("only mine")] if subscription.only_mine else [])
        return ", ".join(told) or _("everything")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DigestSubscription]:
        """One's own, except for the programme office."""
        rows: QuerySet[DigestSubscription] = super().get_queryset(request)
        return rows if may_read_mail(person_of(request)) else rows.filter(person=request.user)  # type: ignore[misc]

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
