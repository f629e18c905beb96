"""A roadmap with a reader, on Monday, 23 November 2026 at 08:30 in Shanghai."""

from datetime import UTC, datetime

import pytest

from roadmap.models import Person, Roadmap
from tests.factories import make_person, make_roadmap

MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def roadmap(db: None) -> Roadmap:
    return make_roadmap(title_zh="智慧海关", title_en="Smart Customs")


@pytest.fixture
def reader(db: None) -> Person:
    return make_person(username="reader", full_name="林岚")
