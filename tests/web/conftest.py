"""A small roadmap with one of everything, and a day on which tests look at it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.web.rows import Frame, make_frame


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """It is noon of 1 October 2026 in Shanghai."""
    with time_machine.travel(datetime(2026, 10, 1, 4, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def frame() -> Frame:
    return make_frame()


@pytest.fixture
def english(client: Client) -> Client:
    """A reader of English."""
    client.cookies["django_language"] = "en"
    return client
