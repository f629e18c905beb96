"""Pieces of the OpenAPI description that several resources use; in English, as the whole description."""

from collections.abc import Callable
from typing import TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from roadmap.vocabulary import Basis

View = TypeVar("View", bound=type)

AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATE,
    description="The day that is shown. Today in the roadmap's time zone without it.",
)
BASIS = OpenApiParameter(
    "basis",
    OpenApiTypes.STR,
    enum=Basis.values,
    description="What is meant by a past day. `happened`, also without it: what was so on the day, by all that has "
    "been told of it until now, also later. `known`: what was known at its end (where the roadmap is; in lists over "
    "several roadmaps where the default one is), with the plan, the reports and the baseline as they were entered by "
    "then; an entry that wasn't there yet is not found.",
)
DAY = [AS_OF, BASIS]
PAGES = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="Where the page starts, as found in `next`, `previous`."),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="Entries a page, up to 200."),
]
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the milestone as you read it. Its version, the part before the dot, has to be current; "
    "`*` stands for any.",
)
IF_MATCH_IF_YOU_LIKE = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Appending needs no version; where one is given it has to be current.",
)


def described(one: str, many: str) -> Callable[[View], View]:
    """Summaries for the list and the single entry of a resource."""
    return extend_schema_view(
        list=extend_schema(summary=f"List {many}"),
        retrieve=extend_schema(summary=f"Show {'an' if one[0] in 'aeiou' else 'a'} {one}"),
    )
