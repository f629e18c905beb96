"""Indicators and their observations; the programme office adds observed values."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap.api.filtersets import ObservationFilters, PillarPartFilters
from roadmap.api.openapi import described
from roadmap.api.serializers.acts import NewObservation
from roadmap.api.serializers.indicators import IndicatorEntry, ObservationEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.api.viewsets.frame import IN_BOTH_LANGUAGES
from roadmap.editing.entries import create_entry
from roadmap.models import Indicator, Observation

OBSERVATIONS = Observation.objects.select_related("indicator", "source")


@described("indicator", "indicators")
class Indicators(ReadOnlyResource):
    """Measured figures over time."""

    queryset = Indicator.objects.select_related("roadmap", "pillar", "source")
    serializer_class = IndicatorEntry
    filterset_class = PillarPartFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "position")

    @extend_schema(
        summary="List an indicator's observations",
        description="By period, the earliest first.",
        responses=ObservationEntry(many=True),
        filters=False,
    )
    @action(detail=True, url_path="observations", filter_backends=[])
    def observations(self, request: Request, pk: str) -> Response:
        """The observed values of one indicator."""
        return self.page_of(OBSERVATIONS.filter(indicator=self.get_object()), ObservationEntry)

    @extend_schema(
        summary="Add an observation",
        description="For the programme office.",
        request=NewObservation,
        responses={201: ObservationEntry},
        examples=[
            OpenApiExample(
                "A half-year's figure",
                value={
                    "period": "2026-H1",
                    "period_zh": "2026年上半年",
                    "period_en": "first half of 2026",
                    "starts_on": "2026-01-01",
                    "ends_on": "2026-06-30",
                    "value": "31000",
                },
                request_only=True,
            )
        ],
    )
    @observations.mapping.post
    def add_observation(self, request: Request, pk: str) -> Response:
        """Record one value."""
        made = create_entry(Observation, by=self.actor, indicator=self.get_object(), **self.accepted(NewObservation))
        return Response(
            ObservationEntry(made).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("api:observation-detail", args=[made.pk], request=request)},
        )


@described("observation", "observations")
class Observations(ReadOnlyResource):
    """Observed values of all indicators."""

    queryset = OBSERVATIONS
    serializer_class = ObservationEntry
    filterset_class = ObservationFilters
    ordering_fields = ("id", "ends_on")
