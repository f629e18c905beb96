"""The two addresses that a load balancer or container engine asks."""

import pytest
from django.test import Client
from pytest_django import Settings

from tracker.version import VERSION

pytestmark = pytest.mark.on_postgresql


def test_health_live_needs_neither_database_nor_known_host(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["tracker.example.org"]
    response = Client().get("/health/live", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.json()) == (200, {"live": True, "version": VERSION})


@pytest.mark.django_db
def test_health_ready_tells_redis_without_failing_on_it(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "redis": "unreachable", "mail": "ok"})


@pytest.mark.django_db
def test_health_ready_reaches_a_real_redis(settings: Settings, valkey_url: str) -> None:
    settings.REDIS_URL = valkey_url
    assert Client().get("/health/ready").json() == {"database": "ok", "redis": "ok", "mail": "ok"}


@pytest.mark.django_db
def test_health_ready_refuses_while_migrations_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.health.MigrationExecutor.migration_plan", lambda *_: ["one to go"])
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["database"]) == (503, "migrations missing")
