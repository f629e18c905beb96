"""The API's settings, which tracker/settings.py takes over: the framework's, and those of the OpenAPI generator."""

from tracker.version import VERSION

SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Smart-Customs Roadmap Tracker API",
    "VERSION": VERSION,
    "DESCRIPTION": """\
Reads and reports the progress of a roadmap. Reading may be open; writing needs `Authorization: Bearer rmt_…`.

- Content comes in Chinese and English; words of the program come in the language of `Accept-Language`.
- Changes of a milestone need `If-Match` with the `ETag` that was read; reports are added and need none.
- Errors are problem details (RFC 9457). Unknown fields and parameters are refused.
- Lists: follow `next` and `previous` as they are.
""",
    "SERVERS": [{"url": "/", "description": "The site that this description was fetched from"}],
    "CONTACT": {"name": "The programme office of the site"},
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "TAGS": [
        {"name": "roadmaps", "description": "Programmes, and their progress along every dimension"},
        {"name": "milestones", "description": "Dated, owned, weighted results with figures, reports and evidence"},
        {"name": "progress-updates", "description": "Reports of all milestones"},
        {"name": "dependencies", "description": "What waits for what; never in a circle"},
        {"name": "baselines", "description": "Plans as they were approved"},
        {"name": "external-references", "description": "What other systems call milestones"},
        {"name": "indicators", "description": "Measured figures over time"},
        {"name": "observations", "description": "Observed values of all indicators"},
        {"name": "tokens", "description": "Keys for this API: one's own, and those of accounts that one manages"},
        {"name": "service-accounts", "description": "Accounts of organisations' programs"},
        {"name": "digest-subscriptions", "description": "Who gets which digest when: one's own"},
        {"name": "leave", "description": "Who is away when, and who is reminded instead"},
        {"name": "invitations", "description": "Links by which people set their first password"},
        {"name": "webhooks", "description": "Addresses that are told of events"},
        {"name": "feeds", "description": "Secret addresses for programs that can't sign in: calendar and changes"},
        {"name": "changes", "description": "Everything that changed, in order, to keep a copy up to date"},
        {"name": "phases", "description": "Dated stages with their gates"},
        {"name": "pillars", "description": "What results serve"},
        {"name": "workstreams", "description": "How the work is done"},
        {"name": "initiatives", "description": "Named systems and measures"},
        {"name": "organisations", "description": "The tree of those who own milestones"},
    ],
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"docExpansion": "list", "filter": True, "displayRequestDuration": True},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "roadmap.api.described.add_parts",
        "roadmap.api.schema.add_problems",
        "roadmap.api.openapi_events.add_events",
        "roadmap.api.examples.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "MilestoneStatus": "roadmap.vocabulary.MilestoneStatus",
        "Provenance": "roadmap.vocabulary.Provenance",
        "Rag": "roadmap.vocabulary.Rag",
        "Qualifier": "roadmap.vocabulary.Qualifier",
        "Door": "roadmap.vocabulary.Door",
        "Scope": "roadmap.vocabulary.Scope",
        "Frequency": "roadmap.vocabulary.Frequency",
        "Language": "roadmap.vocabulary.Language",
        "HookEvent": "roadmap.vocabulary.HookEvent",
        "DeliveryState": "roadmap.vocabulary.MessageState",
        "Role": "roadmap.vocabulary.Role",
        "CalendarCode": "roadmap.vocabulary.CalendarCode",
        "EvidenceKind": "roadmap.vocabulary.EvidenceKind",
        "NewEvidenceKind": "roadmap.api.serializers.acts.ATTACHABLE",
        "ChangeKind": "roadmap.api.serializers.changes.CHANGES",
        "Audience": "roadmap.vocabulary.Audience",
        "RuleKind": "roadmap.vocabulary.RuleKind",
        "ForecastBasis": "roadmap.api.serializers.forecasts.BASES",
        "PlannedFrom": "roadmap.api.serializers.rollups.PLANNED_FROM",
        "EarnedFrom": "roadmap.api.serializers.rollups.EARNED_FROM",
        "ItemOutcome": "roadmap.api.serializers.many.OUTCOMES",
        "SettableStatus": "roadmap.api.serializers.acts.SETTABLE",
    },
}


def rest_framework_settings(*, proxies: int) -> dict[str, object]:
    """The REST framework's settings, behind that many proxies."""
    return {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "roadmap.api.authentication.TokenAuthentication",
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["roadmap.api.permissions.ReadOpenlyWriteKnown"],
        "DEFAULT_THROTTLE_CLASSES": ["roadmap.api.throttles.PerMinute"],
        "DEFAULT_RENDERER_CLASSES": ["roadmap.api.renderers.FastJSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["roadmap.api.parsers.StrictJSONParser"],
        "DEFAULT_FILTER_BACKENDS": [
            "roadmap.api.filters.FieldFilters",
            "roadmap.api.filters.Search",
            "roadmap.api.filters.Ordering",
        ],
        "DEFAULT_PAGINATION_CLASS": "roadmap.api.pagination.KeyPagination",
        "DEFAULT_SCHEMA_CLASS": "roadmap.api.described.Operation",
        "DEFAULT_METADATA_CLASS": "roadmap.api.metadata.OnlyAllow",
        "EXCEPTION_HANDLER": "roadmap.api.handler.handle",
        "NUM_PROXIES": proxies,
        "URL_FORMAT_OVERRIDE": None,
    }
