"""The OpenAPI description of reports and observations of all milestones and indicators, one by one and many at once."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view

from roadmap.api.serializers import acts, many
from roadmap.api.serializers.indicators import ObservationEntry
from roadmap.api.serializers.milestones import ProgressUpdateEntry

ONE_REPORT = {
    "milestone": {"system": "inspection", "reference": "PRJ-0017"},
    "percent_complete": 40,
    "confidence": "amber",
    "external_ref": "PRJ-0017/2026-W47",
}
ANOTHER_REPORT = {"milestone": "intelligent-image-review-2026", "percent_complete": 55.5, "reported_on": "2026-06-30"}
ONE_VALUE = {
    "indicator": "export-value",
    "period": "2026-H1",
    "period_zh": "2026年上半年",
    "period_en": "first half of 2026",
    "starts_on": "2026-01-01",
    "ends_on": "2026-06-30",
    "value": "31000",
}

described_reports = extend_schema_view(
    list=extend_schema(summary="List progress reports"),
    retrieve=extend_schema(summary="Show a progress report"),
    create=extend_schema(
        summary="Record progress of a milestone named in the body",
        description="By its id, its code, or what another system calls it. Recorded before under the same "
        "`external_ref`: 200 with the report stored then.",
        request=many.ReportOf,
        responses={201: ProgressUpdateEntry, 200: ProgressUpdateEntry},
        examples=[OpenApiExample("By another system's name", value=ONE_REPORT, request_only=True)],
    ),
)
withdraw_report = extend_schema(
    summary="Withdraw a progress report",
    description="Says that it was wrong: it stays in the lists with who withdrew it, when and why, and counts no more. "
    "For its author and whoever may edit the milestone, as long as the milestone isn't verified.",
    request=acts.GivenReason,
    responses=ProgressUpdateEntry,
    examples=[OpenApiExample("A body", value={"reason": "Reported of the wrong milestone."}, request_only=True)],
)
many_reports = extend_schema(
    summary="Record progress of many milestones",
    description="Up to 1,000 reports, in the order given: all are recorded, or none. What is wrong is told of every "
    "item, as `#/items/17/percent_complete`. With `dry_run` everything is checked and nothing written.",
    request=many.ManyReports,
    responses={201: many.ReportsTaken, 200: many.ReportsTaken},
    examples=[OpenApiExample("Two reports", value={"items": [ONE_REPORT, ANOTHER_REPORT]}, request_only=True)],
    filters=False,
)
described_observations = extend_schema_view(
    list=extend_schema(summary="List observations"),
    retrieve=extend_schema(summary="Show an observation"),
    create=extend_schema(
        summary="Add an observation of an indicator named in the body",
        description="For the programme office. Stored before with the same fields: 200 with what is stored.",
        request=many.ObservationOf,
        responses={201: ObservationEntry, 200: ObservationEntry},
        examples=[OpenApiExample("A half-year's figure", value=ONE_VALUE, request_only=True)],
    ),
)
many_observations = extend_schema(
    summary="Add many observations",
    description="For the programme office. Up to 1,000 values: all are added, or none. A period's value that is "
    "stored already is known where it is the same, else it is refused.",
    request=many.ManyObservations,
    responses={201: many.ObservationsTaken, 200: many.ObservationsTaken},
    examples=[OpenApiExample("One value", value={"items": [ONE_VALUE]}, request_only=True)],
    filters=False,
)
