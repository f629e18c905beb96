"""Who watches what."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from roadmap import clock
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.reports import AppendedAdmin
from roadmap.editing.watching import stop_watching, watch
from roadmap.models import Watch
from roadmap.rights import may_administer, may_read_mail


@admin.register(Watch)
class WatchAdmin(AppendedAdmin):
    """One's own watches; for the programme office everybody's."""

    list_display = ["person", "milestone", "initiative", "since"]
    search_fields = ["person__full_name", "person__username", "milestone__title_zh", "milestone__title_en"]
    list_select_related = ["person", "milestone", "initiative"]
    autocomplete_fields = ["person", "milestone", "initiative"]
    readonly_fields = ["since"]
    fieldsets = [(None, {"fields": ["person", ("milestone", "initiative")]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One's own, except for the programme office."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if may_read_mail(person_of(request)) else rows.filter(person=request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody for themselves."""
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, except for the programme office."""
        own = obj is not None and (obj.person_id == request.user.pk or may_administer(person_of(request)))
        return own and self.has_view_permission(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """For oneself."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Begin to watch."""
        given = form.changed_values()
        reason = form.cleaned_data["reason"]
        return watch(given.pop("person"), by=actor_of(request), now=clock.now(), reason=reason, **given)

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Stop watching."""
        stop_watching(instance, by=actor_of(request))
