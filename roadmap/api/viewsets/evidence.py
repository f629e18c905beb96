"""The files of evidence. What evidence there is stands with each milestone, and is attached there."""

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request

from roadmap.api.viewsets.base import Resource
from roadmap.editing.downloads import download_of
from roadmap.models import Evidence
from roadmap.vocabulary import EvidenceKind


@extend_schema_view(
    file=extend_schema(
        tags=["milestones"],
        summary="Fetch a file of evidence",
        description="As a download, whatever is in it. For everybody who is known here, also where reading is open.",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file's bytes.")
        },
        filters=False,
    )
)
class EvidenceFiles(Resource):
    """One address a file."""

    queryset = Evidence.objects.filter(kind=EvidenceKind.FILE)
    is_personal = True

    @action(detail=True, url_name="file", pagination_class=None, filter_backends=[])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file."""
        download = download_of(self.get_object())
        if download is None:
            raise Http404
        return download
