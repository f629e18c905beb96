"""``/metrics`` for Prometheus: what the web server counts of requests, and what the database knows of the work.

Closed unless METRICS_TOKEN is set; then whoever sends it (``Authorization: Bearer …``) reads it. The first middleware,
so that it needs no host name and measures all the others.
"""

import os
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tracker.metrics_files import FOLDER

Handler = Callable[[HttpRequest], HttpResponse]

OWN = CollectorRegistry()
SECONDS = Histogram(
    "tracker_http_request_seconds",
    "Until the answer begins, by route",
    ["route"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=OWN,
)
RESPONSES = Counter(
    "tracker_http_responses", "Answers, by route, method and status", ["route", "method", "status"], registry=OWN
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "-"  # static files, and addresses that lead nowhere


class MetricsMiddleware:
    """Answers ``/metrics`` itself, and measures what the others answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response to ``request``."""
        if request.path_info == "/metrics":
            return exposed(request)
        began = perf_counter()
        response = self.get_response(request)
        if not request.path_info.startswith("/health/"):
            route = request.resolver_match.route if request.resolver_match else NO_ROUTE
            method = request.method if request.method in METHODS else "other"
            SECONDS.labels(route).observe(perf_counter() - began)
            RESPONSES.labels(route, method, response.status_code).inc()
        return response


def exposed(request: HttpRequest) -> HttpResponse:
    """All metrics in Prometheus' words; 404 while there is no token, 401 for another one."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from tracker.state_metrics import StateCollector  # models are there only now

    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the client has no types there
    counted = generate_latest(registry if FOLDER in os.environ else OWN)
    of_work = CollectorRegistry()
    of_work.register(StateCollector())
    return HttpResponse(counted + generate_latest(of_work), content_type=CONTENT_TYPE_LATEST)
