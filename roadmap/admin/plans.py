"""What was approved and linked: baselines and dependencies."""

from functools import cache
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from roadmap import clock
from roadmap.admin.base import ActingAdmin, NobodyWrites, actor_of, person_of
from roadmap.admin.forms import ActForm, ReasonField
from roadmap.admin.lists import OwnFiltersList
from roadmap.admin.marks import day_text
from roadmap.admin.reports import AppendedAdmin
from roadmap.editing.baselines import set_baseline
from roadmap.editing.dependencies import link_milestones, unlink_milestones
from roadmap.models import Baseline, BaselineEntry, Dependency, Roadmap, WorkdayOverride
from roadmap.rights import may_edit
from roadmap.workdays import WorkCalendar


class BaselineEntryInline(NobodyWrites, TabularInline):
    """The frozen dates; to look at."""

    model = BaselineEntry
    fields = ["milestone", "planned_start_on", "due_on", "weight"]
    extra = 0
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[BaselineEntry]:
        """With the milestones."""
        rows: QuerySet[BaselineEntry] = super().get_queryset(request)
        return rows.select_related("milestone").order_by("due_on", "id")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """All staff."""
        return True


class BaselineForm(ActForm):
    """A plan that was approved, and why: ``set_baseline`` asks for both."""

    reason = ReasonField(
        label=capfirst(_("reason")), help_text=_("Kept in the change record, for anyone who asks later.")
    )


@admin.register(Baseline)
class BaselineAdmin(AppendedAdmin):
    """Approved plans: set once, never changed."""

    form = BaselineForm
    list_display = ["name", "roadmap", "approved_on", "approved_by", "counted"]
    list_filter = [("roadmap", RelatedDropdownFilter)]
    search_fields = ["name", "reason"]
    list_select_related = ["roadmap", "approved_by"]
    autocomplete_fields = ["roadmap"]
    readonly_fields = ["approved_by"]
    actions_detail = ["compare"]
    fieldsets = [(None, {"fields": ["roadmap", "name", "approved_on", "reason"]})]

    @display(description=_("milestones"), ordering="entry_count")
    def counted(self, baseline: Any) -> int:
        """How many it froze."""
        return int(baseline.entry_count)

    @action(description=_("Compare"), icon="compare_arrows")
    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """With another one, or with the plan of today."""
        return HttpResponseRedirect(reverse("admin:baseline_compared", args=[object_id]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Counted in the same query."""
        return super().get_queryset(request).annotate(entry_count=Count("entries"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who approved it is known afterwards."""
        return (
            [(None, {"fields": ["roadmap", "name", ("approved_on", "approved_by"), "reason"]})]
            if obj
            else self.fieldsets
        )

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The frozen dates."""
        return [BaselineEntryInline] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The programme office."""
        return ActingAdmin.has_add_permission(self, request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Approved today, and of the only roadmap where there is no other."""
        roadmaps = list(Roadmap.objects.all()[:2])
        only = {"roadmap": roadmaps[0]} if len(roadmaps) == 1 else {}
        today = clock.day_in(person_of(request).time_zone, at=clock.now())
        return {**only, "approved_on": today, **super().get_changeform_initial_data(request)}

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Freeze the plan of today."""
        return set_baseline(
            form.cleaned_data["roadmap"],
            by=actor_of(request),
            now=clock.now(),
            name=form.cleaned_data["name"],
            reason=form.cleaned_data["reason"],
            approved_on=form.cleaned_data["approved_on"],
        )


class DependencyList(OwnFiltersList):
    """The list page: each row with the calendar that its lag is counted in."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Django's page of rows; a query for each calendar."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        calendar_of = cache(WorkdayOverride.objects.calendar)
        for link in self.result_list:
            link.calendar = calendar_of(link.successor.initiative.roadmap.calendar)


@admin.register(Dependency)
class DependencyAdmin(AppendedAdmin):
    """What waits for what."""

    list_display = ["predecessor", "successor", "lag_working_days", "may_start", "mark"]
    list_filter = [("provenance", ChoicesDropdownFilter)]
    search_fields = ["predecessor__title_zh", "predecessor__title_en", "successor__title_zh", "successor__title_en"]
    list_select_related = ["predecessor", "successor"]
    autocomplete_fields = ["predecessor", "successor"]
    fieldsets = [(None, {"fields": [("predecessor", "successor"), "lag_working_days"]})]

    @display(description=_("may start on"))
    def may_start(self, link: Dependency) -> str:
        """The first working day on which the waiting one may begin, counted from the due date of the other."""
        before = link.predecessor
        calendar: WorkCalendar = link.calendar  # type: ignore[attr-defined]
        day = calendar.day_after_lag(before.completed_on or before.due_on, link.lag_working_days)
        return f"{day_text(day)} ({gettext('provisional')})" if calendar.is_provisional(day) else day_text(day)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With both ends and whose the waiting one is."""
        related = ("predecessor", "successor__initiative__roadmap", "successor__organisation")
        return super().get_queryset(request).select_related(*related)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The one that knows the calendars."""
        return DependencyList

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit the milestone that waits."""
        return obj is not None and may_edit(person_of(request), obj.successor)

    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Link them, if it closes no circle."""
        given = form.changed_values()
        return link_milestones(
            given.pop("predecessor"),
            given.pop("successor"),
            by=actor_of(request),
            reason=form.cleaned_data["reason"],
            **given,
        )

    def remove(self, request: HttpRequest, instance: Any) -> None:
        """Unlink them."""
        unlink_milestones(instance, by=actor_of(request))
