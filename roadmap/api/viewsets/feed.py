"""The feed of changes: all that ever happened to the plan, in an order in which nothing comes in between later."""

from typing import Any, cast

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap.api.choosing import FIELDS, Choice
from roadmap.api.feed import cursor_of, entries_of
from roadmap.api.fields import as_id
from roadmap.api.pagination import size_asked_for
from roadmap.api.problems import BadParameter
from roadmap.api.serializers.changes import ChangeEntry, ChangesEntry
from roadmap.api.viewsets.base import Resource
from roadmap.models import Change

START = "0.0"


class Changes(Resource):
    """``after`` a cursor, oldest first."""

    queryset = Change.objects.all()
    shows_plan_only = True
    serializer_class = ChangeEntry

    @extend_schema(
        summary="List changes",
        description="Oldest first, for mirrors: keep `cursor` and send it as `after` next time. No change is ever "
        "missed and none repeated, whatever is written at the same time. Without `after` from the first.",
        parameters=[
            OpenApiParameter(
                "after",
                OpenApiTypes.STR,
                description="A cursor of an earlier answer.",
                examples=[OpenApiExample("From a cursor on", value="412.9031")],
            ),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="Entries a page, up to 200."),
        ],
        responses=forced_singular_serializer(ChangesEntry),  # type: ignore[no-untyped-call]
        filters=False,
    )
    def list(self, request: Request) -> Response:
        """The next stretch."""
        after = request.query_params.get("after", START)
        revision, pk = _position(after)
        size = size_asked_for(request)
        later = Q(revision__gt=revision) | Q(revision=revision, pk__gt=pk)
        found = list(Change.objects.filter(later).order_by("revision", "pk")[: size + 1])
        page: Any = found[:size]
        cursor = cursor_of(page[-1]) if page else after
        entries = cast("Choice", self.choice).of(entries_of(page))
        return Response({"cursor": cursor, "has_more": len(found) > size, "results": entries})

    def _known_parameters(self) -> set[str]:
        return {"after", "page_size", FIELDS}


def _position(after: str) -> tuple[int, int]:
    revision, _dot, pk = after.partition(".")
    found = as_id(revision), as_id(pk)
    if found[0] is None or found[1] is None:
        raise BadParameter({"after": _("Send a cursor as found in an answer.")})
    return found[0], found[1]
