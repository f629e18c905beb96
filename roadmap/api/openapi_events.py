"""What webhooks are told, for the OpenAPI description: the section ``webhooks``, with the body of each event.

What is told is made in ``roadmap/outbox/announce.py``; a test holds each body against its description.
"""

from typing import Any

from roadmap.outbox.announce import PING
from roadmap.vocabulary import HookEvent

INTEGER, TEXT, DAY = {"type": "integer"}, {"type": "string"}, {"type": "string", "format": "date"}
PERHAPS_A_DAY = {"type": ["string", "null"], "format": "date"}


def _object(properties: dict[str, Any], **also: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, **also}


NAMED = _object({"id": INTEGER, "code": TEXT})
REPORTED: dict[str, Any] = {
    "id": INTEGER,
    "milestone": NAMED,
    "reported_on": DAY,
    "percent_complete": {"type": "number", "minimum": 0, "maximum": 100},
    "confidence": {"oneOf": [{"$ref": "#/components/schemas/Rag"}, {"type": "string", "maxLength": 0}]},
    "forecast_on": PERHAPS_A_DAY,
    "external_ref": TEXT,
}
TOLD: dict[str, dict[str, Any]] = {
    "ToldMilestone": _object(
        {
            "id": INTEGER,
            "code": TEXT,
            "version": INTEGER,
            "status": {"$ref": "#/components/schemas/MilestoneStatus"},
            "planned_start_on": DAY,
            "due_on": DAY,
            "completed_on": PERHAPS_A_DAY,
            "organisation": {"type": ["string", "null"], "description": "The code of the responsible organisation."},
        },
        description="A milestone after the change.",
    ),
    "ToldProgress": _object(REPORTED, description="The report that was recorded."),
    "ToldWithdrawal": _object(
        {**REPORTED, "reason": TEXT}, description="The report that was withdrawn; it counts no more."
    ),
    "ToldObservation": _object(
        {
            "id": INTEGER,
            "indicator": NAMED,
            "period": TEXT,
            "ends_on": DAY,
            "value": {**TEXT, "description": "An exact number."},
        },
        description="The value that was added.",
    ),
    "ToldPing": _object({"webhook": INTEGER}, description="The webhook that is tried."),
}
EVENTS = {
    HookEvent.MILESTONE_CREATED.value: ("MilestoneCreated", "ToldMilestone", "A milestone was created"),
    HookEvent.MILESTONE_CHANGED.value: ("MilestoneChanged", "ToldMilestone", "A milestone's plan or status changed"),
    HookEvent.MILESTONE_COMPLETED.value: ("MilestoneCompleted", "ToldMilestone", "A milestone was completed"),
    HookEvent.PROGRESS_RECORDED.value: ("ProgressRecorded", "ToldProgress", "Progress was recorded"),
    HookEvent.PROGRESS_WITHDRAWN.value: ("ProgressWithdrawn", "ToldWithdrawal", "A progress report was withdrawn"),
    HookEvent.OBSERVATION_ADDED.value: ("ObservationAdded", "ToldObservation", "An observation was added"),
    PING: ("Ping", "ToldPing", "Somebody tries the webhook"),
}
HEADERS = {
    "webhook-id": "The event's number; the same when it comes again.",
    "webhook-timestamp": "When it was sent, in seconds since 1970.",
    "webhook-signature": "As Standard Webhooks describes: `v1,` and the HMAC in base64.",
}


def add_events(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the generator: each event with its body."""
    schemas = result["components"]["schemas"]
    schemas |= TOLD | {name: _event(kind, told) for kind, (name, told, _summary) in EVENTS.items()}
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    result["webhooks"] = {kind: {"post": _operation(name, summary)} for kind, (name, _told, summary) in EVENTS.items()}
    return result


def _event(kind: str, told: str) -> dict[str, Any]:
    return _object(
        {
            "id": {"type": "string", "format": "uuid", "description": "The number of `webhook-id`."},
            "type": {"type": "string", "const": kind},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"#/components/schemas/{told}"},
        }
    )


def _operation(name: str, summary: str) -> dict[str, Any]:
    word = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return {
        "operationId": f"told{word}",
        "summary": summary,
        "description": "Sent to the webhook's address. Any 2xx says that it was taken; all else is tried again.",
        "tags": ["webhooks"],
        "parameters": [
            {"name": header, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
            for header, words in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        },
        "responses": {"2XX": {"description": "Taken."}, "4XX": {"description": "Not taken; it comes again."}},
        "security": [{}],
    }
