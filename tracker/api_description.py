"""How the API describes itself: the settings of the OpenAPI generator, which tracker/settings.py takes over."""

SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Roadmap Tracker API",
    "VERSION": "1.0.0",
    "DESCRIPTION": (
        "Reads and reports the progress of a roadmap. `docs/api.md` has the conventions and a worked example."
    ),
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "filter": True, "displayRequestDuration": True},
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
