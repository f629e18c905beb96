"""The frame of a programme, its indicators and its settings: entries without rules of their own."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from roadmap.admin.act_forms import RemarkForm
from roadmap.admin.base import ActingAdmin, actor_of
from roadmap.admin.forms import fieldsets_of
from roadmap.admin.lists import DayRangeFilter
from roadmap.admin.marks import MarkedColumns
from roadmap.editing.default_roadmap import show_first
from roadmap.fields import INDICATOR, INITIATIVE, ORGANISATION, PHASE, PILLAR, ROADMAP, WORKSTREAM
from roadmap.models import (
    Indicator,
    Initiative,
    Observation,
    Organisation,
    Phase,
    Pillar,
    Roadmap,
    Source,
    Workstream,
)

MARK = (_("Where it comes from"), {"fields": [("provenance", "source")]})
TITLE_SEARCH = ["title_zh", "title_en", "code"]


class TitledAdmin(MarkedColumns, ActingAdmin):
    """A part of the frame: named in both languages, marked with where it comes from."""

    search_fields = TITLE_SEARCH
    list_filter = [("provenance", ChoicesDropdownFilter)]
    autocomplete_fields = ["source"]

    @display(description=_("title"), ordering="title_zh")
    def shown_title(self, entry: Any) -> str:
        """In the reader's language."""
        return str(entry.title)


@admin.register(Roadmap)
class RoadmapAdmin(TitledAdmin):
    """Programmes. None is removed by a click: rules and subscriptions would go with it."""

    page_on_site = "web:roadmap"
    list_display = ["shown_title", "code", "is_default", "starts_on", "time_zone", "mark"]
    readonly_fields = ["is_default"]
    actions_detail = ["show_this_first"]
    fieldsets = fieldsets_of(ROADMAP)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whether it is shown first, of one that is there."""
        return [*super().get_fieldsets(request, obj), *([(_("Pages"), {"fields": ["is_default"]})] if obj else [])]

    def has_first_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The programme office, while another one is shown first."""
        found = self.get_object(request, str(object_id)) if object_id and request.method == "GET" else None
        return self.has_change_permission(request) and not (found is not None and found.is_default)

    @action(description=_("Show first"), icon="home", permissions=["first"])
    def show_this_first(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then show it wherever no roadmap is named."""
        roadmap = self.get_object(request, object_id)
        if roadmap is None:
            raise Http404
        form = RemarkForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            show_first(roadmap, by=actor_of(request), reason=form.cleaned_data["reason"])
            messages.success(request, gettext("It is shown now wherever no roadmap is named."))
            return HttpResponseRedirect(reverse("admin:roadmap_roadmap_change", args=[roadmap.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Show “%(title)s” first?") % {"title": roadmap.title},
            "subtitle": None,
            "opts": self.opts,
            "form": form,
            "told": gettext("The overview, feeds and cards that name no roadmap then show this one."),
            "back": reverse("admin:roadmap_roadmap_change", args=[roadmap.pk]),
        }
        return TemplateResponse(request, "admin/roadmap/ask.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class WithinRoadmapAdmin(TitledAdmin):
    """A part of one roadmap."""

    list_filter = [("roadmap", RelatedDropdownFilter), ("provenance", ChoicesDropdownFilter)]
    list_select_related = ["roadmap"]
    autocomplete_fields = ["roadmap", "source"]


class CountingMilestones(WithinRoadmapAdmin):
    """With the number of milestones that belong to it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Counted in the same query."""
        return super().get_queryset(request).annotate(milestone_count=Count("milestones"))

    @display(description=_("milestones"), ordering="milestone_count")
    def counted(self, entry: Any) -> int:
        """How many milestones."""
        return int(entry.milestone_count)


@admin.register(Phase)
class PhaseAdmin(CountingMilestones):
    """Phases with their gates."""

    list_display = ["shown_title", "roadmap", "starts_on", "gate_on", "counted", "mark"]
    fieldsets = fieldsets_of(PHASE)


@admin.register(Pillar)
class PillarAdmin(WithinRoadmapAdmin):
    """Pillars."""

    list_display = ["shown_title", "roadmap", "position", "mark"]
    fieldsets = fieldsets_of(PILLAR)


@admin.register(Workstream)
class WorkstreamAdmin(CountingMilestones):
    """Workstreams."""

    list_display = ["shown_title", "roadmap", "position", "counted", "mark"]
    fieldsets = fieldsets_of(WORKSTREAM)


@admin.register(Initiative)
class InitiativeAdmin(CountingMilestones):
    """Initiatives in their pillars."""

    page_on_site = "web:initiative"
    list_display = ["shown_title", "pillar", "position", "counted", "mark"]
    list_filter = [
        ("roadmap", RelatedDropdownFilter),
        ("pillar", RelatedDropdownFilter),
        ("provenance", ChoicesDropdownFilter),
    ]
    list_select_related = ["roadmap", "pillar"]
    autocomplete_fields = ["roadmap", "pillar", "source"]
    fieldsets = fieldsets_of(INITIATIVE)


@admin.register(Indicator)
class IndicatorAdmin(WithinRoadmapAdmin):
    """Measured figures."""

    list_display = ["shown_title", "pillar", "shown_unit", "target_value", "target_on", "mark"]
    list_filter = [("pillar", RelatedDropdownFilter), ("provenance", ChoicesDropdownFilter)]
    list_select_related = ["roadmap", "pillar"]
    autocomplete_fields = ["roadmap", "pillar", "source"]
    fieldsets = fieldsets_of(INDICATOR)

    @display(description=_("unit"))
    def shown_unit(self, entry: Indicator) -> str:
        """In the reader's language."""
        return entry.unit


@admin.register(Observation)
class ObservationAdmin(MarkedColumns, ActingAdmin):
    """Values of indicators."""

    list_display = ["indicator", "shown_period", "shown_value", "is_preliminary", "mark"]
    list_filter = [
        ("indicator", RelatedDropdownFilter),
        ("ends_on", DayRangeFilter),
        ("provenance", ChoicesDropdownFilter),
    ]
    search_fields = ["indicator__title_zh", "indicator__title_en", "period", "period_zh", "period_en"]
    list_select_related = ["indicator"]
    autocomplete_fields = ["indicator", "source"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "indicator",
                    "period",
                    ("period_zh", "period_en"),
                    ("starts_on", "ends_on"),
                    "days_provenance",
                ]
            },
        ),
        (
            _("Value"),
            {"fields": [("value", "qualifier"), ("stated_zh", "stated_en"), "is_preliminary", ("note_zh", "note_en")]},
        ),
        MARK,
    ]

    @display(description=_("period"), ordering="ends_on")
    def shown_period(self, entry: Observation) -> str:
        """In the reader's language."""
        return entry.period_label

    @display(description=_("value"), ordering="value")
    def shown_value(self, entry: Observation) -> str:
        """With how the source states it, and the unit."""
        qualifier = "" if entry.qualifier == "exact" else f"{entry.get_qualifier_display()} "
        return f"{qualifier}{entry.value.normalize():f} {entry.indicator.unit}"


