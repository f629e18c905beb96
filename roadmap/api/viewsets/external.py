"""What other systems call milestones: named, looked up, forgotten."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from roadmap.api.filtersets import ExternalReferenceFilters
from roadmap.api.serializers.acts import NewExternalReference
from roadmap.api.serializers.external import ExternalReferenceEntry
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.editing.external import forget_external_name, name_externally
from roadmap.models import ExternalReference, Milestone
from roadmap.vocabulary import Scope


@extend_schema_view(
    list=extend_schema(summary="List external references"),
    retrieve=extend_schema(summary="Show an external reference"),
    create=extend_schema(
        summary="Say what another system calls a milestone",
        description="For those who may report on the milestone. Progress can then be reported under that name.",
        request=NewExternalReference,
        responses={201: ExternalReferenceEntry},
        examples=[
            OpenApiExample(
                "The inspection system's project number",
                value={
                    "system": "inspection",
                    "reference": "PRJ-0017",
                    "milestone": "intelligent-image-review-2026",
                },
                request_only=True,
            )
        ],
    ),
    destroy=extend_schema(
        summary="Forget an external reference",
        description="For those who may report on the milestone. The history keeps that it was there.",
        responses={204: None},
    ),
)
class ExternalReferences(ReadOnlyResource):
    """Other systems' names."""

    queryset = ExternalReference.objects.select_related("milestone__organisation")
    shows_plan_only = True
    write_scope = Scope.PROGRESS
    serializer_class = ExternalReferenceEntry
    filterset_class = ExternalReferenceFilters
    ordering_fields = ("id", "system", "reference")
    http_method_names = ["get", "head", "options", "post", "delete"]

    def create(self, request: Request) -> Response:
        """Give a milestone its name in another system."""
        made = name_externally(by=self.actor, **self.accepted(NewExternalReference))
        address = reverse("api:external-reference-detail", args=[made.pk], request=request)
        return Response(
            ExternalReferenceEntry(made).data, status=status.HTTP_201_CREATED, headers={"Location": address}
        )

    def milestone_of(self, row: ExternalReference) -> Milestone:
        """The one that is called so."""
        return row.milestone

    def destroy(self, request: Request, pk: str) -> Response:
        """Forget the name."""
        forget_external_name(self.get_object(), by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
