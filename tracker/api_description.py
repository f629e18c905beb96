"""How the API describes itself: the settings of the OpenAPI generator, which tracker/settings.py takes over."""

SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Roadmap Tracker API",
    "VERSION": "1.0.0",
    "DESCRIPTION": """\
Reads and reports the progress of a roadmap. Reading may be open; writing needs `Authorization: Bearer rmt_…`.

- Content comes in Chinese and English; words of the program come in the language of `Accept-Language`.
- Changes of a milestone need `If-Match` with the `ETag` that was read; reports are added and need none.
- Errors are problem details (RFC 9457). Unknown fields and parameters are refused.
- Lists: follow `next` and `previous` as they are.
""",
    "TAGS": [
        {"name": "roadmaps", "description": "Programmes, and their progress along every dimension"},
        {"name": "milestones", "description": "Dated, owned, weighted results with figures, reports and evidence"},
        {"name": "progress-updates", "description": "Reports of all milestones"},
        {"name": "indicators", "description": "Measured figures over time"},
        {"name": "observations", "description": "Observed values of all indicators"},
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
        "roadmap.api.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "MilestoneStatus": "roadmap.vocabulary.MilestoneStatus",
        "Provenance": "roadmap.vocabulary.Provenance",
        "Rag": "roadmap.vocabulary.Rag",
        "Qualifier": "roadmap.vocabulary.Qualifier",
        "Door": "roadmap.vocabulary.Door",
        "EvidenceKind": "roadmap.vocabulary.EvidenceKind",
        "NewEvidenceKind": "roadmap.api.serializers.acts.ATTACHABLE",
        "SettableStatus": "roadmap.api.serializers.acts.SETTABLE",
    },
}
