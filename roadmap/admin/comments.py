"""What people say about milestones: to look at, to write, and to remove."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from roadmap import clock
from roadmap.admin.base import actor_of, person_of
from roadmap.admin.forms import ActForm
from roadmap.admin.reports import MILESTONE_SEARCH, AppendedAdmin
from roadmap.editing.comments import may_remove_comment, remove_comment, write_comment
from roadmap.models import Comment


@admin.register(Comment)
class CommentAdmin(AppendedAdmin):
    """Comments, newest first."""

    list_display = ["milestone", "text", "written_by", "written_at"]
    search_fields = ["text", *MILESTONE_SEARCH]
    list_select_related = ["milestone", "written_by"]
    autocomplete_fields = ["milestone"]
    readonly_fields = ["written_by", "written_at"]
    fieldsets = [(None, {"fields": ["milestone", "text", ("written_by", "written_at")]})]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one has no author yet."""
        return self.fieldsets if obj else [(None, {"fields": ["milestone", "text"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever wrote it, and the programme office."""
        return self.has_view_permission(request) and obj is not None and may_remove_comment(person_of(request), obj)

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Write it, and tell whom it mentions."""
        given = form.changed_values()
        return write_comment(given["milestone"], by=actor_of(request), now=clock.now(), text=given["text"])

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Take it away; the history stays."""
        remove_comment(instance, by=actor_of(request), reason=request.POST.get("reason", ""))
