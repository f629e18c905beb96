"""Indicators and their observations; the programme office adds observed values."""

from contextlib import nullcontext
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api import openapi_many as docs
from roadmap.api.filtersets import ObservationFilters, PillarPartFilters
from roadmap.api.naming import all_found, indicators_named
from roadmap.api.openapi import described
from roadmap.api.serializers import many
from roadmap.api.serializers.acts import NewObservation
from roadmap.api.serializers.indicators import IndicatorEntry, ObservationEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.api.viewsets.frame import IN_BOTH_LANGUAGES
from roadmap.editing.dry_run import undone
from roadmap.editing.many_observations import Added, add_many_observations
from roadmap.models import Indicator, Observation
from roadmap.vocabulary import Scope

OBSERVATIONS = Observation.objects.select_related("indicator", "source")


@described("indicator", "indicators")
class Indicators(ReadOnlyResource):
    """Measured figures over time."""

    queryset = Indicator.objects.select_related("roadmap", "pillar", "source")
    shows_plan_only = True
    write_scope = Scope.PROGRESS
    serializer_class = IndicatorEntry
    filterset_class = PillarPartFilters
    search_fields = IN_BOTH_LANGUAGES
    ordering_fields = ("id", "code", "position")
    shapes_below = {"observations": ObservationEntry}

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
        description="For the programme office. Stored before with the same fields: 200 with what is stored.",
        request=NewObservation,
        responses={201: ObservationEntry, 200: ObservationEntry},
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
        values = self.accepted(NewObservation)
        with self.one_item():
            item = (self.get_object(), values)
            (added,) = add_many_observations([item], by=self.actor, now=clock.now())
        made = added.observation
        return Response(
            ObservationEntry(made).data,
            status=status.HTTP_200_OK if added.was_known else status.HTTP_201_CREATED,
            headers={"Location": reverse("api:observation-detail", args=[made.pk], request=request)},
        )


@docs.described_observations
class Observations(ReadOnlyResource):
    """Observed values of all indicators."""

    queryset = OBSERVATIONS
    shows_plan_only = True
    write_scope = Scope.PROGRESS
    serializer_class = ObservationEntry
    filterset_class = ObservationFilters
    ordering_fields = ("id", "ends_on")

    def create(self, request: Request) -> Response:
        """Add one, of the indicator named in the body; 200 where the same was stored before."""
        values = self.accepted(many.ObservationOf)
        with self.one_item():
            found = all_found(indicators_named([values.pop("indicator")]), name="indicator")
            (added,) = add_many_observations([(found[0], values)], by=self.actor, now=clock.now())
        address = reverse("api:observation-detail", args=[added.observation.pk], request=request)
        return Response(
            ObservationEntry(added.observation).data,
            status=status.HTTP_200_OK if added.was_known else status.HTTP_201_CREATED,
            headers={"Location": address},
        )

    @docs.many_observations
    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk(self, request: Request) -> Response:
        """Add many, all or none."""
        values = self.accepted(many.ManyObservations)
        dry_run = values.get("dry_run", False)
        named = indicators_named([item.pop("indicator") for item in values["items"]])
        found = all_found(named, name="indicator")
        with undone() if dry_run else nullcontext():
            added = add_many_observations(
                list(zip(found, values["items"], strict=True)), by=self.actor, now=clock.now()
            )
        return Response(
            many.ObservationsTaken(_summary(added, dry_run=dry_run)).data,
            status=status.HTTP_200_OK if dry_run else status.HTTP_201_CREATED,
        )


def _summary(added: list[Added], *, dry_run: bool) -> dict[str, Any]:
    known = sum(one.was_known for one in added)
    return {
        "dry_run": dry_run,
        "recorded": len(added) - known,
        "known": known,
        "items": [
            {
                "outcome": many.KNOWN if one.was_known else many.RECORDED,
                "id": None if dry_run and not one.was_known else one.observation.pk,
                "indicator": one.observation.indicator_id,
                "period": one.observation.period,
            }
            for one in added
        ],
    }
