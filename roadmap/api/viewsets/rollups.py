"""What a roadmap's figures are along any dimension, over time, and what they are made of."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from roadmap import clock
from roadmap.api.filters import entries_named
from roadmap.api.openapi import DAY, PAGES
from roadmap.api.parameters import PAST_DAY, day_asked_for
from roadmap.api.problems import BadParameter
from roadmap.api.serializers.figures import GroupFigures
from roadmap.api.serializers.references import EntryReference, OrganisationReference
from roadmap.api.serializers.rollups import ContributionEntry, ExplainedEntry, ExplainedTotals, RollUpEntry, SeriesEntry
from roadmap.api.shapes import latest_update
from roadmap.api.viewsets.base import ReadOnlyResource
from roadmap.models import Initiative, Milestone, Organisation, Phase, Pillar, Roadmap, Workstream
from roadmap.progress.explain import Contribution, contribution
from roadmap.progress.measure import figures_of
from roadmap.progress.page import measured_rows
from roadmap.progress.rollup import DIMENSIONS, roll_up, sums_of
from roadmap.progress.series import month_ends, progress_series

MOST_DIMENSIONS = 2
MODELS: dict[str, type[Model]] = {
    "phase": Phase,
    "pillar": Pillar,
    "workstream": Workstream,
    "initiative": Initiative,
    "organisation": Organisation,
}
OWN = {"initiative": "initiative", "pillar": "initiative__pillar"}  # the others are the milestone's own
BY = OpenApiParameter(
    "by",
    {
        "type": "array",
        "items": {"type": "string", "enum": list(DIMENSIONS)},
        "minItems": 1,
        "maxItems": MOST_DIMENSIONS,
    },
    description="One or two dimensions; phases without it.",
    examples=[OpenApiExample("The matrix of phases and pillars", value=["phase", "pillar"])],
)
ONLY = [
    OpenApiParameter(name, OpenApiTypes.STR, description="Only milestones of this one: a code, or an id.")
    for name in DIMENSIONS
]


class RollUps(ReadOnlyResource):
    """Actions of a roadmap."""

    shapes_below = {"explain": ContributionEntry}
    parameters_of_actions: Mapping[str, set[str]] = {
        "roll_up": {*PAST_DAY, "by"},
        "series": PAST_DAY,
        "explain": {*PAST_DAY, *DIMENSIONS},
    }

    @extend_schema(
        summary="Roll up a roadmap's progress",
        description="Along one dimension or two, as of any day. Combinations without a milestone that counts are left "
        "out. An organisation counts with everything below it.",
        parameters=[*DAY, BY],
        responses=RollUpEntry,
        filters=False,
    )
    @action(detail=True, url_path="roll-up", pagination_class=None, filter_backends=[])
    def roll_up(self, request: Request, code: str) -> Response:
        """The figures of each combination."""
        by = _dimensions(request)
        roadmap = cast("Roadmap", self.get_object())
        as_of = _day(request, roadmap)
        groups = roll_up(roadmap, by=by, as_of=as_of)
        named = [_references(name, {key[place] for key in groups}) for place, name in enumerate(by)]
        figures = GroupFigures()
        entries = [
            {
                **dict.fromkeys(DIMENSIONS),
                **{name: named[place].get(key[place]) for place, name in enumerate(by)},
                "figures": figures.to_representation(groups[key]),
            }
            for key in sorted(groups, key=lambda key: [one or 0 for one in key])
        ]
        return Response({"roadmap": roadmap.code, "as_of": as_of.isoformat(), "by": list(by), "groups": entries})

    @extend_schema(
        summary="Show a roadmap's progress over time",
        description="Planned and actual progress at the end of each month, from the roadmap's first to its last, "
        "against the baseline that applied on the day `as_of`. Actual progress is known up to that day.",
        parameters=DAY,
        responses=SeriesEntry,
        filters=False,
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def series(self, request: Request, code: str) -> Response:
        """One point a month."""
        roadmap = cast("Roadmap", self.get_object())
        as_of = _day(request, roadmap)
        ends = roadmap.phases.order_by("-gate_on").values_list("gate_on", flat=True)[:1]
        last = max([*ends, roadmap.starts_on])
        points = progress_series(roadmap, days=month_ends(roadmap.starts_on, last), today=as_of)
        return Response(SeriesEntry({"roadmap": roadmap.code, "as_of": as_of, "points": points}).data)

    @extend_schema(
        summary="Explain a figure",
        description="What each milestone adds to the figures of the whole roadmap, or of those that belong to the "
        "phase, pillar, workstream, initiative and organisation named: weight, dates, the report or whatever else "
        "counts. The values of all pages add up to `totals` exactly; a figure is its value over the weight.",
        parameters=[*DAY, *ONLY, *PAGES],
        responses=ExplainedEntry,
        filters=False,
    )
    @action(detail=True, filter_backends=[])
    def explain(self, request: Request, code: str) -> Response:
        """The contributions, a page at a time, and their totals."""
        roadmap = cast("Roadmap", self.get_object())
        as_of = _day(request, roadmap)
        milestones: QuerySet[Milestone] = Milestone.objects.filter(initiative__roadmap=roadmap)
        only: dict[str, Sequence[int]] = {}
        for name in DIMENSIONS:
            if name in request.query_params:
                only[name] = _ids(name, request.query_params[name], roadmap)
                milestones = milestones.filter(**{f"{OWN.get(name, name)}__in": only[name]})
        page: list[Any] = self.paginate_queryset(milestones.values("id", "due_on")) or []
        entries = [_contribution(contribution(one)) for one in measured_rows([(one["id"], as_of) for one in page])]
        sums = sums_of(roadmap, only=only, as_of=as_of)
        totals = ExplainedTotals(
            {
                "weight": sums.weight,
                "planned_value": sums.planned.scaleb(-2),
                "earned_value": sums.earned.scaleb(-2),
                "verified_value": sums.verified.scaleb(-2),
                "figures": figures_of(sums),
            }
        ).data
        answer = self.get_paginated_response(entries)
        answer.data = {"roadmap": roadmap.code, "as_of": as_of.isoformat(), "totals": totals, **answer.data}
        return answer


def _day(request: Request, roadmap: Roadmap) -> date:
    return day_asked_for(request) or clock.day_in(roadmap.time_zone, at=clock.now())


def _dimensions(request: Request) -> tuple[str, ...]:
    names = tuple(name.strip() for name in request.query_params.get("by", "phase").split(",") if name.strip())
    if not 1 <= len(set(names)) == len(names) <= MOST_DIMENSIONS or not set(names) <= set(DIMENSIONS):
        words = ", ".join(DIMENSIONS)
        raise BadParameter({"by": _("Name one or two of these: %(words)s.") % {"words": words}})
    return names


def _references(name: str, pks: set[int | None]) -> dict[int | None, Any]:
    shape = OrganisationReference() if name == "organisation" else EntryReference()
    found = MODELS[name]._default_manager.in_bulk([pk for pk in pks if pk is not None])
    return {pk: shape.to_representation(entry) for pk, entry in found.items()}


def _ids(name: str, value: str, roadmap: Roadmap) -> list[int]:
    rows = MODELS[name]._default_manager.all()
    entries = entries_named(rows if name == "organisation" else rows.filter(roadmap=roadmap), value, parameter=name)
    if name != "organisation":
        return [entry.pk for entry in entries]
    return list(Organisation.objects.subtree_of(entries[0]).order_by().values_list("pk", flat=True))


def _contribution(one: Contribution) -> Any:
    row = one.row
    return ContributionEntry(
        {
            **vars(one),
            "id": row.milestone_id,
            "code": row.milestone_code,
            "title_zh": row.milestone_title_zh,
            "title_en": row.milestone_title_en,
            "latest_update": None,
        }
    ).data | {"latest_update": latest_update(row)}
