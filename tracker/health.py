"""What a load balancer or container engine asks: ``/health/live`` (the process answers, and of which release) and
``/health/ready`` (also ``/health/``), which is refused (503) only where requests can't be answered. What is wrong
besides stands in ``degraded``, with its remedy.

A middleware at the very front, so that a probe needs no host name, session or HTTPS.
"""

from collections.abc import Callable

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from redis import Redis
from redis.exceptions import RedisError

from roadmap import clock
from roadmap.coded_reasons import in_words
from tracker.version import VERSION

Handler = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers these addresses itself and hands every other request on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response to ``request``."""
        match request.path_info.rstrip("/"):
            case "/health/live":
                return JsonResponse({"live": True, "version": VERSION})
            case "/health" | "/health/ready":
                return _ready()
        return self.get_response(request)


def _ready() -> HttpResponse:
    state = {"database": database_state(), "redis": redis_state(), "mail": mail_state()}
    is_ready = state["database"] == "ok"
    found = _degraded() if is_ready else []
    if state["redis"] != "ok":
        found.append("Redis can't be reached: start it; until then mail goes out later, or by manage.py dispatch.")
    return JsonResponse({"version": VERSION, **state, "degraded": found}, status=200 if is_ready else 503)


def _degraded() -> list[str]:
    from roadmap.outbox.degraded import degraded  # models are there only now

    try:
        return degraded(now=clock.now())
    except DatabaseError:
        return ["What is to be done can't be read from the database."]


def database_state() -> str:
    """``ok``, ``unreachable``, or ``migrations missing``."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations missing" if missing else "ok"


def mail_state() -> str:
    """``ok``, ``held: …`` with its reason, or ``paused`` while the mail server is away; only told, as pages work on."""
    try:
        gate = apps.get_model("roadmap", "DeliveryGate").objects.filter(name="mail").first()
    except DatabaseError:
        return "unknown"
    if gate is not None and gate.held_since is not None:
        with translation.override("en"):
            return f"held: {in_words(gate.held_reason)}"
    return "paused" if gate is not None and gate.closed_until is not None else "ok"


def redis_state() -> str:
    """``ok`` or ``unreachable``; only told, as Redis carries nothing but wake-ups and throttles."""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except (RedisError, OSError):
        return "unreachable"
    return "ok"
