"""Leave: one's own, for leads that of their organisation's people, for the programme office everybody's."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from roadmap import clock
from roadmap.account_rights import deputies_found_by, leave_arranged_by, may_arrange_leave
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.stale import refuse_stale
from roadmap.editing.leave import change_leave, end_leave, enter_leave
from roadmap.models import Leave, Person


@admin.register(Leave)
class LeaveAdmin(ActingAdmin):
    """Who is away when, and who is reminded instead."""

    list_display = ["person", "from_on", "until_on", "deputy", "digests_pause"]
    search_fields = ["person__full_name", "person__username", "deputy__full_name", "deputy__username"]
    list_select_related = ["person", "deputy"]
    autocomplete_fields = ["person", "deputy"]
    date_hierarchy = None
    fieldsets = [(None, {"fields": ["person", ("from_on", "until_on"), "deputy", "digests_pause"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Leave]:
        """Those that the reader may arrange."""
        rows: QuerySet[Leave] = super().get_queryset(request)
        return rows.filter(pk__in=leave_arranged_by(person_of(request)).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Everybody for themselves, at least; the act knows for whom."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may arrange it."""
        allowed = self.has_view_permission(request)
        return allowed and (obj is None or may_arrange_leave(person_of(request), obj.person))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may arrange it."""
        return obj is not None and self.has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is doesn't change."""
        return ["person"] if obj is not None else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """For oneself."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}

    def people_for(self, request: HttpRequest, name: str) -> QuerySet[Person]:
        """Deputies are found more widely, as on the page of one's own leave."""
        return deputies_found_by(person_of(request)) if name == "deputy" else super().people_for(request, name)

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Enter it."""
        given = form.changed_values()
        reason = form.cleaned_data["reason"]
        return enter_leave(given.pop("person"), by=actor_of(request), now=clock.now(), reason=reason, **given)

    def change(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Change it."""
        current = Leave.objects.select_related("person").get(pk=form.instance.pk)
        if form.asks_for_nothing():
            return current
        refuse_stale(current, form.cleaned_data["seen"])
        reason = form.cleaned_data["reason"]
        return change_leave(current, by=actor_of(request), now=clock.now(), reason=reason, **form.changed_values())

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Take it back."""
        end_leave(instance, by=actor_of(request), now=clock.now(), reason=request.POST.get("reason", ""))
