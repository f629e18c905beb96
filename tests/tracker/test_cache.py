"""The cache holds throttles only: stored as JSON in a real server, and missed by nobody while it is away."""

import time
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from tracker.settings import CACHES


def use_cache_at(settings: Settings, url: str) -> None:
    """The program's own cache, at another address."""
    at_url = deepcopy(CACHES)
    at_url["redis"]["LOCATION"] = url
    settings.CACHES = at_url


def test_cache_keeps_what_throttles_store(settings: Settings, valkey_url: str) -> None:
    use_cache_at(settings, valkey_url)
    caches["redis"].set("throttle", [1_767_225_600.5, 1_767_225_599.0], 60)
    assert caches["redis"].get("throttle") == [1_767_225_600.5, 1_767_225_599.0]


@pytest.mark.django_db
def test_api_answers_soon_while_redis_is_away(settings: Settings, tmp_path: Path) -> None:
    use_cache_at(settings, f"unix://:secret@{tmp_path / 'nobody'}")
    began = time.monotonic()
    assert Client().get("/api/v1/roadmaps/").status_code == 200
    assert time.monotonic() - began < 5