@admin.register(Organisation)
class OrganisationAdmin(MarkedColumns, ActingAdmin):
    """The tree of organisations."""

    page_on_site = "web:organisation"
    list_display = ["shown_name", "code", "parent", "lead", "mark"]
    list_filter = [("provenance", ChoicesDropdownFilter)]
    search_fields = ["name_zh", "name_en", "code"]
    list_select_related = ["parent", "lead"]
    autocomplete_fields = ["parent", "lead", "source"]
    fieldsets = fieldsets_of(ORGANISATION)

    @display(description=_("name"), ordering="path")
    def shown_name(self, entry: Organisation) -> str:
        """Moved in by its depth in the tree."""
        return "\u3000" * (entry.path.count("/") - 1) + entry.name


@admin.register(Source)
class SourceAdmin(ActingAdmin):
    """Cited publications."""

    list_display = ["shown_citation", "shown_title", "published_on"]
    search_fields = ["title_zh", "title_en", "citation_zh", "citation_en", "code"]
    fieldsets = [
        (None, {"fields": [("title_zh", "title_en"), ("citation_zh", "citation_en"), "code", ("published_on", "url")]})
    ]

    @display(description=_("citation"), ordering="citation_zh")
    def shown_citation(self, entry: Source) -> str:
        """In the reader's language."""
        return entry.citation

    @display(description=_("title"), ordering="title_zh")
    def shown_title(self, entry: Source) -> str:
        """In the reader's language."""
        return entry.title
