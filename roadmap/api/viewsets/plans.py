"""What waits for what, and plans as they were approved."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap import clock
from roadmap.api.filtersets import BaselineFilters, DependencyFilters
from roadmap.api.openapi import PAGES
from roadmap.api.serializers.acts import NewBaseline, NewDependency
from roadmap.api.serializers.plans import ApprovedMilestone, ApprovedPlan, DependencyEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.editing.baselines import set_baseline
from roadmap.editing.dependencies import link_milestones, unlink_milestones
from roadmap.models import Baseline, Dependency, Milestone


@extend_schema_view(
    list=extend_schema(summary="List dependencies"),
    retrieve=extend_schema(summary="Show a dependency"),
    create=extend_schema(
        summary="Let a milestone wait for another",
        description="For those who may change the plan of the one that waits. Both belong to one roadmap. A dependency "
        "that would close a circle is refused, and the answer names the milestones along it.",
        request=NewDependency,
        responses={201: DependencyEntry},
        examples=[
            OpenApiExample(
                "Two weeks after the pilot",
                value={
                    "predecessor": "intelligent-image-review-2026",
                    "successor": "intelligent-image-review-2029",
                    "lag_working_days": 10,
                },
                request_only=True,
            )
        ],
    ),
    destroy=extend_schema(
        summary="Remove a dependency",
        description="For those who may change the plan of the one that waits. The history keeps that it was there.",
        responses={204: None},
    ),
)
class Dependencies(ReadOnlyResource):
    """Finish to start, with a lag in working days."""

    queryset = Dependency.objects.select_related("predecessor", "successor__organisation")
    shows_plan_only = True
    serializer_class = DependencyEntry
    filterset_class = DependencyFilters
    http_method_names = ["get", "head", "options", "post", "delete"]

    def create(self, request: Request) -> Response:
        """Link two milestones."""
        made = link_milestones(by=self.actor, **self.accepted(NewDependency))
        address = reverse("api:dependency-detail", args=[made.pk], request=request)
        return Response(DependencyEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    def milestone_of(self, row: Dependency) -> Milestone:
        """The one that waits."""
        return row.successor

    def destroy(self, request: Request, pk: str) -> Response:
        """Unlink them."""
        unlink_milestones(self.get_object(), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    list=extend_schema(summary="List baselines"),
    retrieve=extend_schema(summary="Show a baseline"),
    create=extend_schema(
        summary="Approve the present plan as a baseline",
        description="For the programme office. Dates and weights of all milestones but cancelled ones are frozen; each "
        "baseline after the first needs a reason.",
        request=NewBaseline,
        responses={201: ApprovedPlan},
        examples=[
            OpenApiExample(
                "The plan as the steering group approved it",
                value={
                    "roadmap": "smart-customs",
                    "name": "Plan of 2027",
                    "approved_on": "2027-01-15",
                    "reason": "Approved by the steering group",
                },
                request_only=True,
            )
        ],
    ),
)
class Baselines(ReadOnlyResource):
    """Plans as they were approved."""

    queryset = Baseline.objects.select_related("roadmap", "approved_by")
    shows_plan_only = True
    serializer_class = ApprovedPlan
    filterset_class = BaselineFilters
    ordering_fields = ("id", "approved_on", "name")
    shapes_below = {"entries": ApprovedMilestone}
    http_method_names = ["get", "head", "options", "post"]

    def create(self, request: Request) -> Response:
        """Freeze the plan."""
        made = set_baseline(by=self.actor, now=clock.now(), **self.accepted(NewBaseline))
        address = reverse("api:baseline-detail", args=[made.pk], request=request)
        return Response(ApprovedPlan(made).data, status=status.HTTP_201_CREATED, headers={"Location": address})

    @extend_schema(
        summary="List what a baseline holds",
        description="Dates and weight of each milestone, as they were approved.",
        parameters=PAGES,
        responses=ApprovedMilestone(many=True),
        filters=False,
    )
    @action(detail=True, filter_backends=[])
    def entries(self, request: Request, pk: str) -> Response:
        """A page of them."""
        return self.page_of(self.get_object().entries.select_related("milestone"), ApprovedMilestone)
