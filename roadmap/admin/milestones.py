"""The page of milestones: a list that answers at sight, a form that forgives, and the acts on one or many."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db import models
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from roadmap import clock
from roadmap.admin.base import ActingAdmin, actor_of, person_of
from roadmap.admin.foretelling_dates import warn_of_due_date
from roadmap.admin.forms import ActForm, ReasonField, fieldsets_of
from roadmap.admin.lists import DayRangeFilter
from roadmap.admin.milestone_actions import MilestoneActions
from roadmap.admin.milestone_columns import MilestoneColumns
from roadmap.admin.milestone_filters import MineFilter, OrganisationFilter, StandingFilter, TagFilter
from roadmap.admin.milestone_inlines import (
    DeliverableInline,
    EvidenceInline,
    PredecessorInline,
    ProgressInline,
    SuccessorInline,
    remove_row,
    write_row,
)
from roadmap.admin.milestone_rows import MilestoneChangeList, measured
from roadmap.admin.milestone_side import side_of
from roadmap.admin.refusals import refusals_of
from roadmap.admin.saved_views import views_above
from roadmap.admin.stale import state_seen
from roadmap.admin.table_import import TakesTables
from roadmap.admin.uploads import LooksAtFiles
from roadmap.editing.milestones import change_milestone, create_milestone
from roadmap.editing.verification import missing_for_verification, who_may_confirm
from roadmap.exchange.sheets.kinds import MILESTONES
from roadmap.fields import MILESTONE, At, at
from roadmap.models import Milestone, ProgressUpdate
from roadmap.rights import may_edit, may_report
from roadmap.vocabulary import OPEN_STATUSES, MilestoneStatus, Role


class MilestoneForm(ActForm):
    """A milestone; a date that moves needs a reason."""

    reason = ReasonField(
        label=capfirst(gettext_lazy("reason for the change")),
        required=False,
        help_text=gettext_lazy("Needed where a date changes. Kept in the change record."),
    )

    HELP = {
        "code": gettext_lazy("Empty: made from the English title, else from the initiative's code."),
        "organisation": gettext_lazy("Empty: the owner's."),
        "title_en": gettext_lazy("One language is enough to begin with; the other title is marked as missing."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.fields["code"].required = False
            for name, text in self.HELP.items():
                self.fields[name].help_text = text

    def clean(self) -> dict[str, Any] | None:
        """The same as rescheduling asks for."""
        cleaned = super().clean()
        moved = {"due_on", "planned_start_on"} & set(self.changed_data)
        if moved and not self.instance._state.adding and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("A date changes: give the reason; it is kept."))
        return cleaned


def _with_reason(lines: Iterable[Any]) -> Iterator[Any]:
    """The lines of a part of the form, with the reason after that of the dates."""
    for line in lines:
        yield line
        if "due_on" in line:
            yield "reason"


@admin.register(Milestone)
class MilestoneAdmin(LooksAtFiles, TakesTables, MilestoneColumns, MilestoneActions, ActingAdmin):
    """Milestones are never deleted, only cancelled: what was reported on them stays."""

    form = MilestoneForm
    page_on_site = "web:milestone"
    table_kind = MILESTONES
    list_display = [
        "shown_title",
        "shown_owner",
        "shown_due",
        "shown_health",
        "shown_progress",
        "shown_report",
    ]
    list_filter = [
        StandingFilter,
        MineFilter,
        ("phase", RelatedDropdownFilter),
        ("initiative__pillar", RelatedDropdownFilter),
        ("workstream", RelatedDropdownFilter),
        ("initiative", RelatedDropdownFilter),
        OrganisationFilter,
        TagFilter,
        ("status", ChoicesDropdownFilter),
        ("due_on", DayRangeFilter),
        ("provenance", ChoicesDropdownFilter),
    ]
    list_select_related = ["initiative__pillar", "initiative__roadmap", "phase", "organisation", "owner"]
    list_fullwidth = True
    list_before_template = "admin/roadmap/saved_views.html"
    search_fields = ["code", "title_zh", "title_en", "tags", "description_zh", "description_en"]
    search_help_text = gettext_lazy("Code, title, tag or description, in either language")
    date_hierarchy = "due_on"
    # what is still to do comes first
    ordering = [Case(When(status__in=OPEN_STATUSES, then=Value(0)), default=Value(1)), "due_on", "id"]
    autocomplete_fields = [one.name for one in at(At.FORM) if one.column.is_relation]
    readonly_fields = [one.name for one in at(At.LOOK)]
    change_form_before_template = "admin/roadmap/milestone_standing.html"
    fieldsets = fieldsets_of(MILESTONE)

    # -- Acts ----------------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: ActForm) -> models.Model:
        """A new milestone; of an organisation that is left out, the act knows better."""
        reason, given = form.cleaned_data.get("reason", ""), form.changed_values()
        if given["organisation"] is None:
            del given["organisation"]
        return create_milestone(by=actor_of(request), now=clock.now(), reason=reason, **given)

    def change(self, request: HttpRequest, form: ActForm) -> models.Model:
        """Plain fields at once; a form whose own fields are untouched changes nothing, whatever its age."""
        if form.asks_for_nothing():
            return form.instance
        return change_milestone(
            form.instance,
            by=actor_of(request),
            now=clock.now(),
            reason=form.cleaned_data.get("reason", ""),
            expected_version=state_seen(form.cleaned_data["seen"]),
            **form.changed_values(),
        )

    def warn_after_saving(self, request: HttpRequest, obj: Any, form: ActForm) -> None:
        """What to heed of a due date that was given."""
        if {"due_on", "phase"} & set(form.changed_data):
            warn_of_due_date(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Each row of an inline by its own act."""
        by, now, reason = actor_of(request), clock.now(), form.cleaned_data.get("reason", "")
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        removed = formset.deleted_forms
        for row in formset.forms:
            with refusals_of(row):
                if row in removed:
                    if row.instance.pk:
                        remove_row(row.instance, by=by, now=now, reason=reason)
                elif row.has_changed():
                    write_row(form.instance, row, by=by, now=now, reason=reason)

    # -- Rights --------------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        """The programme office, and leads for their own organisation."""
        person: Any = request.user
        return self.has_view_permission(request) and (super().has_add_permission(request) or person.role == Role.LEAD)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may edit or report; who may only report finds the plan read-only."""
        if obj is None:
            return self.has_view_permission(request)
        return may_report(person_of(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of the plan for those who may only report."""
        if obj is None or may_edit(person_of(request), obj):
            return self.readonly_fields
        names = [field.name for field in Milestone._meta.concrete_fields]
        return [name for name in names if name not in {"id", "version", "remind_at"}]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new one's code grows with its English title as that is typed."""
        return {} if obj else {"code": ("title_en",)}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new milestone is planned; nothing else can be said of its status yet. Of one that is there, the reason
        stands beside the dates, which don't move without."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return [part for part in fieldsets if "status" not in flatten(part[1]["fields"])]
        if not may_edit(person_of(request), obj):
            return fieldsets
        *parts, _this_change = fieldsets
        return [(title, {**options, "fields": list(_with_reason(options["fields"]))}) for title, options in parts]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new milestone starts with deliverables; the rest comes once it is there."""
        if obj is None:
            return [DeliverableInline]
        return [ProgressInline, DeliverableInline, EvidenceInline, PredecessorInline, SuccessorInline]

    # -- Pages ---------------------------------------------------------------------------------------------------------
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The one that measures its rows."""
        return MilestoneChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the reader's own views above it."""
        return super().changelist_view(request, {**views_above(request), **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        """With what every page shows."""
        rows: QuerySet[Milestone] = super().get_queryset(request)
        return rows.select_related(*self.list_select_related)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With how the milestone stands today."""
        instance = kwargs.get("obj")
        if instance is not None:
            context["updates"] = ProgressUpdate.every.filter(milestone=instance).select_related(
                "reported_by", "withdrawn_by"
            )
            if instance.status == MilestoneStatus.DONE and instance.verified_at is None:
                context["may_confirm"] = who_may_confirm(instance)
                context["lacks"] = missing_for_verification([instance.pk]).get(instance.pk, [])
            now = clock.now()
            context["standing"] = measured([self.get_queryset(request).get(pk=instance.pk)], now=now)[0]
            context["side"] = side_of(context["standing"], reader=person_of(request), now=now)
        return super().render_change_form(request, context, *args, **kwargs)
