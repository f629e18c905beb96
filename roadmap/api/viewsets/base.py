"""What all resources share: known parameters only, entity tags, and who acts."""

from typing import Any, cast

from django.utils.cache import patch_vary_headers
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap.api.etags import tag_when_rendered
from roadmap.api.filtersets import parameters_of
from roadmap.api.pagination import PARAMETERS
from roadmap.api.parameters import check_parameters
from roadmap.models import Person
from roadmap.models.history import Actor
from roadmap.vocabulary import Door


class Resource(viewsets.GenericViewSet):
    """A set of rows. ``measured_actions`` read ``?as_of=``; ``nested_filtersets`` are those of lists below a row."""

    http_method_names = ["get", "head", "post", "patch"]
    lookup_value_regex = "[0-9]{1,18}"
    search_fields: tuple[str, ...] = ()
    ordering_fields: tuple[str, ...] = ("id",)
    measured_actions: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before any method: rights and limits, then the query's names."""
        super().initial(request, *args, **kwargs)
        check_parameters(request, known=self._known_parameters())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """After any method: the entity tag of what is shown."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        version = getattr(self, "version_shown", None)
        is_read = request.method in {"GET", "HEAD"}
        if answer.status_code < 300 and (is_read or version is not None):
            answer.headers["Cache-Control"] = "private, no-cache"
            patch_vary_headers(answer, ["Authorization"])
            tag_when_rendered(answer, request, version=version)
        return answer

    @property
    def actor(self) -> Actor:
        """The person of the request, through this door."""
        return Actor(person=cast("Person", self.request.user), door=Door.API)

    def accepted(self, serializer: type, *, partial: bool = False) -> dict[str, Any]:
        """The body as the given shape reads it. Raises ValidationError."""
        incoming = serializer(data=self.request.data, partial=partial)
        incoming.is_valid(raise_exception=True)
        return dict(incoming.validated_data)

    def page_of(self, rows: Any, serializer: type) -> Response:
        """One page of rows below another row."""
        page: list[Any] = self.paginate_queryset(rows) or []
        return self.get_paginated_response(serializer(page, many=True, context=self.get_serializer_context()).data)

    def _known_parameters(self) -> set[str]:
        known: set[str] = {"as_of"} if self.action in self.measured_actions else set()
        if self.action == "list":
            known |= parameters_of(getattr(self, "filterset_class", None)) | {"ordering"}
            known |= {"search"} if self.search_fields else set()
        if self.request.method in {"GET", "HEAD"} and (self.action == "list" or self.pages_below):
            known |= PARAMETERS
        return known

    @property
    def pages_below(self) -> bool:
        """Whether the action asked for is a list below a row."""
        return self.action in {"progress_updates", "evidence", "observations"}


class ReadOnlyResource(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Lists and shows."""
