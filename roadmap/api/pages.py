"""Addresses under /api/ that are no resources: the description and its page, problem types, and everything unknown."""

from functools import cache
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from roadmap.api.problem_types import PROBLEM_TYPES
from roadmap.api.problems import type_address


class Open(APIView):
    """Nothing secret: everyone may see it, whatever they send along."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ["get", "head", "options"]


class Description(SpectacularAPIView):
    """The OpenAPI description; made once, always in English."""

    http_method_names = ["get", "head"]

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """As YAML, or as JSON where Accept asks for it."""
        form = request.accepted_renderer
        named = f"{form.media_type}; charset={form.charset}" if form.charset else form.media_type
        return HttpResponse(_description(form.media_type), content_type=named)


@cache
def _description(media_type: str) -> str | bytes:
    """The description in that form. To write it out takes longer than most answers."""
    form = next(one for one in Description.renderer_classes if one.media_type == media_type)
    content: str | bytes = form().render(_made_description(), renderer_context={})
    return content


@cache
def _made_description() -> Any:
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


@method_decorator(csp_update({"style-src": ["'self'", "'unsafe-inline'"]}), name="dispatch")
class DescriptionPage(SpectacularSwaggerSplitView):
    """The description to read and try out. Its scripts set styles on elements, hence the one exception."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ["get", "head"]
    url_name = "api:schema"


class ProblemTypePage(Open):
    """What a type of problem means: the address in ``type`` leads here."""

    @extend_schema(exclude=True)
    def get(self, request: Request, name: str) -> Response:
        """The type."""
        if name not in PROBLEM_TYPES:
            raise Http404
        kind = PROBLEM_TYPES[name]
        return Response(
            {
                "type": type_address(name),
                "title": str(kind.title),
                "status": kind.status,
                "description": str(kind.advice),
            }
        )


class UnknownAddress(Open):
    """Every other address: sent on where only the last slash is missing, else a problem."""

    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """For any method. 308 keeps method and body."""
        if settings.APPEND_SLASH and not request.path_info.endswith("/") and self._is_known(f"{request.path_info}/"):
            response = HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
            response.status_code = 308
            return response
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """No method exists here, so none is refused."""
        super().initial(request, *args, **kwargs)
        raise Http404

    def _is_known(self, path: str) -> bool:
        try:
            return resolve(path).url_name != "unknown"
        except Resolver404:
            return False
