"""The frame of a programme: read only, for now; the programme office edits it in the administration."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap import clock
from roadmap.api.filtersets import FrameFilters, MarkedFilters, OrganisationFilters, PillarPartFilters
from roadmap.api.openapi import DAY, described
from roadmap.api.parameters import day_asked_for
from roadmap.api.serializers.frame import (
    InitiativeEntry,
    OrganisationEntry,
    PhaseEntry,
    PillarEntry,
    RoadmapEntry,
    WorkstreamEntry,
)
from roadmap.api.serializers.rollup import RoadmapProgressEntry, grouped
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.api.viewsets.forecasts import Forecasts
from roadmap.models import Initiative, Organisation, Phase, Pillar, Roadmap, Workstream
from roadmap.progress.summary import organisation_figures, roadmap_summary

IN_BOTH_LANGUAGES = ("title_zh", "title_en", "description_zh", "description_en")


@described("roadmap", "roadmaps")
class Roadmaps(Forecasts):
    """Programmes, addressed by their code."""

    queryset = Roadmap.objects.select_related("source")
    shows_plan_only = True
    serializer_class = RoadmapEntry
    filterset_class = MarkedFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "starts_on")
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,80}"
    measured_actions = frozenset({"progress"})

    def zone_shown(self) -> str:
        """The roadmap's own."""
        found = Roadmap.objects.filter(code=self.kwargs.get("code")).values_list("time_zone", flat=True).first()
        return found or super().zone_shown()

    @extend_schema(
        summary="Show a roadmap's progress",
        description="The roll-up along every dimension, as of today in the roadmap's time zone or of any other day.",
        parameters=DAY,
        responses=RoadmapProgressEntry,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def progress(self, request: Request, code: str) -> Response:
        """Where the roadmap stands."""
        roadmap = self.get_object()
        as_of = day_asked_for(request) or clock.day_in(roadmap.time_zone, at=clock.now())
        summary = roadmap_summary(roadmap, as_of=as_of)
        return Response(RoadmapProgressEntry(grouped(summary, organisation_figures(roadmap, as_of=as_of))).data)


@described("phase", "phases")
class Phases(ReadOnlyResource):
    """Dated stages with their gates."""

    queryset = Phase.objects.select_related("roadmap", "source")
    shows_plan_only = True
    serializer_class = PhaseEntry
    filterset_class = FrameFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "starts_on", "gate_on")


@described("pillar", "pillars")
class Pillars(ReadOnlyResource):
    """What results serve."""

    queryset = Pillar.objects.select_related("roadmap", "source")
    shows_plan_only = True
    serializer_class = PillarEntry
    filterset_class = FrameFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "position")


@described("workstream", "workstreams")
class Workstreams(ReadOnlyResource):
    """How the work is done."""

    queryset = Workstream.objects.select_related("roadmap", "source")
    shows_plan_only = True
    serializer_class = WorkstreamEntry
    filterset_class = FrameFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "position")


@described("initiative", "initiatives")
class Initiatives(ReadOnlyResource):
    """Named systems and measures."""

    queryset = Initiative.objects.select_related("roadmap", "pillar", "source")
    shows_plan_only = True
    serializer_class = InitiativeEntry
    filterset_class = PillarPartFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "position")


@described("organisation", "organisations")
class Organisations(ReadOnlyResource):
    """The tree of those who own milestones."""

    queryset = Organisation.objects.select_related("parent", "lead", "source")
    shows_plan_only = True
    serializer_class = OrganisationEntry
    filterset_class = OrganisationFilters
    search_fields = ("name_zh", "name_en", "code")
    ordering_fields = ("id", "code", "path")
